/**
 * A bucket of messages: bursts are normal (a join in a full room), a stream of them is not.
 * Wall clock; pure, the time comes with each call.
 */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
  /** So many messages over the rate, and the connection is closed. */
  readonly patience: number;
}

export const MESSAGES: Rate = { burst: 120, perSecond: 30, patience: 200 };

/** Of one person; a shower of hearts is a shower, and no storm. */
export const REACTIONS_RATE: Rate = { burst: 5, perSecond: 1, patience: Infinity };

export class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;
  #over = 0;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  take(now: number): 'pass' | 'over' | 'flood' {
    const refill = ((now - this.#at) / 1_000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + refill);
    this.#at = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 'pass';
    }
    this.#over += 1;
    return this.#over > this.#rate.patience ? 'flood' : 'over';
  }
}

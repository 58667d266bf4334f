/**
 * Fencing numbers that rise even over a restart that forgot the last one: microseconds of the wall clock, or one more
 * than the last where that is higher. Whoever kept an old number must never find that a new one is lower.
 */
export class RisingFence {
  #last = 0;

  /** `now` is wall time, ms. */
  next(now: number): number {
    this.#last = Math.max(this.#last + 1, now * 1_000);
    return this.#last;
  }
}

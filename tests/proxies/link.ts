/** One direction of a network with faults: when a packet arrives, if at all. Pure, so that a seed repeats it. */

export interface Profile {
  /** One way, ms: half of the round trip. */
  readonly delayMs: number;
  /** Added to the delay, evenly between 0 and this, ms. Packets stay in order, as on most real ways. */
  readonly jitterMs: number;
  /** Share of packets that never arrive, 0 to 1. */
  readonly loss: number;
  /** What the way carries; null: anything. */
  readonly bytesPerSecond: number | null;
  /** What waits in front of a full way; more is dropped (a router's buffer), bytes. */
  readonly queueBytes: number;
}

export const CLEAR: Profile = { delayMs: 0, jitterMs: 0, loss: 0, bytesPerSecond: null, queueBytes: 64_000 };

/** The narrow place of a way: several links that lead through one share what it carries. */
export interface Neck {
  /** When it has sent all that waits before it, ms. */
  freeAt: number;
}

export class Link {
  profile: Profile;
  /** Nothing arrives while it is cut. */
  cut = false;
  readonly #random: () => number;
  readonly #neck: Neck;
  #lastArrival = 0;

  constructor(profile: Profile, random: () => number, neck: Neck = { freeAt: 0 }) {
    this.profile = profile;
    this.#random = random;
    this.#neck = neck;
  }

  /** When a packet of `bytes` that is sent at `now` arrives (both ms of the same clock); null: never. */
  arrival(now: number, bytes: number): number | null {
    const { delayMs, jitterMs, loss, bytesPerSecond, queueBytes } = this.profile;
    // Both are drawn for every packet, so that a change of the profile does not shift the numbers of later ones.
    const lost = this.#random() < loss;
    const jitter = this.#random() * jitterMs;
    if (this.cut || lost) return null;
    let leaves = now;
    if (bytesPerSecond !== null) {
      const neck = this.#neck;
      const waiting = (Math.max(0, neck.freeAt - now) / 1_000) * bytesPerSecond;
      if (waiting + bytes > queueBytes) return null;
      neck.freeAt = Math.max(now, neck.freeAt) + (bytes / bytesPerSecond) * 1_000;
      leaves = neck.freeAt;
    }
    this.#lastArrival = Math.max(this.#lastArrival, leaves + delayMs + jitter);
    return this.#lastArrival;
  }
}

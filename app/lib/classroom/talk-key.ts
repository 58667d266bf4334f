/**
 * One key that switches the microphone when it is pressed, and lets one speak while it is held. Pure: key events with
 * their times in, what to do out.
 */
export type TalkStep = 'talk' | 'hush' | 'toggle' | null;

/** Held longer than this it was meant for speaking, wall ms. */
const HELD_MS = 350;

export class TalkKey {
  #since: number | null = null;

  /** @param holdsOnly the key does nothing but speaking while it is held. */
  down(silent: boolean, now: number, holdsOnly: boolean): TalkStep {
    if (this.#since !== null) return null;
    if (!silent) return holdsOnly ? null : 'toggle';
    this.#since = now;
    return 'talk';
  }

  up(now: number, holdsOnly: boolean): TalkStep {
    if (this.#since === null) return null;
    const held = now - this.#since > HELD_MS;
    this.#since = null;
    if (holdsOnly || held) return 'hush';
    // A short press: what was opened for speaking stays open, and counts as the person's own choice.
    return 'toggle';
  }

  /** The page lost the keyboard: nobody knows when the key comes up. */
  lost(): TalkStep {
    const holding = this.#since !== null;
    this.#since = null;
    return holding ? 'hush' : null;
  }

  get holding(): boolean {
    return this.#since !== null;
  }
}

import { FRESH, type RoomState } from './state.ts';

/** A lesson lasts hours at most; a state that nobody asked for in this time is not wanted any more, wall ms. */
const KEPT_MS = 6 * 3_600_000;

/**
 * The states of this node's rooms, also of those that are empty for a moment: a lock, a removal or a co-host outlives a
 * room in which everyone's network was gone at once. Gone with the lesson's end.
 */
export class RoomStates {
  readonly #kept = new Map<string, { readonly state: RoomState; readonly until: number }>();

  of(lessonId: string): RoomState {
    return this.#kept.get(lessonId)?.state ?? FRESH;
  }

  /** @param now wall time, ms. */
  keep(lessonId: string, state: RoomState, now: number): void {
    // The one that was changed last stands last, so that old ones are found without looking at all.
    this.#kept.delete(lessonId);
    this.#kept.set(lessonId, { state, until: now + KEPT_MS });
    for (const [other, { until }] of this.#kept) {
      if (until > now) break;
      this.#kept.delete(other);
    }
  }

  drop(lessonId: string): void {
    this.#kept.delete(lessonId);
  }

  get size(): number {
    return this.#kept.size;
  }
}

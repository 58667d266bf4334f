import type { NewEvent } from '../store/event-store.ts';

/** What this process knows of one stream: the whole of it up to `revision`, folded. */
export interface KnownStream<State> {
  readonly revision: number;
  /** Id of the event at `revision`. */
  readonly lastId: string;
  readonly state: State;
  /** Every command id in it up to `revision`. */
  readonly given: ReadonlySet<string>;
}

export interface KnownStreamsLimits {
  readonly streams?: number;
  /** Command ids of all streams together; also bounds their states, which grow with them. */
  readonly ids?: number;
  /** A stream is read anew after this long, ms. */
  readonly ageMs?: number;
  /** Wall ms, only ever forwards. */
  readonly now?: () => number;
}

interface Kept<State> extends KnownStream<State> {
  readonly given: Set<string>;
  readonly since: number;
}

/**
 * Streams of one kind that this process decided over lately, the longest unused forgotten first. Only a hint: other
 * processes write too, so whoever decides with it appends at exactly its revision, or looks before answering (HA9).
 */
export class KnownStreams<State> {
  readonly #limits: Required<KnownStreamsLimits>;
  readonly #kept = new Map<string, Kept<State>>();
  #ids = 0;

  constructor(limits: KnownStreamsLimits = {}) {
    this.#limits = { streams: 5_000, ids: 50_000, ageMs: 600_000, now: () => performance.now(), ...limits };
  }

  get(stream: string): KnownStream<State> | null {
    const kept = this.#kept.get(stream);
    if (kept === undefined) return null;
    if (this.#limits.now() - kept.since > this.#limits.ageMs) {
      this.forget(stream);
      return null;
    }
    this.#kept.delete(stream);
    this.#kept.set(stream, kept);
    return kept;
  }

  /** With `news` right after revision `after` (-1: they are the whole stream) it is in `state`. */
  learn(stream: string, after: number, news: readonly Pick<NewEvent, 'id' | 'meta'>[], state: State): void {
    const known = after < 0 ? null : (this.#kept.get(stream) ?? null);
    this.forget(stream);
    // Forgotten in the meantime: what came before `after` is no longer known.
    if (after >= 0 && known?.revision !== after) return;
    const lastId = news.at(-1)?.id ?? known?.lastId;
    if (lastId === undefined) return;
    const given = known?.given ?? new Set<string>();
    for (const { meta } of news) given.add(meta.commandId);
    // One stream may not push out most of the others.
    if (given.size > this.#limits.ids / 10) return;
    const since = known?.since ?? this.#limits.now();
    this.#kept.set(stream, { revision: after + news.length, lastId, state, given, since });
    this.#ids += given.size;
    if (this.#tooMany()) this.#forgetOldest();
  }

  #tooMany(): boolean {
    return this.#kept.size > this.#limits.streams || this.#ids > this.#limits.ids;
  }

  /** Some more than must go: finding the oldest of a map steps over all that were deleted before. */
  #forgetOldest(): void {
    let more = this.#kept.size >> 4;
    for (const oldest of this.#kept.keys()) {
      if (!this.#tooMany() && more-- <= 0) return;
      this.forget(oldest);
    }
  }

  forget(stream: string): void {
    this.#ids -= this.#kept.get(stream)?.given.size ?? 0;
    this.#kept.delete(stream);
  }

  /** How much is kept. */
  get size(): { readonly streams: number; readonly ids: number } {
    return { streams: this.#kept.size, ids: this.#ids };
  }
}

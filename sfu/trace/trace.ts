/** What happened to one person's connection in one visit of one lesson: the last of it, in little room. */
import type { LessonRole } from '#events/access/roles.ts';

/** `in`: the client said it. `out`: the server did. `media`: a transport changed. */
export type TraceWay = 'in' | 'out' | 'media';

export interface TraceEntry {
  /** Business time, ms. */
  readonly at: number;
  /** Which of the visit's connections, from 1: a second window or a reload has its own. */
  readonly line: number;
  readonly way: TraceWay;
  /** The message's type, or what of a transport changed. */
  readonly event: string;
  /** Of its data as JSON. */
  readonly bytes: number;
  /** `ok` or the code of the refusal; null for what is not answered. */
  readonly answer: string | null;
  readonly summary: string;
}

export interface TraceWho {
  readonly lessonId: string;
  readonly personId: string;
  readonly role: LessonRole;
}

/** As it is stored, and shown to ops. */
export interface StoredTrace extends TraceWho {
  readonly code: string;
  /** Business time, ms. */
  readonly beganAt: number;
  /** Entries that gave way to later ones. */
  readonly dropped: number;
  readonly entries: readonly TraceEntry[];
}

export const MOST_ENTRIES = 300;
/** Of all entries as JSON. */
export const MOST_BYTES = 64 * 1_024;
/**
 * What one's own end said and how its transports came up, at the beginning: a class that comes in after it must not push
 * it out. Of each at most so many characters as JSON.
 */
const FIRST_ENTRIES = 20;
const FIRST_BYTES = 1_500;
/** Pictures of one's own connection that a page may send in one visit, and how far apart, wall ms. */
export const MOST_PICTURES = 6;
export const PICTURES_APART_MS = 5_000;

export class Trace {
  readonly who: TraceWho;
  readonly code: string;
  readonly beganAt: number;
  /** Something was said that is not stored yet. */
  dirty = false;
  /** Its connections so far, and those that are open. */
  lines = 0;
  open = 0;
  #entries: TraceEntry[] = [];
  #sizes: number[] = [];
  #bytes = 0;
  #dropped = 0;
  readonly #first = new Set<TraceEntry>();
  #said = false;
  #pictures = 0;
  #picturedAt = -Infinity;

  constructor(code: string, who: TraceWho, beganAt: number) {
    this.code = code;
    this.who = who;
    this.beganAt = beganAt;
  }

  add(entry: TraceEntry): void {
    // All of it is ASCII, and a comma follows.
    const size = JSON.stringify(entry).length + 1;
    this.#entries.push(entry);
    this.#sizes.push(size);
    this.#bytes += size;
    // Whoever only looks at a preview leaves nothing behind.
    this.#said ||= entry.way === 'in' && entry.event !== 'disconnect';
    this.dirty = this.#said;
    const own = entry.way !== 'out' || entry.event === 'joined';
    if (own && this.#first.size < FIRST_ENTRIES && size <= FIRST_BYTES) this.#first.add(entry);
    while (this.#entries.length > MOST_ENTRIES || this.#bytes + 2 > MOST_BYTES) {
      const index = this.#entries.findIndex((one) => !this.#first.has(one));
      this.#entries.splice(index, 1);
      this.#bytes -= this.#sizes.splice(index, 1)[0] ?? 0;
      this.#dropped += 1;
    }
  }

  /** Whether one more picture is taken now (wall ms): and if so, it counts. */
  takePicture(now: number): 'pass' | 'too-many' | 'too-fast' {
    if (this.#pictures >= MOST_PICTURES) return 'too-many';
    if (now - this.#picturedAt < PICTURES_APART_MS) return 'too-fast';
    this.#pictures += 1;
    this.#picturedAt = now;
    return 'pass';
  }

  stored(): StoredTrace {
    const { who, code, beganAt } = this;
    return { ...who, code, beganAt, dropped: this.#dropped, entries: [...this.#entries] };
  }
}

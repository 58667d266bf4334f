/** The traces of people's connections, as ops read them; the media servers write them. */
import type { LessonRole } from '#events/access/roles.ts';

export interface TraceHead {
  /** Eight letters and digits. */
  readonly code: string;
  readonly lessonId: string;
  readonly personId: string;
  readonly role: LessonRole;
  /** Business time, ms. */
  readonly beganAt: number;
}

export interface TraceEntry {
  /** Business time, ms. */
  readonly at: number;
  /** Which of the visit's connections, from 1. */
  readonly line: number;
  readonly way: 'in' | 'out' | 'media';
  readonly event: string;
  readonly bytes: number;
  /** `ok` or the code of the refusal; null for what is not answered. */
  readonly answer: string | null;
  readonly summary: string;
}

export interface FoundTrace extends TraceHead {
  /** Entries that gave way to later ones. */
  readonly dropped: number;
  readonly entries: readonly TraceEntry[];
}

export interface Traces {
  /** By the code as somebody wrote it down: small letters, blanks and dashes do not matter. */
  find(code: string): Promise<FoundTrace | null>;
  /** The latest ones; of one lesson, or (null) of all. */
  latest(lessonId: string | null, count: number): Promise<readonly TraceHead[]>;
}

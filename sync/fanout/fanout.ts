/**
 * Between processes. Updates travel before they are stored, and a word follows when they are, with their sequence
 * numbers: whoever missed one of the two notices, and reads it from the database, which is the truth. Presence is
 * fleeting and has no numbers.
 */
import type { PresenceState } from '../wire/awareness.ts';
import type { Cursor } from '../wire/cursors.ts';

/** What was accepted in one tick. */
export interface Said {
  /** Who wrote it; null when each struct and deletion is by the person whose client id it is under. */
  readonly by: string | null;
  /** By a peer, in place of its author. */
  readonly brought: boolean;
  readonly update: Uint8Array;
}

export type Word =
  /**
   * The n-th thing of this document that this process says in this life: accepted, shown, and not stored yet. It counts
   * from 1 each time that it opens the document, and no two of its lives have the same number.
   */
  | { readonly kind: 'early'; readonly life: number; readonly n: number; readonly said: readonly Said[] }
  /** What was said early in this life as `from` to `to` is stored under the numbers `first` to `last`. */
  | {
      readonly kind: 'stored';
      readonly life: number;
      readonly first: number;
      readonly last: number;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'presence'; readonly states: readonly PresenceState[] }
  /** Where people point; like presence, the latest is all that counts. */
  | { readonly kind: 'cursors'; readonly cursors: readonly Cursor[] }
  /** Somebody who began to listen asks who is there; the answer is for them alone. */
  | { readonly kind: 'who' };

export interface Hearer {
  /** From here on words arrive; what was said before may have been missed. Again after each interruption. */
  onListening(): void;
  /** `from`: the process that said it, never this one. */
  onWord(word: Word, from: string): void;
}

export interface Fanout {
  readonly kind: 'bus' | 'redis';
  /**
   * To every other process that hears this document, at most once and in order. Returns at once, whatever the state of
   * what is in between; what cannot be told is logged and let go, because what was stored is found in the database.
   */
  tell(document: string, word: Word): void;
  /** The same to one process. */
  answer(node: string, document: string, word: Word): void;
  /** Returns at once; a document is heard by one hearer of a process at a time. */
  hear(document: string, hearer: Hearer): () => Promise<void>;
  close(): Promise<void>;
}

/**
 * Between processes. The database is the truth: a word about stored updates names their sequence numbers, so whoever
 * missed one notices at the next, and reads it from there. Presence is fleeting and has no numbers.
 */
import type { PresenceState } from '../wire/awareness.ts';
import type { Cursor } from '../wire/cursors.ts';

export type Word =
  /** These numbers are stored; `update` is what they say together, or null when it is to be read from the database. */
  | { readonly kind: 'stored'; readonly first: number; readonly last: number; readonly update: Uint8Array | null }
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

/** Words as bytes: one for what is said, then numbers and bytes in lib0's encoding. */
import { never } from '#events/shared/never.ts';
import { readStates, writeStates } from '../wire/awareness.ts';
import { readCursors, writeCursors } from '../wire/cursors.ts';
import { Malformed, Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import type { Word } from './fanout.ts';

const KIND = { who: 0, presence: 1, stored: 2, numbers: 3, cursors: 4 } as const;

export function encodeWord(word: Word): Buffer {
  switch (word.kind) {
    case 'who':
      return new Writer().byte(KIND.who).finish();
    case 'presence':
      return new Writer().byte(KIND.presence).raw(writeStates(word.states)).finish();
    case 'cursors':
      return new Writer().byte(KIND.cursors).raw(writeCursors(word.cursors)).finish();
    case 'stored': {
      const { first, last, update } = word;
      const writer = new Writer()
        .byte(update ? KIND.stored : KIND.numbers)
        .varUint(first)
        .varUint(last);
      return (update ? writer.raw(update) : writer).finish();
    }
    default:
      return never(word);
  }
}

/** Throws Malformed: a process of another version may say what this one does not know. */
export function decodeWord(bytes: Uint8Array): Word {
  const reader = new Reader(bytes);
  const kind = reader.byte();
  if (kind === KIND.who) return { kind: 'who' };
  if (kind === KIND.presence) return { kind: 'presence', states: readStates(bytes.subarray(1)) };
  if (kind === KIND.cursors) return { kind: 'cursors', cursors: readCursors(bytes.subarray(1)) };
  if (kind !== KIND.stored && kind !== KIND.numbers) throw new Malformed('unknown word');
  const first = reader.varUint();
  const last = reader.varUint();
  // A copy: what is kept of it must not keep the whole message that it came in.
  return { kind: 'stored', first, last, update: kind === KIND.stored ? bytes.slice(reader.at) : null };
}

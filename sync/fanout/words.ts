/** Words as bytes: one for what is said, then numbers and bytes in lib0's encoding. */
import { never } from '#events/shared/never.ts';
import { readStates, writeStates } from '../wire/awareness.ts';
import { readCursors, writeCursors } from '../wire/cursors.ts';
import { Malformed, Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import type { Said, Word } from './fanout.ts';

const KIND = { who: 0, presence: 1, cursors: 4, early: 7, stored: 8 } as const;

function encodeSaid(writer: Writer, { by, brought, update }: Said): void {
  writer
    .varString(by ?? '')
    .byte((by === null ? 0 : 1) | (brought ? 2 : 0))
    .varBytes(update);
}

function decodeSaid(reader: Reader): Said {
  const by = reader.varString();
  const marks = reader.byte();
  // A copy: what is kept of it must not keep the whole message that it came in.
  return { by: marks & 1 ? by : null, brought: (marks & 2) !== 0, update: Uint8Array.from(reader.varBytes()) };
}

export function encodeWord(word: Word): Buffer {
  switch (word.kind) {
    case 'who':
      return new Writer().byte(KIND.who).finish();
    case 'presence':
      return new Writer().byte(KIND.presence).raw(writeStates(word.states)).finish();
    case 'cursors':
      return new Writer().byte(KIND.cursors).raw(writeCursors(word.cursors)).finish();
    case 'early':
      return encodeEarly(word);
    case 'stored':
      return new Writer()
        .byte(KIND.stored)
        .varUint(word.life)
        .varUint(word.first)
        .varUint(word.last)
        .varUint(word.from)
        .varUint(word.to)
        .finish();
    default:
      return never(word);
  }
}

function encodeEarly({ life, n, said }: Word & { kind: 'early' }): Buffer {
  const writer = new Writer().byte(KIND.early).varUint(life).varUint(n).varUint(said.length);
  for (const one of said) encodeSaid(writer, one);
  return writer.finish();
}

/** Throws Malformed: a process of another version may say what this one does not know. */
export function decodeWord(bytes: Uint8Array): Word {
  const reader = new Reader(bytes);
  const kind = reader.byte();
  if (kind === KIND.who) return { kind: 'who' };
  if (kind === KIND.presence) return { kind: 'presence', states: readStates(bytes.subarray(1)) };
  if (kind === KIND.cursors) return { kind: 'cursors', cursors: readCursors(bytes.subarray(1)) };
  if (kind === KIND.early) {
    const [life, n] = [reader.varUint(), reader.varUint()];
    const said: Said[] = [];
    for (let left = reader.varUint(); left > 0; left -= 1) said.push(decodeSaid(reader));
    return { kind: 'early', life, n, said };
  }
  if (kind !== KIND.stored) throw new Malformed('unknown word');
  const life = reader.varUint();
  const [first, last, from, to] = [reader.varUint(), reader.varUint(), reader.varUint(), reader.varUint()];
  return { kind: 'stored', life, first, last, from, to };
}

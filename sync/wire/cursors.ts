/** Where somebody points (type 101): a few bytes a pointer, in whole logical pixels. */
import { Malformed, Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface Cursor {
  /** The Yjs client id whose pointer it is. */
  readonly client: number;
  /** Null: it points nowhere any more. Logical pixels. */
  readonly at: CursorPlace | null;
}

export interface CursorPlace {
  readonly x: number;
  readonly y: number;
  /** Key of the page; empty for the first one. */
  readonly page: string;
  readonly laser: boolean;
}

const GONE = 1;
const LASER = 2;
/** More than any board is wide, and small enough for a zigzag varint of five bytes. */
const FARTHEST = 2 ** 30;
const LONGEST_PAGE = 40;
/** Pointers in one message. */
const MOST = 10_000;

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

function place(reader: Reader): number {
  const value = reader.varUint();
  const number = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  if (Math.abs(number) > FARTHEST) throw new Malformed('points too far away');
  return number;
}

/** One pointer, as a client sends it behind the type. */
export function readCursor(reader: Reader): Cursor {
  const head = reader.varUint();
  const client = Math.floor(head / 4);
  if ((head & GONE) !== 0) return { client, at: null };
  const [x, y] = [place(reader), place(reader)];
  const page = reader.varString();
  if (page.length > LONGEST_PAGE) throw new Malformed('no page');
  return { client, at: { x, y, page, laser: (head & LASER) !== 0 } };
}

/** A count, then as many pointers, and nothing behind them. */
export function readCursors(bytes: Uint8Array): Cursor[] {
  const reader = new Reader(bytes);
  const count = reader.varUint();
  if (count > MOST) throw new Malformed('too many pointers');
  const cursors: Cursor[] = [];
  for (let i = 0; i < count; i += 1) cursors.push(readCursor(reader));
  if (reader.left > 0) throw new Malformed('bytes behind the end');
  return cursors;
}

export function writeCursors(cursors: readonly Cursor[]): Buffer {
  const writer = new Writer().varUint(cursors.length);
  for (const { client, at } of cursors) {
    writer.varUint(client * 4 + (at?.laser === true ? LASER : 0) + (at ? 0 : GONE));
    if (at) writer.varUint(zigzag(at.x)).varUint(zigzag(at.y)).varString(at.page);
  }
  return writer.finish();
}

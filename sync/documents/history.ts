/**
 * The history of a document as one file: every stored update with its times and its author, column by column, so that it
 * compresses well. Read by the replay and by whoever composes a recording. Pure.
 *
 * `NXH1`, then varints: number of rows, number of the first, the ids of the people, and the columns: who (runs), business
 * time (differences), how far the wall clock was off (runs), marks (runs), lengths. Then the updates one after the
 * other, and four bytes that all before them add up to (FNV-1a).
 */
import {
  createEncoder,
  toUint8Array,
  writeUint8Array,
  writeVarString,
  writeVarUint,
  type Encoder,
} from 'lib0/encoding';
import { Malformed, Reader } from '../wire/reader.ts';

export interface HistoryRow {
  /** Gapless in a document; what came late is counted on behind the last. */
  readonly seq: number;
  /** Business time of acceptance, ms. */
  readonly at: number;
  /** Wall time of acceptance, ms. */
  readonly wallAt: number;
  readonly personId: string;
  /** By a peer, in place of the author who never came back. */
  readonly brought: boolean;
  /** Drawn without a connection and sent after the lesson's end: in no live document. */
  readonly late: boolean;
  /** A Yjs update (V1). */
  readonly body: Uint8Array;
}

const MAGIC = [0x4e, 0x58, 0x48, 0x31] as const;
const BROUGHT = 1;
const LATE = 2;
/** Rows of one file; far above what a document may hold. */
const MOST_ROWS = 50_000_000;

const zigzag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2);
const unzigzag = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);

function sumOf(bytes: Uint8Array, to: number): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < to; i += 1) sum = Math.imul(sum ^ (bytes[i] ?? 0), 0x01000193);
  return sum >>> 0;
}

/** Equal neighbours as one: value, how often, value, how often … */
function writeRuns(out: Encoder, values: Iterable<number>): void {
  let value: number | null = null;
  let count = 0;
  for (const next of values) {
    if (next !== value && value !== null) {
      writeVarUint(out, value);
      writeVarUint(out, count);
      count = 0;
    }
    value = next;
    count += 1;
  }
  if (value === null) return;
  writeVarUint(out, value);
  writeVarUint(out, count);
}

/** Rows must be in their order, without gaps. */
export function encodeHistory(rows: readonly HistoryRow[]): Uint8Array {
  const out = createEncoder();
  writeUint8Array(out, Uint8Array.from(MAGIC));
  writeVarUint(out, rows.length);
  writeVarUint(out, rows[0]?.seq ?? 0);
  const people = new Map<string, number>();
  for (const { personId } of rows) if (!people.has(personId)) people.set(personId, people.size);
  writeVarUint(out, people.size);
  for (const personId of people.keys()) writeVarString(out, personId);
  writeRuns(
    out,
    rows.map(({ personId }) => people.get(personId) ?? 0),
  );
  let before = 0;
  for (const { at } of rows) {
    writeVarUint(out, zigzag(at - before));
    before = at;
  }
  writeRuns(
    out,
    rows.map(({ at, wallAt }) => zigzag(wallAt - at)),
  );
  writeRuns(
    out,
    rows.map(({ brought, late }) => (brought ? BROUGHT : 0) + (late ? LATE : 0)),
  );
  for (const { body } of rows) writeVarUint(out, body.length);
  for (const { body } of rows) writeUint8Array(out, body);
  const bytes = toUint8Array(out);
  const whole = new Uint8Array(bytes.length + 4);
  whole.set(bytes);
  new DataView(whole.buffer).setUint32(bytes.length, sumOf(bytes, bytes.length));
  return whole;
}

/** One value a row. */
function readRuns(from: Reader, rows: number): number[] {
  const values: number[] = [];
  while (values.length < rows) {
    const value = from.varUint();
    const count = from.varUint();
    if (count === 0 || count > rows - values.length) throw new Malformed('a run is too long');
    for (let i = 0; i < count; i += 1) values.push(value);
  }
  return values;
}

/** The rows of a file; their bodies are views of it. @throws Malformed when the bytes are not whole, or something else. */
export function decodeHistory(bytes: Uint8Array): HistoryRow[] {
  const end = bytes.length - 4;
  if (end < MAGIC.length || MAGIC.some((byte, i) => bytes[i] !== byte)) throw new Malformed('not a history');
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(end) !== sumOf(bytes, end))
    throw new Malformed('a damaged history');
  const from = new Reader(bytes.subarray(0, end));
  from.skip(MAGIC.length);
  const count = from.varUint();
  const first = from.varUint();
  // Each row takes two bytes at the least, so that a lying count costs nothing.
  if (count > MOST_ROWS || count * 2 > end) throw new Malformed('too many rows');
  const people: string[] = [];
  for (let left = from.varUint(); left > 0; left -= 1) people.push(from.varString());
  const who = readRuns(from, count);
  const times: number[] = [];
  let at = 0;
  for (let i = 0; i < count; i += 1) times.push((at += unzigzag(from.varUint())));
  const offsets = readRuns(from, count);
  const marks = readRuns(from, count);
  const lengths: number[] = [];
  for (let i = 0; i < count; i += 1) lengths.push(from.varUint());
  const rows: HistoryRow[] = [];
  for (let i = 0; i < count; i += 1) {
    const personId = people[who[i] ?? -1];
    if (personId === undefined) throw new Malformed('a row is nobody’s');
    const begin = from.at;
    from.skip(lengths[i] ?? 0);
    const time = times[i] ?? 0;
    const mark = marks[i] ?? 0;
    rows.push({
      seq: first + i,
      at: time,
      wallAt: time + unzigzag(offsets[i] ?? 0),
      personId,
      brought: (mark & BROUGHT) !== 0,
      late: (mark & LATE) !== 0,
      body: from.bytes.subarray(begin, from.at),
    });
  }
  if (from.left > 0) throw new Malformed('more bytes than rows');
  return rows;
}

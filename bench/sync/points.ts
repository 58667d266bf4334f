/**
 * What a person draws, as Yjs updates written by hand: real ones, which every contender takes, at the cost of a few bytes
 * instead of a Y.Doc a person. Each update carries three points of ink, six bytes as the product's pen writes them, and in
 * those six bytes stand who drew them and when they were due; so whoever receives them can tell how long they took.
 */
import { createEncoder, toUint8Array, writeAny } from 'lib0/encoding';
import { clientKey, entryKey } from '#sync/documents/keys.ts';
import { Reader } from '#sync/wire/reader.ts';
import { Writer } from '#sync/wire/writer.ts';

/** A number a writer (0–65,535) and a time in hundredths of a ms (0–2^32). */
export interface Stamp {
  readonly writer: number;
  readonly at: number;
}

const STAMP = 6;
/** Points in one update: 60 samples a second, 20 updates. */
export const POINTS_AN_UPDATE = 3;
/** Updates of one stroke, its end included: two seconds at 20 a second. */
const STROKE = 40;
/** Info bytes of Yjs: kind of content, and what the item names. */
const [ANY_IN_MAP, TYPE_IN_MAP, ANY_IN_TYPE, CHUNK, ANY_OVER] = [0x28, 0x27, 0x08, 0x83, 0xa8] as const;

function inkOf({ writer, at }: Stamp): Uint8Array {
  const ink = Buffer.allocUnsafe(STAMP);
  ink.writeUInt16BE(writer, 0);
  ink.writeUInt32BE(at, 2);
  return ink;
}

/** The ink of one update; `begins`: the first of a stroke, counted from the origin. */
export type InkFor = (stamp: Stamp, begins: boolean) => Uint8Array;

const anyOf = (value: Parameters<typeof writeAny>[1]): Uint8Array => {
  const encoder = createEncoder();
  writeAny(encoder, value);
  return toUint8Array(encoder);
};

/** One person's pen under one client id. */
export class Pen {
  /** Updates so far. */
  count = 0;
  private readonly client: number;
  private readonly person: { readonly id: string; readonly name: string };
  private clock = 0;
  /** The clock of the array that is being drawn into. */
  private array = 0;
  private strokes = 0;
  private inStroke: number;
  private ink: Uint8Array[] = [];
  private introduced = false;
  private readonly inkFor: InkFor;

  /**
   * @param phase so that strokes of many people do not end at the same time.
   * @param inkFor what it draws with each update; stamps when nothing else is said.
   */
  constructor(
    client: number,
    person: { readonly id: string; readonly name: string },
    phase = 0,
    inkFor: InkFor = inkOf,
  ) {
    this.client = client;
    this.person = person;
    this.inStroke = phase % (STROKE - 2);
    this.inkFor = inkFor;
  }

  /** The next update. */
  next(stamp: Stamp): Buffer {
    const ink = this.inkFor(stamp, this.ink.length === 0);
    this.count += 1;
    this.inStroke += 1;
    if (this.ink.length === 0) return this.begin(ink);
    if (this.inStroke < STROKE) return this.append(ink);
    return this.seal(ink);
  }

  private head(structs: number): Writer {
    return new Writer().varUint(1).varUint(structs).varUint(this.client).varUint(this.clock);
  }

  private begin(ink: Uint8Array): Buffer {
    const { client } = this;
    const key = entryKey(client, this.strokes);
    const writer = this.head(this.introduced ? 3 : 4);
    if (!this.introduced) {
      writer.byte(ANY_IN_MAP).varUint(1).varString('people').varString(clientKey(client)).varUint(1);
      writer.raw(anyOf({ id: this.person.id, name: this.person.name }));
      this.introduced = true;
      this.clock += 1;
    }
    this.array = this.clock;
    writer.byte(TYPE_IN_MAP).varUint(1).varString('strokes').varString(key).varUint(0);
    writer.byte(ANY_IN_TYPE).varUint(0).varUint(client).varUint(this.array).varUint(1);
    writer.raw(anyOf({ z: this.strokes + 1, pen: 0, size: 3 }));
    this.clock += 2;
    this.chunk(writer, ink);
    return writer.varUint(0).finish();
  }

  private append(ink: Uint8Array): Buffer {
    const writer = this.head(1);
    this.chunk(writer, ink);
    return writer.varUint(0).finish();
  }

  private chunk(writer: Writer, ink: Uint8Array): void {
    writer
      .byte(CHUNK)
      .varUint(this.client)
      .varUint(this.clock - 1)
      .varBytes(ink);
    this.clock += 1;
    this.ink.push(ink);
  }

  /** Overwrites the array by the whole stroke. */
  private seal(ink: Uint8Array): Buffer {
    const { client } = this;
    const writer = this.head(1);
    writer.byte(ANY_OVER).varUint(client).varUint(this.array).varUint(1);
    // The ink last, so that the stamp of this update is at the very end of the struct.
    writer.raw(anyOf({ z: this.strokes + 1, pen: 0, size: 3, ink: new Uint8Array(Buffer.concat([...this.ink, ink])) }));
    writer
      .varUint(1)
      .varUint(client)
      .varUint(1)
      .varUint(this.array)
      .varUint(this.clock - this.array);
    this.clock += 1;
    this.strokes += 1;
    this.inStroke = 0;
    this.ink = [];
    return writer.finish();
  }
}

/** A whole board of sealed strokes of one person, in one update. */
export function manyStrokes(
  client: number,
  person: { readonly id: string; readonly name: string },
  strokes: number,
  points: number,
): Uint8Array {
  const writer = new Writer()
    .varUint(1)
    .varUint(strokes + 1)
    .varUint(client)
    .varUint(0);
  writer.byte(ANY_IN_MAP).varUint(1).varString('people').varString(clientKey(client)).varUint(1).raw(anyOf(person));
  for (let n = 0; n < strokes; n += 1) {
    // Its numbers are its own; the first point is somewhere, the others near the one before.
    const ink = Uint8Array.from({ length: points * 2 }, (_, i) =>
      i < 2 ? 127 - ((n * 37 + client * 11) % 127) : i % 13,
    );
    writer.byte(ANY_IN_MAP).varUint(1).varString('strokes').varString(entryKey(client, n)).varUint(1);
    writer.raw(anyOf({ z: n + 1, pen: n % 5, size: 3, ink }));
  }
  return new Uint8Array(writer.varUint(0).finish());
}

let at = 0;

function varUint(bytes: Uint8Array): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = bytes[at] ?? 0;
    at += 1;
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    scale *= 128;
  }
}

function skipId(bytes: Uint8Array): void {
  varUint(bytes);
  varUint(bytes);
}

function skipBytes(bytes: Uint8Array): void {
  const length = varUint(bytes);
  at += length;
}

/** Finds the stamps in an update, without building anything. */
export function readStamps(update: Uint8Array, found: (writer: number, at: number) => void): void {
  at = 0;
  const clients = varUint(update);
  for (let i = 0; i < clients; i += 1) {
    const structs = varUint(update);
    varUint(update);
    varUint(update);
    for (let j = 0; j < structs; j += 1) {
      const info = update[at] ?? 0;
      at += 1;
      if (info === CHUNK) {
        varUint(update);
        varUint(update);
        skipBytes(update);
        stampBefore(update, at, found);
      } else skipRare(update, info, found);
    }
  }
}

function stampBefore(update: Uint8Array, end: number, found: (writer: number, at: number) => void): void {
  const byte = (back: number): number => update[end - back] ?? 0;
  found(byte(6) * 256 + byte(5), byte(4) * 2 ** 24 + byte(3) * 2 ** 16 + byte(2) * 256 + byte(1));
}

/** Everything else that a pen writes, and what a server may make of it. */
function skipRare(update: Uint8Array, info: number, found: (writer: number, at: number) => void): void {
  const content = info & 31;
  if (content === 0 || content === 10) return void varUint(update);
  if (info & 0x80) skipId(update);
  if (info & 0x40) skipId(update);
  if ((info & 0xc0) === 0) {
    if (varUint(update) === 1) skipBytes(update);
    else skipId(update);
    if (info & 0x20) skipBytes(update);
  }
  if (content === 1 || content === 7) return void varUint(update);
  if (content !== 8) throw new Error(`A struct that no pen writes: ${info}`);
  const reader = new Reader(update);
  reader.at = at;
  for (let left = reader.varUint(); left > 0; left -= 1) reader.skipAny();
  at = reader.at;
  // Yjs leaves the flag of the key out where a neighbour says it.
  if (info & 0x80) stampBefore(update, at, found);
}

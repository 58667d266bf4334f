/**
 * Finds the structs in a Yjs update (encoding V1) without building them: where each begins and ends, what it hangs on and
 * what kind of content it has. The bytes of a struct stand for themselves, so a merged or cleaned update is put together
 * from slices (see assemble.ts).
 */
import { Malformed, Reader } from './reader.ts';

export interface Id {
  readonly client: number;
  readonly clock: number;
}

export const CONTENT = {
  deleted: 1,
  json: 2,
  binary: 3,
  string: 4,
  embed: 5,
  format: 6,
  type: 7,
  any: 8,
  document: 9,
} as const;

export interface Struct {
  readonly clock: number;
  readonly length: number;
  readonly kind: 'item' | 'gone' | 'skip';
  /** One of CONTENT; 0 for what is no item. */
  readonly content: number;
  readonly origin: Id | null;
  readonly rightOrigin: Id | null;
  /** A root's name, or the item that holds the type. Only where neither neighbour is named. */
  readonly parent: string | Id | null;
  /** The key in a map. Only where neither neighbour is named. */
  readonly key: string | null;
  /** The whole struct, and its content alone. */
  readonly bytes: Uint8Array;
  readonly body: Uint8Array;
}

export interface Block {
  readonly client: number;
  readonly structs: readonly Struct[];
}

export interface Range {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
}

export interface Scan {
  readonly blocks: readonly Block[];
  readonly deletes: readonly Range[];
}

const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_KEY = 0x20;
const KIND = 0x1f;
/** Client ids and clocks are 32-bit in every client there is. */
const MOST_ID = 0xffffffff;
const MOST_CLOCK = 0x7fffffff;
const MOST_NAME = 256;
/** How lib0 begins an object. */
const ANY_OBJECT = 118;

const readClient = (reader: Reader): number => within(reader.varUint(), MOST_ID);
const readClock = (reader: Reader): number => within(reader.varUint(), MOST_CLOCK);
const readId = (reader: Reader): Id => ({ client: readClient(reader), clock: readClock(reader) });

function within(value: number, most: number): number {
  if (value > most) throw new Malformed('number too large');
  return value;
}

function readName(reader: Reader): string {
  const name = reader.varString();
  if (name.length > MOST_NAME) throw new Malformed('name too long');
  return name;
}

/** Steps over an item's content and gives the clocks that it takes. */
function readContent(reader: Reader, content: number): number {
  switch (content) {
    case CONTENT.deleted:
      return readClock(reader);
    case CONTENT.json: {
      const count = readClock(reader);
      for (let i = 0; i < count; i += 1) reader.json(true);
      return count;
    }
    case CONTENT.binary:
      reader.skip(reader.varUint());
      return 1;
    case CONTENT.string:
      return reader.varString().length;
    case CONTENT.embed:
      reader.json();
      return 1;
    case CONTENT.format:
      reader.varString();
      reader.json();
      return 1;
    case CONTENT.type: {
      const type = reader.varUint();
      if (type > 6) throw new Malformed('unknown type');
      // XML elements and hooks carry a name.
      if (type === 3 || type === 5) reader.varString();
      return 1;
    }
    case CONTENT.any: {
      const count = readClock(reader);
      for (let i = 0; i < count; i += 1) reader.skipAny();
      return count;
    }
    case CONTENT.document:
      reader.varString();
      // Yjs takes its options from an object without looking.
      if (reader.bytes[reader.at] !== ANY_OBJECT) throw new Malformed('no options');
      reader.skipAny();
      return 1;
    default:
      throw new Malformed('unknown content');
  }
}

const NOTHING = new Uint8Array(0);

function readStruct(reader: Reader, clock: number): Struct {
  const from = reader.at;
  const info = reader.byte();
  const content = info & KIND;
  if (content === 0 || content === 10) {
    if (info !== content) throw new Malformed('flags on a gap');
    const length = readClock(reader);
    return {
      clock,
      length,
      kind: content === 0 ? 'gone' : 'skip',
      content: 0,
      origin: null,
      rightOrigin: null,
      parent: null,
      key: null,
      bytes: reader.bytes.subarray(from, reader.at),
      body: NOTHING,
    };
  }
  const origin = info & HAS_ORIGIN ? readId(reader) : null;
  const rightOrigin = info & HAS_RIGHT_ORIGIN ? readId(reader) : null;
  let parent: string | Id | null = null;
  let key: string | null = null;
  if (!origin && !rightOrigin) {
    parent = reader.varUint() === 1 ? readName(reader) : readId(reader);
    if (info & HAS_KEY) key = readName(reader);
  }
  const bodyFrom = reader.at;
  const length = readContent(reader, content);
  return {
    clock,
    length,
    kind: 'item',
    content,
    origin,
    rightOrigin,
    parent,
    key,
    bytes: reader.bytes.subarray(from, reader.at),
    body: reader.bytes.subarray(bodyFrom, reader.at),
  };
}

/** Throws Malformed for anything that a Yjs peer could not read to the last byte. */
export function scanUpdate(update: Uint8Array): Scan {
  const reader = new Reader(update);
  const blocks: Block[] = [];
  const seen = new Set<number>();
  const clients = reader.varUint();
  for (let i = 0; i < clients; i += 1) {
    const count = reader.varUint();
    const client = readClient(reader);
    let clock = readClock(reader);
    // A second block of one client would silently replace the first in a peer.
    if (seen.has(client)) throw new Malformed('client twice');
    seen.add(client);
    const structs: Struct[] = [];
    for (let j = 0; j < count; j += 1) {
      const struct = readStruct(reader, clock);
      if (struct.length < 1) throw new Malformed('empty struct');
      structs.push(struct);
      clock = within(clock + struct.length, MOST_CLOCK);
    }
    if (structs.length > 0) blocks.push({ client, structs });
  }
  const deletes: Range[] = [];
  const deleters = reader.varUint();
  for (let i = 0; i < deleters; i += 1) {
    const client = readClient(reader);
    const count = reader.varUint();
    for (let j = 0; j < count; j += 1) {
      const clock = readClock(reader);
      const length = readClock(reader);
      within(clock + length, MOST_CLOCK);
      if (length > 0) deletes.push({ client, clock, length });
    }
  }
  if (reader.left > 0) throw new Malformed('bytes behind the end');
  return { blocks, deletes };
}

/**
 * A large update in parts, each of which is an update: whoever applies them one by one can do something else in between.
 * Their structs stand in the order of the whole. Only for what Yjs wrote here: it is stepped over, not examined, because a
 * room does this while others draw.
 */
import { Reader } from './reader.ts';
import { CONTENT } from './scan.ts';
import { Writer } from './writer.ts';

/** Structs of one client that follow one another. */
interface Run {
  readonly client: number;
  readonly clock: number;
  count: number;
  readonly from: number;
  to: number;
}

function skipBytes(reader: Reader): void {
  reader.skip(reader.varUint());
}

/** Steps over one value of lib0's `any` encoding. */
function skipAny(reader: Reader): void {
  switch (reader.byte()) {
    case 125: // integer
      while (reader.byte() > 127);
      return;
    case 124: // float32
      return reader.skip(4);
    case 123: // float64
    case 122: // bigint
      return reader.skip(8);
    case 119: // string
    case 116: // bytes
      return skipBytes(reader);
    case 118:
      for (let left = reader.varUint(); left > 0; left -= 1) {
        skipBytes(reader);
        skipAny(reader);
      }
      return;
    case 117:
      for (let left = reader.varUint(); left > 0; left -= 1) skipAny(reader);
      return;
    default:
  }
}

/** Steps over an item's content and gives the clocks that it takes. */
function skipContent(reader: Reader, content: number): number {
  switch (content) {
    case CONTENT.deleted:
      return reader.varUint();
    case CONTENT.string:
      return reader.varString().length;
    case CONTENT.json:
    case CONTENT.any: {
      const count = reader.varUint();
      for (let i = 0; i < count; i += 1)
        if (content === CONTENT.any) skipAny(reader);
        else skipBytes(reader);
      return count;
    }
    case CONTENT.type: {
      const type = reader.varUint();
      // XML elements and hooks carry a name.
      if (type === 3 || type === 5) skipBytes(reader);
      return 1;
    }
    default:
      skipBytes(reader);
      // A format has a key and a value, a document an id and options.
      if (content === CONTENT.format) skipBytes(reader);
      if (content === CONTENT.document) skipAny(reader);
      return 1;
  }
}

function skipId(reader: Reader): void {
  reader.varUint();
  reader.varUint();
}

/** Steps over a struct and gives the clocks that it takes. */
function skipStruct(reader: Reader): number {
  const info = reader.byte();
  const content = info & 0x1f;
  if (content === 0 || content === 10) return reader.varUint();
  if (info & 0x80) skipId(reader);
  if (info & 0x40) skipId(reader);
  if ((info & 0xc0) === 0) {
    if (reader.varUint() === 1) skipBytes(reader);
    else skipId(reader);
    if (info & 0x20) skipBytes(reader);
  }
  return skipContent(reader, content);
}

/** Runs, as many as fit into each part; and where the deletions begin. */
function cut(update: Uint8Array, most: number): { parts: Run[][]; deletes: number } {
  const reader = new Reader(update);
  const parts: Run[][] = [[]];
  let begun = 0;
  for (let clients = reader.varUint(); clients > 0; clients -= 1) {
    const structs = reader.varUint();
    const client = reader.varUint();
    let clock = reader.varUint();
    const beginRun = (): Run => {
      const run = { client, clock, count: 0, from: reader.at, to: reader.at };
      parts.at(-1)?.push(run);
      return run;
    };
    let run = beginRun();
    for (let left = structs; left > 0; left -= 1) {
      if (begun >= most) {
        parts.push([]);
        begun = 0;
        run = beginRun();
      }
      clock += skipStruct(reader);
      run.count += 1;
      begun += reader.at - run.to;
      run.to = reader.at;
    }
  }
  return { parts, deletes: reader.at };
}

const NO_DELETES = Uint8Array.of(0);

/**
 * Parts of about `most` bytes; an update that is not much larger stays whole. Deletions are in the last part, when all that
 * they name is there.
 */
export function partsOf(update: Uint8Array, most: number): Uint8Array[] {
  if (update.length <= 2 * most) return [update];
  const { parts, deletes } = cut(update, most);
  return parts.map((all, i) => {
    const runs = all.filter(({ count }) => count > 0);
    const writer = new Writer().varUint(runs.length);
    for (const { client, clock, count, from, to } of runs)
      writer.varUint(count).varUint(client).varUint(clock).raw(update.subarray(from, to));
    return new Uint8Array(writer.raw(i === parts.length - 1 ? update.subarray(deletes) : NO_DELETES).finish());
  });
}

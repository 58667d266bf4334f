/**
 * Checks an audit export (format.ts) line by line, with nothing but the public key: no database, no network, no file of
 * the installation. Names the first place that does not hold. Pure: runs in Node and in a browser alike, in the memory
 * of one line plus 32 bytes a stream.
 */
import type { Position } from '../event-store.ts';
import { FORMAT, FORMAT_VERSION, hex, unhex, type Head, type Header, type PartStream, type Scope } from './format.ts';
import {
  Broken,
  canonical,
  has,
  isClosing,
  isHeader,
  NO_HASH,
  parseHead,
  partLine,
  recordIn,
  wholeLine,
  type FlawCode,
  type RecordHead,
  type RecordLine,
} from './lines.ts';
import { LineReader } from './line-reader.ts';
import { GrowingTree, leafOf, rootFrom, sha256Of, type Hash } from './merkle.ts';
import { closingFlaw, headDigest, headFlaw } from './signatures.ts';

export interface VerifyOptions {
  /** Public keys, hex, that heads and closing may be signed with. None: the keys that the file names itself. */
  readonly keys?: readonly string[];
  /**
   * Heads that were kept elsewhere: a whole export must go through each of them. A part may hold none of them. No log goes
   * through two of one position with different chain values.
   */
  readonly kept?: readonly Pick<Head, 'position' | 'chain'>[];
}

export type Verdict =
  | {
      readonly kind: 'whole';
      readonly scope: Scope;
      readonly records: number;
      readonly bytes: number;
      readonly heads: number;
      /** The newest signed head; everything in the file is proven against it. */
      readonly head: Head;
      readonly exportedAt: number;
      /** When the first and the last of its records were written, wall ms. */
      readonly from: number;
      readonly to: number;
      /** Public keys that signed something in it. */
      readonly keys: readonly string[];
      /** Positions of the kept heads that a part holds nothing of, so that it is not checked against them. */
      readonly unchecked: readonly Position[];
    }
  | Break;

/** Where and how a file stops to hold. */
export interface Break {
  readonly kind: 'broken';
  readonly code: FlawCode;
  /** 1 is the header. */
  readonly line: number;
  /** The record or head that does not hold; null where the place has no position. */
  readonly position: Position | null;
  readonly reason: string;
  readonly found: string | null;
  readonly expected: string | null;
  /** Records in front of that place, and the last of them. */
  readonly records: number;
  readonly last: Position | null;
  /** Of a file that ends too early: the first of the kept heads that it does not come to. */
  readonly missing: Position | null;
}

/**
 * Reads the file once, in whatever pieces it comes.
 * @throws CannotCheckSignatures, and whatever `chunks` throws
 */
export async function verifyExport(chunks: AsyncIterable<Uint8Array>, options: VerifyOptions = {}): Promise<Verdict> {
  const file = new AuditFile(options);
  const lines = new LineReader((line) => file.take(line));
  try {
    for await (const chunk of chunks) await lines.push(chunk);
    lines.end();
    return file.end();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return file.broken(error);
  }
}

/** What was read so far of one file. */
class AuditFile {
  line = 0;
  /** Of the last record or head looked at. */
  position: Position | null = null;

  readonly #keys: readonly string[];
  readonly #kept: Map<Position, string>;
  /** Kept heads that cannot both be of one log. */
  readonly #torn: Broken | null;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #revisions = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  readonly #signers = new Set<string>();
  readonly #tree = new GrowingTree();
  #header: Header | null = null;
  #streams: ReadonlyMap<string, PartStream> = new Map();
  #root: Hash = NO_HASH;
  #sum: Hash = NO_HASH;
  #chain: Hash = NO_HASH;
  #index = -1;
  #last: Position = '';
  #records = 0;
  #from = 0;
  #to = 0;
  #bytes = 0;
  #heads = 0;
  #head: Head | null = null;
  #closed = false;

  constructor({ keys = [], kept = [] }: VerifyOptions) {
    this.#keys = keys;
    this.#kept = new Map(kept.map((head) => [head.position, head.chain]));
    this.#torn = tornIn(kept, this.#kept);
  }

  /** One line with its line feed. Throws `Broken`; what it returns, if anything, must be awaited before the next. */
  take(bytes: Uint8Array): Promise<void> | null {
    this.line += 1;
    this.position = null;
    this.#bytes += bytes.length;
    if (this.#closed) throw flawed('after-end', 'something stands after the closing line');
    const text = this.#text(bytes.subarray(0, -1));
    const before = this.#sum;
    this.#sum = sha256Of(before, bytes);
    if (this.#header === null) this.#takeHeader(text);
    else if (text.startsWith('{"chain":"')) this.#takeRecord(text, bytes);
    else if (text.startsWith('{"head":{')) return this.#takeHead(text);
    else if (text.startsWith('{"closing":{')) return this.#takeClosing(text, before);
    else throw flawed('form', 'this is neither a record nor a head nor the closing line');
    return null;
  }

  end(): Verdict {
    this.line += 1;
    this.position = null;
    if (this.#header === null) throw flawed('empty', 'the file is empty');
    if (!this.#closed || this.#head === null) throw flawed('cut-off', 'the file ends before its closing line');
    return {
      kind: 'whole',
      scope: this.#header.scope,
      records: this.#records,
      bytes: this.#bytes,
      heads: this.#heads,
      head: this.#head,
      exportedAt: this.#header.exportedAt,
      from: this.#from,
      to: this.#to,
      keys: [...this.#signers],
      unchecked: [...this.#kept.keys()].sort(),
    };
  }

  broken({ flaw, position, message: reason }: Broken): Break {
    const { found = null, expected = null } = flaw;
    const tooShort = flaw.code === 'cut-off';
    return {
      kind: 'broken',
      // Whatever is wrong with a first line that we did not write: it is no export.
      code: this.#header === null && !['empty', 'header'].includes(flaw.code) ? 'not-an-export' : flaw.code,
      line: this.line,
      position: position ?? this.position,
      reason,
      found,
      expected,
      records: this.#records,
      last: this.#last === '' ? null : this.#last,
      missing: (tooShort && [...this.#kept.keys()].sort().find((kept) => kept > this.#last)) || null,
    };
  }

  #text(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      throw error instanceof TypeError ? flawed('form', 'the line is not UTF-8 text') : error;
    }
  }

  #takeHeader(text: string): void {
    const ours = text.startsWith('{"exportedAt":') || text.includes(FORMAT);
    const value = ours ? canonicalOrNull(text) : null;
    if (!isHeader(value))
      throw flawed(
        ours ? 'header' : 'not-an-export',
        `this is not the first line of an export (${FORMAT} ${FORMAT_VERSION})`,
      );
    this.#header = value;
    if (this.#torn !== null) throw this.#torn;
    if (value.part) {
      this.#streams = new Map(value.part.streams.map((stream) => [stream.name, stream]));
      this.#root = unhex(value.part.root, 32) ?? NO_HASH;
    }
  }

  #takeRecord(text: string, bytes: Uint8Array): void {
    const part = this.#header?.part;
    const line = part ? partLine(text) : wholeLine(text);
    if (line === null) throw flawed('form', 'the line is not written as a record is');
    const record = recordIn(text.slice(line.recordAt, -1));
    this.position = record.position;
    if (record.position <= this.#last) throw flawed('order', 'the record does not come after the one before it');
    if (this.#head !== null && part) throw flawed('order', 'a record stands after the head that ends the part');

    const canonicalBytes = bytes.subarray(line.recordAt, -2);
    if (part) this.#takePart(line, record, canonicalBytes, part.size);
    else this.#takeNext(line, record, canonicalBytes);
    this.#last = record.position;
    this.#chain = line.chain;
    if (this.#records === 0) this.#from = record.recordedAt;
    this.#to = record.recordedAt;
    this.#records += 1;

    if (this.#kept.has(record.position)) this.#compare(record.position, hex(line.chain));
  }

  /** With the head kept of this position, if there is one. */
  #compare(position: Position, chain: string): void {
    const kept = this.#kept.get(position);
    if (kept !== undefined && kept !== chain)
      throw flawed('kept-head', 'the log is not the one of a head kept elsewhere', chain, kept);
    this.#kept.delete(position);
  }

  /** A whole log: the record goes on from the one before, in the log and in its stream. */
  #takeNext(line: RecordLine, record: RecordHead, canonicalBytes: Uint8Array): void {
    const follows = sha256Of(this.#chain, canonicalBytes);
    if (!same(follows, line.chain))
      throw flawed(
        'chain',
        'the chain value does not follow from the record and the one before it',
        hex(line.chain),
        hex(follows),
      );
    this.#inStream(record);
    this.#tree.add(line.chain);
  }

  /** A part: the record is proven by itself, and the header says how many there are in each stream. */
  #takePart(line: RecordLine, record: RecordHead, canonicalBytes: Uint8Array, size: number): void {
    const stream = this.#streams.get(record.stream);
    if (!stream) throw flawed('count', `${record.stream} is no stream of this part`);
    const follows = sha256Of(line.previous, canonicalBytes);
    if (!same(follows, line.chain))
      throw flawed(
        'chain',
        'the chain value does not follow from the record and the value before it',
        hex(line.chain),
        hex(follows),
      );
    if (line.index <= this.#index)
      throw flawed('order', 'the index of the record does not come after the one before it');
    const root = rootFrom(leafOf(line.chain), line.index, size, line.proof);
    if (root === null || !same(root, this.#root))
      throw flawed(
        'proof',
        'the proof does not lead to the root of the log',
        root === null ? undefined : hex(root),
        hex(this.#root),
      );
    this.#index = line.index;
    if (stream.all) this.#inStream(record);
    const count = (this.#counts.get(record.stream) ?? 0) + 1;
    if (count > stream.records) throw flawed('count', `${record.stream} has more records than the header says`);
    this.#counts.set(record.stream, count);
  }

  #inStream({ stream, revision }: RecordHead): void {
    const last = this.#revisions.get(stream) ?? -1;
    if (revision !== last + 1)
      throw flawed('order', `${stream} goes from revision ${last} to ${revision}`, `${revision}`, `${last + 1}`);
    this.#revisions.set(stream, revision);
  }

  async #takeHead(text: string): Promise<void> {
    const signed = parseHead(text);
    if (signed === null) throw flawed('form', 'the line is not written as a head is');
    const { head } = signed;
    this.position = head.position;
    const part = this.#header?.part;
    if (part) {
      if (this.#head !== null) throw flawed('head', 'a part ends with one head');
      if (head.records !== part.size || head.root !== part.root)
        throw flawed('head', 'the head is not of the tree that the header names', head.root, part.root);
      this.#compare(head.position, head.chain);
    } else {
      if (head.position !== this.#last || head.records !== this.#records) {
        throw flawed('head', `the head is of ${head.records} records up to ${head.position}, which is not here`);
      }
      if (head.chain !== hex(this.#chain))
        throw flawed('head', 'the chain value is not the signed one', hex(this.#chain), head.chain);
      if (head.root !== hex(this.#tree.root()))
        throw flawed('head', 'the root is not the signed one', hex(this.#tree.root()), head.root);
      const [number, previous] = this.#head === null ? [0, null] : [this.#head.number + 1, headDigest(this.#head)];
      if (head.number !== number || head.previous !== previous)
        throw flawed('head', 'the head does not go on from the one before it');
    }
    const flaw = await headFlaw(signed, this.#keys);
    if (flaw !== null) throw new Broken(flaw);
    this.#head = head;
    this.#heads += 1;
    this.#signers.add(head.publicKey);
  }

  async #takeClosing(text: string, sum: Hash): Promise<void> {
    const value = canonical(text);
    if (!has(value, 'closing', 'signature') || typeof value.signature !== 'string' || !isClosing(value.closing)) {
      throw flawed('form', 'the line is not written as the closing line is');
    }
    const { closing, signature } = value;
    this.#checkEnd();
    if (closing.lines !== this.line - 1 || closing.records !== this.#records) {
      throw flawed(
        'count',
        `there are ${this.#records} records in ${this.line - 1} lines, not ${closing.records} in ${closing.lines}`,
      );
    }
    if (closing.sum !== hex(sum))
      throw flawed('sum', 'the sum of all lines is not the signed one', hex(sum), closing.sum);
    const flaw = await closingFlaw(closing, signature, this.#keys);
    if (flaw !== null) throw new Broken(flaw);
    this.#signers.add(closing.publicKey);
    this.#closed = true;
  }

  #checkEnd(): void {
    if (this.#head === null) throw flawed('head', 'no signed head covers the records');
    const part = this.#header?.part;
    if (!part && this.#head.position !== this.#last)
      throw new Broken({ code: 'head', reason: 'the newest head does not cover the last records' }, this.#last);
    for (const stream of this.#streams.values()) {
      const count = this.#counts.get(stream.name) ?? 0;
      if (count !== stream.records)
        throw flawed('count', `${stream.name} has ${count} records here, not ${stream.records}`);
    }
    const [missing] = part ? [] : [...this.#kept.keys()].sort();
    if (missing !== undefined)
      // The file says nothing at that place: either it ends before, or it never had it.
      throw new Broken(
        missing > this.#last
          ? {
              code: 'cut-off',
              reason: 'the log ends before a head kept elsewhere',
              found: this.#last,
              expected: missing,
            }
          : { code: 'kept-head', reason: 'the log has no record at the position of a head kept elsewhere' },
        missing,
      );
  }
}

const flawed = (code: FlawCode, reason: string, found?: string, expected?: string): Broken =>
  new Broken({ code, reason, ...(found !== undefined && { found }), ...(expected !== undefined && { expected }) });

/** Whichever of the two a file goes through: somebody was given another log than somebody else. */
function tornIn(kept: readonly Pick<Head, 'position' | 'chain'>[], last: ReadonlyMap<Position, string>): Broken | null {
  const first = kept.find(({ position, chain }) => last.get(position) !== chain);
  if (first === undefined) return null;
  const { position, chain } = first;
  const expected = last.get(position);
  return new Broken(
    {
      code: 'kept-head',
      reason: 'two heads kept elsewhere are of this position and have different chain values',
      found: chain,
      ...(expected !== undefined && { expected }),
    },
    position,
  );
}

/** A first line that is no JSON is no header either. */
function canonicalOrNull(text: string): unknown {
  try {
    return canonical(text);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return null;
  }
}

function same(one: Hash, other: Hash): boolean {
  for (let index = 0; index < 32; index += 1) if (one[index] !== other[index]) return false;
  return true;
}

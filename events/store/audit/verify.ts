/**
 * Checks an audit export (format.ts) line by line, with nothing but the public key: no database, no network, no file of
 * the installation. Names the first place that does not hold. Pure: runs in Node and in a browser alike, in the memory
 * of one line plus 32 bytes a stream.
 */
import type { Position } from '../event-store.ts';
import {
  closingBytes,
  FORMAT,
  FORMAT_VERSION,
  headBytes,
  hex,
  unhex,
  type Head,
  type Header,
  type PartStream,
  type Scope,
  type SignedHead,
} from './format.ts';
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
  type RecordHead,
  type RecordLine,
} from './lines.ts';
import { GrowingTree, leafOf, rootFrom, sha256, sha256Of, type Hash } from './merkle.ts';

export interface VerifyOptions {
  /** Public keys, hex, that heads and closing may be signed with. None: the keys that the file names itself. */
  readonly keys?: readonly string[];
  /** Heads that were kept elsewhere: a whole export must go through each of them. A part may hold none of them. */
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
      /** Public keys that signed something in it. */
      readonly keys: readonly string[];
      /** Positions of the kept heads that a part holds nothing of, so that it is not checked against them. */
      readonly unchecked: readonly Position[];
    }
  | {
      readonly kind: 'broken';
      /** 1 is the header. */
      readonly line: number;
      /** The record or head that does not hold; null where the place has no position. */
      readonly position: Position | null;
      readonly reason: string;
    };

/** Longer than any line that we write. */
const MAX_LINE = 1024 * 1024;
const LINE_FEED = 10;
export async function verifyExport(chunks: AsyncIterable<Uint8Array>, options: VerifyOptions = {}): Promise<Verdict> {
  const file = new AuditFile(options);
  try {
    const rest = new Pieces();
    for await (const chunk of chunks) {
      let from = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
        // Most lines need no waiting, and a promise for each would cost more than their hashes.
        const waiting = file.take(rest.with(chunk.subarray(from, end + 1)));
        if (waiting !== null) await waiting;
        from = end + 1;
      }
      if (from < chunk.length) rest.add(chunk.slice(from));
      if (rest.length > MAX_LINE) throw new Broken('the line is longer than any that was exported');
    }
    if (rest.length > 0) throw new Broken('the file ends in the middle of a line');
    return file.end();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { kind: 'broken', line: file.line, position: error.position ?? file.position, reason: error.message };
  }
}

/** The beginning of a line, as it came. */
class Pieces {
  length = 0;
  #pieces: Uint8Array[] = [];

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.length += piece.length;
  }

  /** All of it with `last` behind; empty afterwards. */
  with(last: Uint8Array): Uint8Array {
    if (this.length === 0) return last;
    this.add(last);
    const joined = new Uint8Array(this.length);
    let at = 0;
    for (const piece of this.#pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    this.length = 0;
    return joined;
  }
}

/** What is wrong with a head by itself, or null. `keys`: as in `VerifyOptions`. */
export async function headFlaw({ head, signature }: SignedHead, keys: readonly string[] = []): Promise<string | null> {
  const flaw = signerFlaw(head, keys);
  if (flaw !== null) return flaw;
  const tree = treeOf(head);
  if (tree === null || hex(tree.root()) !== head.root) return 'the root of the head does not follow from its peaks';
  return (await isSigned(head.publicKey, signature, headBytes(head))) ? null : 'the signature of the head is false';
}

/** How the next head names this one. */
export const headDigest = (head: Head): string => hex(sha256(headBytes(head)));

/** How a public key is called for short. */
export const keyIdOf = (publicKey: string): string => hex(sha256(unhex(publicKey, 32) ?? NO_HASH)).slice(0, 16);

/** What was read so far of one file. */
class AuditFile {
  line = 0;
  /** Of the last record or head looked at. */
  position: Position | null = null;

  readonly #keys: readonly string[];
  readonly #kept: Map<Position, string>;
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
  #bytes = 0;
  #heads = 0;
  #head: Head | null = null;
  #closed = false;

  constructor({ keys = [], kept = [] }: VerifyOptions) {
    this.#keys = keys;
    this.#kept = new Map(kept.map((head) => [head.position, head.chain]));
  }

  /** One line with its line feed. Throws `Broken`; what it returns, if anything, must be awaited before the next. */
  take(bytes: Uint8Array): Promise<void> | null {
    this.line += 1;
    this.position = null;
    this.#bytes += bytes.length;
    if (this.#closed) throw new Broken('something stands after the closing line');
    const text = this.#text(bytes.subarray(0, -1));
    const before = this.#sum;
    this.#sum = sha256Of(before, bytes);
    if (this.#header === null) this.#takeHeader(text);
    else if (text.startsWith('{"chain":"')) this.#takeRecord(text, bytes);
    else if (text.startsWith('{"head":{')) return this.#takeHead(text);
    else if (text.startsWith('{"closing":{')) return this.#takeClosing(text, before);
    else throw new Broken('this is neither a record nor a head nor the closing line');
    return null;
  }

  end(): Verdict {
    this.line += 1;
    this.position = null;
    if (this.#header === null) throw new Broken('the file is empty');
    if (!this.#closed || this.#head === null) throw new Broken('the file ends before its closing line');
    return {
      kind: 'whole',
      scope: this.#header.scope,
      records: this.#records,
      bytes: this.#bytes,
      heads: this.#heads,
      head: this.#head,
      exportedAt: this.#header.exportedAt,
      keys: [...this.#signers],
      unchecked: [...this.#kept.keys()].sort(),
    };
  }

  #text(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      throw error instanceof TypeError ? new Broken('the line is not UTF-8 text') : error;
    }
  }

  #takeHeader(text: string): void {
    const value = canonical(text);
    if (!isHeader(value)) throw new Broken(`this is not the first line of an export (${FORMAT} ${FORMAT_VERSION})`);
    this.#header = value;
    if (value.part) {
      this.#streams = new Map(value.part.streams.map((stream) => [stream.name, stream]));
      this.#root = unhex(value.part.root, 32) ?? NO_HASH;
    }
  }

  #takeRecord(text: string, bytes: Uint8Array): void {
    const part = this.#header?.part;
    const line = part ? partLine(text) : wholeLine(text);
    if (line === null) throw new Broken('the line is not written as a record is');
    const record = recordIn(text.slice(line.recordAt, -1));
    this.position = record.position;
    if (record.position <= this.#last) throw new Broken('the record does not come after the one before it');
    if (this.#head !== null && part) throw new Broken('a record stands after the head that ends the part');

    const canonicalBytes = bytes.subarray(line.recordAt, -2);
    if (part) this.#takePart(line, record, canonicalBytes, part.size);
    else this.#takeNext(line, record, canonicalBytes);
    this.#last = record.position;
    this.#chain = line.chain;
    this.#records += 1;

    if (this.#kept.has(record.position)) this.#compare(record.position, hex(line.chain));
  }

  /** With the head kept of this position, if there is one. */
  #compare(position: Position, chain: string): void {
    const kept = this.#kept.get(position);
    if (kept !== undefined && kept !== chain) throw new Broken('the log is not the one of a head kept elsewhere');
    this.#kept.delete(position);
  }

  /** A whole log: the record goes on from the one before, in the log and in its stream. */
  #takeNext(line: RecordLine, record: RecordHead, canonicalBytes: Uint8Array): void {
    if (!same(sha256Of(this.#chain, canonicalBytes), line.chain)) {
      throw new Broken('the chain value does not follow from the record and the one before it');
    }
    this.#inStream(record);
    this.#tree.add(line.chain);
  }

  /** A part: the record is proven by itself, and the header says how many there are in each stream. */
  #takePart(line: RecordLine, record: RecordHead, canonicalBytes: Uint8Array, size: number): void {
    const stream = this.#streams.get(record.stream);
    if (!stream) throw new Broken(`${record.stream} is no stream of this part`);
    if (!same(sha256Of(line.previous, canonicalBytes), line.chain)) {
      throw new Broken('the chain value does not follow from the record and the value before it');
    }
    if (line.index <= this.#index) throw new Broken('the index of the record does not come after the one before it');
    const root = rootFrom(leafOf(line.chain), line.index, size, line.proof);
    if (root === null || !same(root, this.#root)) throw new Broken('the proof does not lead to the root of the log');
    this.#index = line.index;
    if (stream.all) this.#inStream(record);
    const count = (this.#counts.get(record.stream) ?? 0) + 1;
    if (count > stream.records) throw new Broken(`${record.stream} has more records than the header says`);
    this.#counts.set(record.stream, count);
  }

  #inStream({ stream, revision }: RecordHead): void {
    const last = this.#revisions.get(stream) ?? -1;
    if (revision !== last + 1) throw new Broken(`${stream} goes from revision ${last} to ${revision}`);
    this.#revisions.set(stream, revision);
  }

  async #takeHead(text: string): Promise<void> {
    const signed = parseHead(text);
    if (signed === null) throw new Broken('the line is not written as a head is');
    const { head } = signed;
    this.position = head.position;
    const part = this.#header?.part;
    if (part) {
      if (this.#head !== null) throw new Broken('a part ends with one head');
      if (head.records !== part.size || head.root !== part.root)
        throw new Broken('the head is not of the tree that the header names');
      this.#compare(head.position, head.chain);
    } else {
      if (head.position !== this.#last || head.records !== this.#records) {
        throw new Broken(`the head is of ${head.records} records up to ${head.position}, which is not here`);
      }
      if (head.chain !== hex(this.#chain)) throw new Broken('the chain value is not the signed one');
      if (head.root !== hex(this.#tree.root())) throw new Broken('the root is not the signed one');
      const [number, previous] = this.#head === null ? [0, null] : [this.#head.number + 1, headDigest(this.#head)];
      if (head.number !== number || head.previous !== previous)
        throw new Broken('the head does not go on from the one before it');
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
      throw new Broken('the line is not written as the closing line is');
    }
    const { closing, signature } = value;
    this.#checkEnd();
    if (closing.lines !== this.line - 1 || closing.records !== this.#records) {
      throw new Broken(
        `there are ${this.#records} records in ${this.line - 1} lines, not ${closing.records} in ${closing.lines}`,
      );
    }
    if (closing.sum !== hex(sum)) throw new Broken('the sum of all lines is not the signed one');
    const flaw = signerFlaw(closing, this.#keys);
    if (flaw !== null) throw new Broken(flaw);
    if (!(await isSigned(closing.publicKey, signature, closingBytes(closing)))) {
      throw new Broken('the signature of the closing line is false');
    }
    this.#signers.add(closing.publicKey);
    this.#closed = true;
  }

  #checkEnd(): void {
    if (this.#head === null) throw new Broken('no signed head covers the records');
    const part = this.#header?.part;
    if (!part && this.#head.position !== this.#last)
      throw new Broken('the newest head does not cover the last records', this.#last);
    for (const stream of this.#streams.values()) {
      const count = this.#counts.get(stream.name) ?? 0;
      if (count !== stream.records) throw new Broken(`${stream.name} has ${count} records here, not ${stream.records}`);
    }
    const [missing] = part ? [] : [...this.#kept.keys()].sort();
    if (missing !== undefined) throw new Broken('the log ends before a head kept elsewhere', missing);
  }
}

function same(one: Hash, other: Hash): boolean {
  for (let index = 0; index < 32; index += 1) if (one[index] !== other[index]) return false;
  return true;
}

function treeOf(head: Head): GrowingTree | null {
  const peaks = head.peaks.map((peak) => unhex(peak, 32) ?? NO_HASH);
  const wanted = head.records.toString(2).replaceAll('0', '').length;
  return peaks.length === wanted ? GrowingTree.from(head.records, peaks) : null;
}

function signerFlaw(
  { keyId, publicKey }: { keyId: string; publicKey: string },
  keys: readonly string[],
): string | null {
  if (keyId !== keyIdOf(publicKey)) return 'the key is not called by its own name';
  return keys.length === 0 || keys.includes(publicKey) ? null : `it is signed with another key, ${keyId}`;
}

const imported = new Map<string, Promise<CryptoKey | null>>();

async function isSigned(publicKey: string, signature: string, bytes: Uint8Array): Promise<boolean> {
  const key = unhex(publicKey, 32);
  const signed = unhex(signature, 64);
  if (key === null || signed === null) return false;
  // Bytes that are no point of the curve make no key, and nothing is signed with them.
  const made =
    imported.get(publicKey) ?? crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']).catch(() => null);
  // One installation has few keys; a file with many of them is not ours.
  if (imported.size < 100) imported.set(publicKey, made);
  const known = await made;
  return known !== null && crypto.subtle.verify('Ed25519', known, signed, Uint8Array.from(bytes));
}

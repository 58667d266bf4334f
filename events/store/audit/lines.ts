/** The lines of an audit export, read back: each is taken only when it is written exactly as we write it. Pure. */
import { canonicalJson } from '../canonical.ts';
import type { Position } from '../event-store.ts';
import { FORMAT, FORMAT_VERSION, unhex, type Closing, type Head, type Header, type SignedHead } from './format.ts';
import type { Hash } from './merkle.ts';

export const NO_HASH: Hash = new Uint8Array(32);

/** What does not hold, for programs and for words in other languages. Stable. */
export type FlawCode =
  | 'empty'
  /** No export at all, or its first line is not readable as one. */
  | 'not-an-export'
  /** The first line was changed. */
  | 'header'
  /** It ends too early, by itself or by a head kept elsewhere. */
  | 'cut-off'
  | 'after-end'
  /** A line is not written as we write it. */
  | 'form'
  | 'order'
  | 'chain'
  | 'proof'
  /** There are more or fewer records than the header or the closing line says. */
  | 'count'
  | 'head'
  /** Another log than the one of a head kept elsewhere. */
  | 'kept-head'
  | 'sum'
  | 'signature'
  | 'other-key';

export interface Flaw {
  readonly code: FlawCode;
  readonly reason: string;
  readonly found?: string;
  readonly expected?: string;
}

/** The file does not hold; `position` where it is known. */
export class Broken extends Error {
  readonly flaw: Flaw;
  readonly position: Position | null;

  constructor(flaw: Flaw, position: Position | null = null) {
    super(flaw.reason);
    this.flaw = flaw;
    this.position = position;
  }
}

const malformed = (reason: string): Broken => new Broken({ code: 'form', reason });

/** The head in a line or object, or null when it is no head as we write them. */
export function parseHead(line: string): SignedHead | null {
  return signedHeadIn(canonical(line));
}

function signedHeadIn(value: unknown): SignedHead | null {
  if (!has(value, 'head', 'signature') || typeof value.signature !== 'string') return null;
  return isHead(value.head) ? { head: value.head, signature: value.signature } : null;
}

/**
 * The heads in what somebody kept: one of them, or a list of them as the API gives it, however the JSON is laid out.
 * Null when it is anything else. Whether they are signed is for `headFlaw` to say.
 */
export function keptHeads(text: string): readonly SignedHead[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const listed = typeof value === 'object' && value !== null && 'heads' in value ? value.heads : [value];
  if (!Array.isArray(listed)) return null;
  const heads = listed.map(signedHeadIn).filter((head) => head !== null);
  return heads.length > 0 && heads.length === listed.length ? heads : null;
}

export interface RecordLine {
  readonly chain: Hash;
  readonly previous: Hash;
  readonly index: number;
  readonly proof: readonly Hash[];
  /** Where the record's own text begins; it ends one character before the line. */
  readonly recordAt: number;
}

const RECORD_IN_WHOLE = '","record":{';

/** `{"chain":"…","record":{…}}`. Everything before the record is ASCII, so that places in text and bytes are the same. */
export function wholeLine(text: string): RecordLine | null {
  const chain = unhex(text.slice(10, 74), 32);
  if (chain === null || !text.startsWith(RECORD_IN_WHOLE, 74) || !text.endsWith('}}')) return null;
  return { chain, previous: NO_HASH, index: 0, proof: [], recordAt: 74 + RECORD_IN_WHOLE.length - 1 };
}

const PART_LINE =
  /^\{"chain":"([0-9a-f]{64})","index":(0|[1-9]\d{0,14}),"previous":"([0-9a-f]{64})","proof":\[((?:"[0-9a-f]{64}",?)*)\],"record":\{/;

export function partLine(text: string): RecordLine | null {
  const found = PART_LINE.exec(text);
  if (found === null || !text.endsWith('}}')) return null;
  const [prefix, chain = '', index = '', previous = '', proof = ''] = found;
  const steps = proof === '' ? [] : proof.split(',').map((step) => unhex(step.slice(1, -1), 32));
  if (steps.includes(null)) return null;
  return {
    chain: unhex(chain, 32) ?? NO_HASH,
    previous: unhex(previous, 32) ?? NO_HASH,
    index: Number(index),
    proof: steps.filter((step) => step !== null),
    recordAt: prefix.length - 1,
  };
}

export interface RecordHead {
  readonly position: Position;
  readonly stream: string;
  readonly revision: number;
  /** Wall time, ms. */
  readonly recordedAt: number;
}

export function recordIn(text: string): RecordHead {
  const value = parsed(text);
  if (
    !has(value, 'data', 'id', 'meta', 'position', 'recordedAt', 'revision', 'stream', 'type') ||
    typeof value.position !== 'string' ||
    typeof value.stream !== 'string' ||
    typeof value.revision !== 'number' ||
    typeof value.recordedAt !== 'number'
  ) {
    throw malformed('the record does not have the parts that a record has');
  }
  const { position, stream, revision, recordedAt } = value;
  return { position, stream, revision, recordedAt };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw error instanceof SyntaxError ? malformed('the line is not JSON') : error;
  }
}

/** The value, as long as `text` is exactly how we write it: one value, one text. */
export function canonical(text: string): unknown {
  const value = parsed(text);
  return canonicalJson(value) === text ? value : null;
}

/** An object with exactly these keys. */
export function has<Key extends string>(
  value: unknown,
  ...keys: readonly Key[]
): value is Readonly<Record<Key, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isHex = (value: unknown, bytes: number): value is string =>
  typeof value === 'string' && unhex(value, bytes) !== null;

export function isHeader(value: unknown): value is Header {
  const whole = has(value, 'exportedAt', 'format', 'scope', 'version');
  if (!whole && !has(value, 'exportedAt', 'format', 'part', 'scope', 'version')) return false;
  const { exportedAt, format, scope, version } = value;
  if (format !== FORMAT || version !== FORMAT_VERSION || !isCount(exportedAt)) return false;
  if (!('part' in value)) return has(scope, 'kind') && scope.kind === 'whole';
  return (
    has(scope, 'id', 'kind') &&
    typeof scope.id === 'string' &&
    (scope.kind === 'stream' || scope.kind === 'booking') &&
    isPart(value.part)
  );
}

const isPart = (value: unknown): boolean =>
  has(value, 'root', 'size', 'streams') &&
  isHex(value.root, 32) &&
  isCount(value.size) &&
  Array.isArray(value.streams) &&
  value.streams.every(
    (stream: unknown) =>
      has(stream, 'all', 'name', 'records') &&
      typeof stream.name === 'string' &&
      typeof stream.all === 'boolean' &&
      isCount(stream.records),
  );

function isHead(value: unknown): value is Head {
  return (
    has(
      value,
      'chain',
      'keyId',
      'number',
      'peaks',
      'position',
      'previous',
      'publicKey',
      'records',
      'root',
      'signedAt',
      'version',
    ) &&
    value.version === 1 &&
    isCount(value.number) &&
    isCount(value.records) &&
    isCount(value.signedAt) &&
    typeof value.position === 'string' &&
    isHex(value.chain, 32) &&
    isHex(value.root, 32) &&
    isHex(value.publicKey, 32) &&
    isHex(value.keyId, 8) &&
    (value.previous === null || isHex(value.previous, 32)) &&
    Array.isArray(value.peaks) &&
    value.peaks.every((peak: unknown) => isHex(peak, 32))
  );
}

export const isClosing = (value: unknown): value is Closing =>
  has(value, 'keyId', 'lines', 'publicKey', 'records', 'sum') &&
  isCount(value.lines) &&
  isCount(value.records) &&
  isHex(value.sum, 32) &&
  isHex(value.publicKey, 32) &&
  isHex(value.keyId, 8);

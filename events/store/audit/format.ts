/**
 * What an audit export is made of. It is a text of lines, each ended by a line feed:
 *
 * - the header: what was exported;
 * - one line a record, with the very bytes that the chain covers: `{"chain":"…","record":{…}}`, in a part of the log
 *   `{"chain":"…","index":n,"previous":"…","proof":["…"],"record":{…}}`;
 * - signed heads, each after the record that it covers, the newest last;
 * - the closing line: how many lines there were, and their sum, signed.
 *
 * Header, heads and closing are canonical JSON, so that no byte of them can change without being seen. All hashes, keys
 * and signatures are lower-case hex. Pure: a browser can import it.
 */
import { canonicalJson } from '../canonical.ts';
import type { Position } from '../event-store.ts';

export const FORMAT = 'nexused-audit';
export const FORMAT_VERSION = 1;

/** What the whole log was at one moment, and who says so. */
export interface Head {
  readonly version: 1;
  /** 0, 1, 2 … along the line of heads. */
  readonly number: number;
  readonly position: Position;
  /** Chain value at `position`. */
  readonly chain: string;
  /** Records up to and including `position`. */
  readonly records: number;
  /** Merkle root over the chain values of all of them (merkle.ts). */
  readonly root: string;
  /** The perfect subtrees that make `root`, so that the next head goes on from here. */
  readonly peaks: readonly string[];
  /** Hash of the head before (`headDigest`); null for the first. */
  readonly previous: string | null;
  /** Wall time, ms. */
  readonly signedAt: number;
  readonly keyId: string;
  readonly publicKey: string;
}

export interface SignedHead {
  readonly head: Head;
  readonly signature: string;
}

export type Scope =
  | { readonly kind: 'whole' }
  | { readonly kind: 'stream'; readonly id: string }
  | { readonly kind: 'booking'; readonly id: string };

/** One stream of a part of the log. */
export interface PartStream {
  readonly name: string;
  readonly records: number;
  /** All of it; else only what concerns the booking. */
  readonly all: boolean;
}

export interface Header {
  readonly format: typeof FORMAT;
  readonly version: typeof FORMAT_VERSION;
  readonly scope: Scope;
  /** Wall time, ms. */
  readonly exportedAt: number;
  /** Only of a part: what it holds, and the tree that its proofs lead to. */
  readonly part?: {
    readonly streams: readonly PartStream[];
    readonly size: number;
    readonly root: string;
  };
}

export interface Closing {
  readonly lines: number;
  readonly records: number;
  /** Running SHA-256 over all lines before this one: sum(n) = SHA-256(sum(n-1) ‖ line n with its line feed). */
  readonly sum: string;
  readonly keyId: string;
  readonly publicKey: string;
}

const text = new TextEncoder();

/** What is signed, as bytes; the first line keeps a signature from meaning something else. */
export const headBytes = (head: Head): Uint8Array => text.encode(`${FORMAT} head\n${canonicalJson(head)}`);
export const closingBytes = (closing: Closing): Uint8Array =>
  text.encode(`${FORMAT} closing\n${canonicalJson(closing)}`);

export function hex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += (HEX[byte >> 4] ?? '') + (HEX[byte & 15] ?? '');
  return out;
}

const HEX = '0123456789abcdef';

/** The bytes of lower-case hex, or null when it is anything else. */
export function unhex(text: string, bytes: number): Uint8Array<ArrayBuffer> | null {
  if (text.length !== bytes * 2) return null;
  const out = new Uint8Array(bytes);
  for (let index = 0; index < bytes; index += 1) {
    const high = digit(text.charCodeAt(index * 2));
    const low = digit(text.charCodeAt(index * 2 + 1));
    if (high < 0 || low < 0) return null;
    out[index] = high * 16 + low;
  }
  return out;
}

const digit = (code: number): number =>
  code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;

/**
 * A paper that this installation signs and somebody keeps: one line of canonical JSON, ended by a line feed, so that no byte
 * of it can change without being seen. Whoever has the public key can check it, offline. Pure: a browser can import it.
 */
import { canonicalJson } from '../canonical.ts';
import { Broken, canonical, type FlawCode } from './lines.ts';
import { signedFlaw } from './signatures.ts';

export const DOCUMENT_FORMAT = 'nexused-document';
/** How every such file begins: its keys are sorted, and this is the first of them. */
export const DOCUMENT_START = `{"format":"${DOCUMENT_FORMAT}",`;
/** Nobody writes longer ones; whoever checks one holds it in memory. */
export const DOCUMENT_BYTES = 8 * 1024 * 1024;

export type DocumentKind = 'lesson-receipt' | 'evidence';
const KINDS: readonly string[] = ['lesson-receipt', 'evidence'] satisfies DocumentKind[];

export interface Unsigned {
  readonly format: typeof DOCUMENT_FORMAT;
  readonly version: 1;
  readonly kind: DocumentKind;
  /** What it says: JSON, as its kind has it. */
  readonly paper: Readonly<Record<string, unknown>>;
  /** Wall time, ms. */
  readonly signedAt: number;
  readonly keyId: string;
  readonly publicKey: string;
}

export interface SignedDocument extends Unsigned {
  readonly signature: string;
}

export interface Signing {
  readonly keyId: string;
  readonly publicKey: string;
  sign(bytes: Uint8Array): string;
}

const text = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What is signed; the first line keeps a signature from meaning something else. */
const documentBytes = (unsigned: Unsigned): Uint8Array =>
  text.encode(`${DOCUMENT_FORMAT} ${unsigned.kind}\n${canonicalJson(unsigned)}`);

/** @param signedAt wall ms */
export function signDocument(
  { keyId, publicKey, sign }: Signing,
  kind: DocumentKind,
  paper: Unsigned['paper'],
  signedAt: number,
): SignedDocument {
  const unsigned: Unsigned = { format: DOCUMENT_FORMAT, version: 1, kind, paper, signedAt, keyId, publicKey };
  return { ...unsigned, signature: sign(documentBytes(unsigned)) };
}

export const documentFile = (document: SignedDocument): string => `${canonicalJson(document)}\n`;

export type DocumentVerdict =
  | { readonly kind: 'document'; readonly document: SignedDocument; readonly bytes: number }
  | { readonly kind: 'document-broken'; readonly code: FlawCode; readonly reason: string };

const broken = (code: FlawCode, reason: string): DocumentVerdict => ({ kind: 'document-broken', code, reason });

/**
 * @param keys public keys, hex, that it may be signed with; none: the one that it names itself
 * @throws CannotCheckSignatures
 */
export async function verifyDocument(file: Uint8Array, keys: readonly string[] = []): Promise<DocumentVerdict> {
  if (file.length > DOCUMENT_BYTES) return broken('not-an-export', 'it is longer than any document is');
  if (file.at(-1) !== 0x0a) return broken('cut-off', 'it does not end with a line feed');
  const value = valueIn(file.subarray(0, -1));
  if (!isRecord(value)) return broken('form', 'it is not written as we write it');
  const { signature, ...unsigned } = value;
  if (typeof signature !== 'string' || !isUnsigned(unsigned))
    return broken('form', 'it is not what a document is made of');
  const flaw = await signedFlaw(unsigned, signature, documentBytes(unsigned), keys);
  if (flaw !== null) return broken(flaw.code, flaw.reason);
  return { kind: 'document', document: { ...unsigned, signature }, bytes: file.length };
}

/** Null for what is no text, no JSON, or not written as we write it. */
function valueIn(bytes: Uint8Array): unknown {
  try {
    return canonical(strict.decode(bytes));
  } catch (error) {
    if (error instanceof Broken || error instanceof TypeError) return null;
    throw error;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KEYS: readonly string[] = [
  'format',
  'keyId',
  'kind',
  'paper',
  'publicKey',
  'signedAt',
  'version',
] satisfies (keyof Unsigned)[];

function isUnsigned(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & Unsigned {
  const { format, version, kind, paper, signedAt, keyId, publicKey } = value;
  return (
    format === DOCUMENT_FORMAT &&
    version === 1 &&
    KINDS.includes(String(kind)) &&
    isRecord(paper) &&
    // A date further off is none, and nobody could be told of it.
    Number.isSafeInteger(signedAt) &&
    Math.abs(Number(signedAt)) <= 8.64e15 &&
    typeof keyId === 'string' &&
    typeof publicKey === 'string' &&
    Object.keys(value).every((key) => KEYS.includes(key))
  );
}

/** Whose signature something bears, and what a signed head says of itself. Pure: runs in Node and in browsers alike. */
import { closingBytes, headBytes, hex, unhex, type Closing, type Head, type SignedHead } from './format.ts';
import { NO_HASH, type Flaw } from './lines.ts';
import { GrowingTree, sha256 } from './merkle.ts';

/** This program cannot check Ed25519 signatures: an old browser, or a page without https. Nothing is said of the file. */
export class CannotCheckSignatures extends Error {}

/**
 * What is wrong with a head by itself, or null. `keys`: as in `VerifyOptions`.
 * @throws CannotCheckSignatures
 */
export async function headFlaw({ head, signature }: SignedHead, keys: readonly string[] = []): Promise<Flaw | null> {
  const flaw = signerFlaw(head, keys);
  if (flaw !== null) return flaw;
  const tree = treeOf(head);
  if (tree === null || hex(tree.root()) !== head.root)
    return { code: 'head', reason: 'the root of the head does not follow from its peaks' };
  return signedFlaw(head, signature, headBytes(head), keys, 'the head');
}

/** How the next head names this one. */
export const headDigest = (head: Head): string => hex(sha256(headBytes(head)));

/** How a public key is called for short. */
export const keyIdOf = (publicKey: string): string => hex(sha256(unhex(publicKey, 32) ?? NO_HASH)).slice(0, 16);

/** What is wrong with the closing line by itself, or null. @throws CannotCheckSignatures */
export const closingFlaw = (closing: Closing, signature: string, keys: readonly string[]): Promise<Flaw | null> =>
  signedFlaw(closing, signature, closingBytes(closing), keys, 'the closing line');

/** What is wrong with whoever signed `bytes`, or with the signature, or null. @throws CannotCheckSignatures */
export async function signedFlaw(
  signer: { readonly keyId: string; readonly publicKey: string },
  signature: string,
  bytes: Uint8Array,
  keys: readonly string[],
  what = 'it',
): Promise<Flaw | null> {
  const flaw = signerFlaw(signer, keys);
  if (flaw !== null) return flaw;
  return (await isSigned(signer.publicKey, signature, bytes))
    ? null
    : { code: 'signature', reason: `the signature of ${what} is false` };
}

function treeOf(head: Head): GrowingTree | null {
  const peaks = head.peaks.map((peak) => unhex(peak, 32) ?? NO_HASH);
  const wanted = head.records.toString(2).replaceAll('0', '').length;
  return peaks.length === wanted ? GrowingTree.from(head.records, peaks) : null;
}

function signerFlaw({ keyId, publicKey }: { keyId: string; publicKey: string }, keys: readonly string[]): Flaw | null {
  if (keyId !== keyIdOf(publicKey)) return { code: 'signature', reason: 'the key is not called by its own name' };
  if (keys.length === 0 || keys.includes(publicKey)) return null;
  const reason = `it is signed with another key, ${keyId}`;
  return { code: 'other-key', reason, found: publicKey, expected: keys.join(' ') };
}

/** Null for bytes that are no point of the curve: they make no key, and nothing is signed with them. */
async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey | null> {
  // Browsers have it on pages with https only.
  const { subtle }: { readonly subtle?: SubtleCrypto } = crypto;
  if (subtle === undefined) throw new CannotCheckSignatures('there is no WebCrypto here');
  try {
    return await subtle.importKey('raw', bytes, 'Ed25519', false, ['verify']);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError')
      throw new CannotCheckSignatures('Ed25519 is not known here', { cause: error });
    return null;
  }
}

const imported = new Map<string, Promise<CryptoKey | null>>();

async function isSigned(publicKey: string, signature: string, bytes: Uint8Array): Promise<boolean> {
  const key = unhex(publicKey, 32);
  const signed = unhex(signature, 64);
  if (key === null || signed === null) return false;
  const made = imported.get(publicKey) ?? importKey(key);
  // One installation has few keys; a file with many of them is not ours.
  if (imported.size < 100) imported.set(publicKey, made);
  const known = await made;
  return known !== null && crypto.subtle.verify('Ed25519', known, signed, Uint8Array.from(bytes));
}

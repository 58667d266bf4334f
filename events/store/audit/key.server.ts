/** The key that signs the head of the log: Ed25519 (RFC 8032), from a seed of 32 bytes. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { hex, unhex } from './format.ts';
import { keyIdOf } from './signatures.ts';

export interface AuditKey {
  /** Short name of the public key. */
  readonly keyId: string;
  /** 32 bytes in hex: all that somebody needs to check what was signed. */
  readonly publicKey: string;
  /** Signature in hex. */
  sign(bytes: Uint8Array): string;
}

/** What stands before the seed in PKCS #8 (RFC 8410 §7). */
const PKCS8 = '302e020100300506032b657004220420';

/** @throws when `seed` is not 32 bytes in hex or base64; the message does not repeat it. */
export function auditKey(seed: string): AuditKey {
  const bytes = unhex(seed.toLowerCase(), 32) ?? Buffer.from(seed, 'base64');
  if (bytes.length !== 32) throw new Error('AUDIT_KEY must be 32 bytes, in hex or base64.');
  const privateKey = createPrivateKey({
    key: Buffer.concat([Buffer.from(PKCS8, 'hex'), bytes]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = hex(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32));
  return {
    keyId: keyIdOf(publicKey),
    publicKey,
    sign: (message) => sign(null, message, privateKey).toString('hex'),
  };
}

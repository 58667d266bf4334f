/**
 * Ids. A person id is the account id (better-auth text id); all other ids are UUIDs.
 * Deterministic ones are UUIDv5 (RFC 9562 §5.5), so that doing a thing twice gives the same id.
 */
import { createHash, hash, randomUUID } from 'node:crypto';

const NAMESPACE = Buffer.from('6f1c1d0e93b55d1c8d0f2f4c2d1f7a10', 'hex');

/** A fresh random id (UUIDv4). */
export const newId = (): string => randomUUID();

/** The same id for the same name, always (UUIDv5). */
export function idFrom(...parts: readonly (string | number)[]): string {
  const name = Buffer.from(parts.join('\u001f'));
  const bytes = hash('sha1', Buffer.concat([NAMESPACE, name]), 'buffer').subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const CODE_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A lesson's code, such as `nx-k3mf9xqd`: eight characters without look-alikes, from the lesson's id. */
export function lessonCodeFrom(lessonId: string): string {
  const bytes = createHash('sha256').update(`lesson-code:${lessonId}`).digest();
  let code = '';
  for (const byte of bytes.subarray(0, 8)) code += CODE_ALPHABET[byte % CODE_ALPHABET.length] ?? 'a';
  return `nx-${code}`;
}

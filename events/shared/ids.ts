/**
 * Ids. A person id is the account id (better-auth text id); all other ids are UUIDs.
 * Deterministic ones are UUIDv5 (RFC 9562 §5.5), so that doing a thing twice gives the same id.
 */
import { createHash, hash, randomUUID } from 'node:crypto';

const NAMESPACE = Buffer.from('6f1c1d0e93b55d1c8d0f2f4c2d1f7a10', 'hex');

/** A fresh random id (UUIDv4). */
export const newId = (): string => randomUUID();

const VARIANT = '89ab';

/** The same id for the same name, always (UUIDv5). */
export function idFrom(...parts: readonly (string | number)[]): string {
  const hex = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(parts.join('\u001f'))]));
  const variant = VARIANT[Number.parseInt(hex.charAt(16), 16) & 3] ?? '8';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const CODE_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A lesson's code, such as `nx-k3mf9xqd`: eight characters without look-alikes, from the lesson's id. */
export function lessonCodeFrom(lessonId: string): string {
  const bytes = createHash('sha256').update(`lesson-code:${lessonId}`).digest();
  let code = '';
  for (const byte of bytes.subarray(0, 8)) code += CODE_ALPHABET[byte % CODE_ALPHABET.length] ?? 'a';
  return `nx-${code}`;
}

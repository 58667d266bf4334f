/**
 * One sealed text: AES-256-GCM under the person's key, bound to its event and field, so that it cannot be moved to
 * another. It stands in the log as `{"$sealed":"1.<nonce, text and tag in base64url>"}`, which no plain text can be
 * mistaken for; `{"$sealed":"1."}` was written for somebody who was erased already.
 */
import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

export interface Sealed {
  readonly $sealed: string;
}

const VERSION = '1.';
const NONCE = 12;
const TAG = 16;

/** Random bytes are asked for in advance: each call of the system costs more than the sealing. */
let pool = Buffer.alloc(0);
let used = 0;

function nonce(): Buffer {
  if (used + NONCE > pool.length) {
    pool = randomBytes(NONCE * 256);
    used = 0;
  }
  used += NONCE;
  return pool.subarray(used - NONCE, used);
}

export const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' &&
  value !== null &&
  '$sealed' in value &&
  typeof value.$sealed === 'string' &&
  Object.keys(value).length === 1;

/** `key` null: the person is erased, so nothing is kept of the text. `place`: event id and field. */
export function seal(text: string, key: KeyObject | null, place: string): Sealed {
  if (key === null) return { $sealed: VERSION };
  const start = nonce();
  const cipher = createCipheriv('aes-256-gcm', key, start);
  cipher.setAAD(Buffer.from(place));
  const bytes = Buffer.concat([start, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { $sealed: VERSION + bytes.toString('base64url') };
}

/** The text; null for one of an erased person. @throws when it is not what was sealed at this place with this key. */
export function open({ $sealed }: Sealed, key: KeyObject | null, place: string): string | null {
  if (!$sealed.startsWith(VERSION)) throw new Error('It is sealed in a way that this program does not know');
  if (key === null || $sealed.length === VERSION.length) return null;
  const bytes = Buffer.from($sealed.slice(VERSION.length), 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE));
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(-TAG));
  return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8');
}

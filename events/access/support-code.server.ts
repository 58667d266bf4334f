/** Codes that a person reads to support: short, hard to guess, and hard to mishear. */
import { randomInt } from 'node:crypto';

/** No letter or digit that is read as another one. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 8;

/** Eight letters and digits, as stored; shown with a dash in the middle. */
export const newSupportCode = (): string =>
  Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** A code as somebody wrote it down: small letters, blanks and dashes do not matter. Null when it cannot be one. */
export function readSupportCode(written: string): string | null {
  const code = written.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  return code.length === LENGTH ? code : null;
}

import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export type Prefix =
  | 'order'
  | 'pay'
  | 'card'
  | 'trf'
  | 'rfnd'
  | 'rvrsl'
  | 'setl'
  | 'acc'
  | 'sth'
  | 'acc_prd'
  | 'tnc'
  | 'tnc_map'
  | 'disp'
  | 'doc'
  | 'adj';

/** `prefix_` and 14 letters or digits, as the provider makes them. */
export function newId(prefix: Prefix): string {
  return `${prefix}_${randomToken(14)}`;
}

export function randomToken(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

/** A run of decimal digits, for bank references. */
export function randomDigits(length: number): string {
  return Array.from({ length }, () => String(randomInt(10))).join('');
}

export function isId(prefix: Prefix, value: string): boolean {
  return new RegExp(`^${prefix}_[A-Za-z0-9]{14}$`).test(value);
}

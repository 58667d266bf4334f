/** What lets anybody try their connection: no person, no lesson, and of no use anywhere else. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface CheckTicket {
  /** What the person reads to support, without its dash. */
  readonly code: string;
  /** Wall time, ms. */
  readonly expiresAt: number;
}

export interface CheckOffice {
  sign(ticket: CheckTicket): string;
  /** Null for anything forged, altered, or expired. */
  verify(token: string): CheckTicket | null;
}

/** Long enough to answer the questions of the page, wall ms. */
export const CHECK_MS = 10 * 60_000;

const SHAPE = /^check\.([A-Z2-9]{8})\.(\d{13})\.([\w-]{43})$/;

/**
 * @param key the ticket key; what is signed here is signed with one made from it, so that neither kind passes for the
 * other.
 */
export function createCheckOffice(key: Uint8Array, now: () => number = Date.now): CheckOffice {
  const own = createHmac('sha256', key).update('connectivity check').digest();
  const mac = (signed: string): Buffer => createHmac('sha256', own).update(signed).digest();
  return {
    sign({ code, expiresAt }) {
      const signed = `check.${code}.${expiresAt}`;
      const token = `${signed}.${mac(signed).toString('base64url')}`;
      if (!SHAPE.test(token)) throw new RangeError('This is no code of a check.');
      return token;
    },
    verify(token) {
      const [, code, expiry, signature] = SHAPE.exec(token) ?? [];
      if (code === undefined || expiry === undefined || signature === undefined) return null;
      const given = Buffer.from(signature, 'base64url');
      const expected = mac(`check.${code}.${expiry}`);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
      const left = Number(expiry) - now();
      return left > 0 && left <= CHECK_MS + 5_000 ? { code, expiresAt: Number(expiry) } : null;
    },
  };
}

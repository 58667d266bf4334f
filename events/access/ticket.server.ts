import { createHmac, timingSafeEqual } from 'node:crypto';
import { LESSON_ROLES } from './roles.ts';
import type { Ticket, TicketOffice } from './ticket.ts';

export const MAX_TICKET_MS = 15 * 60_000;
/** Clocks of two nodes may differ by so much: a ticket from the faster one is not taken for overlong. */
const SKEW_MS = 5_000;
/** A ticket travels in a query string; anything longer is not read at all. */
const MAX_TOKEN_LENGTH = 6_000;
const MIN_KEY_BYTES = 32;
const VERSION = 'v1';

/**
 * Signs and checks tickets: `v1.<payload>.<HMAC-SHA256 of "v1.<payload>">`, both base64url. Rules TI1–TI6.
 * `now` is the wall clock (ms). Throws for a short key, and for a ticket that ends too late or is over already.
 */
export function createTicketOffice(key: Uint8Array, now: () => number = Date.now): TicketOffice {
  if (key.byteLength < MIN_KEY_BYTES) throw new RangeError(`A ticket key needs at least ${MIN_KEY_BYTES} bytes.`);
  const secret = Uint8Array.from(key);
  const mac = (signed: string): Buffer => createHmac('sha256', secret).update(signed).digest();

  return {
    sign({ lessonId, personId, name, role, documents, ownOf, admission, expiresAt }) {
      const left = expiresAt - now();
      if (!(left > 0 && left <= MAX_TICKET_MS)) throw new RangeError('A ticket is good for up to 15 minutes.');
      const fields = { lessonId, personId, name, role, documents, ownOf, admission, expiresAt };
      const signed = `${VERSION}.${Buffer.from(JSON.stringify(fields)).toString('base64url')}`;
      const token = `${signed}.${mac(signed).toString('base64url')}`;
      if (token.length > MAX_TOKEN_LENGTH) throw new RangeError('This ticket is too long for a query string.');
      return token;
    },

    verify(token) {
      if (token.length > MAX_TOKEN_LENGTH) return null;
      const [version, payload, signature, ...rest] = token.split('.');
      if (version !== VERSION || payload === undefined || signature === undefined || rest.length > 0) return null;
      const expected = mac(`${version}.${payload}`);
      const given = Buffer.from(signature, 'base64url');
      // Node ignores stray characters in base64url; only the one spelling that we write is accepted.
      if (given.toString('base64url') !== signature) return null;
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
      const ticket = ticketFrom(payload);
      if (!ticket) return null;
      const left = ticket.expiresAt - now();
      return left > 0 && left <= MAX_TICKET_MS + SKEW_MS ? ticket : null;
    },
  };
}

function ticketFrom(payload: string): Ticket | null {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    // Signed by us, yet not JSON: made by something else that holds the key.
    return null;
  }
  return isTicket(fields) ? fields : null;
}

function isTicket(value: unknown): value is Ticket {
  if (!isObject(value)) return false;
  const { lessonId, personId, name, role, documents, ownOf, admission, expiresAt } = value;
  return (
    [lessonId, personId, name].every((text) => typeof text === 'string') &&
    LESSON_ROLES.some((known) => known === role) &&
    (admission === undefined || admission === 'ask') &&
    Number.isSafeInteger(expiresAt) &&
    isObject(documents) &&
    Object.values(documents).every((ids) => Array.isArray(ids) && ids.every((id) => Number.isSafeInteger(id))) &&
    (ownOf === undefined || (Array.isArray(ownOf) && ownOf.every((id) => typeof id === 'string')))
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

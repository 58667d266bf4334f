import type { RightsReason } from './documents/rights.ts';

/** Why the server closes a socket: the closed list of PROTOCOL.md. Stock clients stay away after 4400–4499, and come back after the rest. */
export const CLOSE = {
  /** The ticket is missing, altered or expired: come with a fresh one. */
  ticketExpired: { code: 4401, reason: 'ticket-expired' },
  /** The ticket does not name this document. */
  forbidden: { code: 4403, reason: 'forbidden' },
  /** The host does not show this student's own board any more. */
  notRevealed: { code: 4403, reason: 'not-revealed' },
  /** Taken out of the lesson. */
  removed: { code: 4403, reason: 'removed' },
  unknownDocument: { code: 4404, reason: 'unknown-document' },
  /** Too much to do, or about to stop. */
  later: { code: 4503, reason: 'later' },
  malformed: { code: 1002, reason: 'malformed' },
  textFrame: { code: 1003, reason: 'binary-only' },
  tooFast: { code: 1008, reason: 'too-fast' },
} as const;

export type Close = (typeof CLOSE)[keyof typeof CLOSE];

/** Why nothing is taken from a peer, whatever it is. */
export type ReadOnlyReason = 'observer' | 'lesson-ended' | 'lesson-cancelled' | 'document-full';
/**
 * Why something was not taken: the closed list of PROTOCOL.md. `orphaned`: somebody else's, who has not said it here and
 * in whose place nobody may say it.
 */
export type Denial = ReadOnlyReason | RightsReason | 'too-many-pages' | 'not-allowed' | 'orphaned';

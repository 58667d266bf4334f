/** The secret in a link that lets people in, and what is kept of it. */
import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 192 bits that nobody guesses, fit for an address. */
export const newInviteToken = (): string => randomBytes(24).toString('base64url');

/** What the log keeps of it. */
export const inviteTokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Longer than any token that we give. */
export const MOST_INVITE_TOKEN = 100;

/**
 * Tokens that can be told again, because each follows from its link's id and a key of ours: for links that are shown more
 * than once. Nothing is kept of them either but the hash.
 */
export function createInviteTokens(key: Uint8Array): (linkId: string) => string {
  const secret = Uint8Array.from(key);
  return (linkId) =>
    createHmac('sha256', secret).update(`invite link ${linkId}`).digest().subarray(0, 24).toString('base64url');
}

/** Ids of conversations. They begin with their kind, so that none is ever a lesson's, which is a bare UUID. */
import { createHash, randomBytes } from 'node:crypto';
import { idFrom } from '../shared/ids.ts';

/** The one conversation of these two, whoever begins it. */
export const directIdOf = (one: string, other: string): string => `dm-${idFrom('direct', ...[one, other].sort())}`;

/** The same request gives the same group. */
export const groupIdFrom = (personId: string, requestId: string): string =>
  `group-${idFrom('group', personId, requestId)}`;

/** 192 bits that nobody guesses, fit for an address. */
export const newInviteToken = (): string => randomBytes(24).toString('base64url');

/** What the log keeps of it. */
export const inviteTokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');

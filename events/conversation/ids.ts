/** Ids of conversations. They begin with their kind, so that none is ever a lesson's, which is a bare UUID. */
import { idFrom } from '../shared/ids.ts';

/** The one conversation of these two, whoever begins it. */
export const directIdOf = (one: string, other: string): string => `dm-${idFrom('direct', ...[one, other].sort())}`;

/** The same request gives the same group. */
export const groupIdFrom = (personId: string, requestId: string): string =>
  `group-${idFrom('group', personId, requestId)}`;

import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isPersonOrAll } from './schema.ts';

/** One's own is one's own; of others, and of all at once, it is a host's. */
export function lowerHand(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'raise-hand')) return refused('not-allowed');
  if (!isPersonOrAll(data)) return refused('bad-request');
  if (data.personId !== caller.ticket.personId && !may(caller, 'lower-hands')) return refused('not-allowed');
  const { place } = caller;
  if (place === null) return refused('not-joined');
  if (data.personId !== null && !place.room.peers.has(data.personId)) return refused('unknown-id');
  caller.rooms.moderation.lowerHand(place, data.personId);
  return done;
}

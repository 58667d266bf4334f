import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isReaction } from './schema.ts';

/** Shown to everyone for a moment and kept nowhere. */
export function react(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'react')) return refused('not-allowed');
  if (!isReaction(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  const { room, peer } = caller.place;
  if (peer.reactions.take(Date.now()) !== 'pass') return refused('too-fast');
  room.tell('reaction', { personId: peer.personId, reaction: data.reaction });
  return done;
}

import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isLink } from './schema.ts';

/** What their own end measures of their connection, shown to the others beside their name. */
export function reportLink(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'stay')) return refused('not-allowed');
  if (!isLink(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  const { room, peer } = caller.place;
  if (peer.link === data.link) return done;
  peer.link = data.link;
  room.tellOf(peer);
  return done;
}

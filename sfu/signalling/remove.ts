import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isPerson } from './schema.ts';

/** Takes someone out at once; they come in again only when a host lets them. */
export function remove(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'remove')) return refused('not-allowed');
  if (!isPerson(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  return caller.rooms.moderation.remove(caller.place, data.personId) ?? done;
}

import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isPerson } from './schema.ts';

export function turnAway(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'admit')) return refused('not-allowed');
  if (!isPerson(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  return caller.rooms.turnAway(caller.place, data.personId) ? done : refused('unknown-id');
}

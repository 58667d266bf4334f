import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isNothing } from './schema.ts';

/** Raised twice it keeps its place in the line. */
export function raiseHand(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'raise-hand')) return refused('not-allowed');
  if (!isNothing(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  caller.rooms.moderation.raiseHand(caller.place);
  return done;
}

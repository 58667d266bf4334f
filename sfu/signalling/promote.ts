import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isPromote } from './schema.ts';

/** Makes a participant co-host, or takes it back. */
export async function promote(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'promote')) return refused('not-allowed');
  if (!isPromote(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  return (await caller.rooms.moderation.promote(caller.place, data.personId, data.role)) ?? done;
}

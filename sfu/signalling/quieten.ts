import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isQuieten } from './schema.ts';

/** Mutes or stops others. They may switch it on again, as long as the room allows it. */
export async function quieten(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'quieten')) return refused('not-allowed');
  if (!isQuieten(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  return (await caller.rooms.moderation.quieten(caller.place, data.personId, data.source)) ?? done;
}

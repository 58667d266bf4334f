import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isSwitches } from './schema.ts';

/** Only what is named is switched. */
export async function setRoom(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'manage-room')) return refused('not-allowed');
  if (!isSwitches(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  await caller.rooms.moderation.set(caller.place, data);
  return done;
}

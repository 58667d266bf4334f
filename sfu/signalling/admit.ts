import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isPerson } from './schema.ts';

/** Lets in who stands at the door, and takes back who was turned away or taken out. */
export async function admit(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'admit')) return refused('not-allowed');
  if (!isPerson(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  return (await caller.rooms.admit(caller.place, data.personId)) ? done : refused('unknown-id');
}

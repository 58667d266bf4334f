import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isPage } from './schema.ts';

/** Whether they can see their own page. */
export function reportPage(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'stay')) return refused('not-allowed');
  if (!isPage(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  const { room, peer } = caller.place;
  caller.rooms.pages.report(room, peer, data.visible);
  return done;
}

import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isStats } from './schema.ts';

/** What their own end measured since the report before. */
export function reportStats(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'stay')) return refused('not-allowed');
  if (!isStats(data)) return refused('bad-request');
  if (caller.place === null) return refused('not-joined');
  const { room, peer } = caller.place;
  caller.rooms.measuring.report(room, peer, { ...data, faults: [...new Set(data.faults)] });
  return done;
}

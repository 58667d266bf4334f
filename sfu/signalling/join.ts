import { may, type Caller } from './caller.ts';
import type { Answer, Joined } from './protocol.ts';
import { refused } from './refused.ts';
import { isJoin } from './schema.ts';

export async function join(caller: Caller, data: unknown): Promise<Answer<Joined>> {
  if (!may(caller, 'join')) return refused('not-allowed');
  if (!isJoin(data)) return refused('bad-request');
  if (caller.place !== null || caller.joining) return refused('already-joined');
  caller.joining = true;
  try {
    const { ticket, connection, rooms } = caller;
    const outcome = await rooms.join({
      ticket,
      connection,
      trace: caller.trace,
      rtpCapabilities: data.rtpCapabilities,
      resume: data.resume,
      recorded: data.recorded,
    });
    caller.waiting = !outcome.ok && outcome.code === 'waiting';
    // Who closed the page meanwhile is lost like anybody else: nothing would ever say so again.
    if (caller.gone && caller.waiting) rooms.lostAtDoor(ticket.lessonId, ticket.personId, connection);
    if (!outcome.ok) return outcome;
    caller.place = outcome.place;
    if (caller.gone) rooms.lost(outcome.place, connection);
    return { ok: true, data: outcome.joined };
  } finally {
    caller.joining = false;
  }
}

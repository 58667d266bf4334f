import { done, may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';

/** On purpose and at once: no grace. The client closes the socket after the answer. */
export function leave(caller: Caller): Answer<null> {
  if (!may(caller, 'stay')) return refused('not-allowed');
  if (caller.place === null) {
    const { lessonId, personId } = caller.ticket;
    caller.waiting = false;
    return caller.rooms.leaveDoor(lessonId, personId, caller.connection) ? done : refused('not-joined');
  }
  caller.rooms.leave(caller.place);
  caller.place = null;
  return done;
}

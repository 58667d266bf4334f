/** What happens between two people (rules CV1–CV4). */
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { DirectCommand } from './decide.ts';
import type { ConversationEvent, Direct } from './events.ts';

const NOT_YOURS = refuse('not-a-member', 'There is no such conversation.');

/** `state` is null when they have not written to each other yet. */
export function decideDirect(command: DirectCommand, state: Direct | null): readonly ConversationEvent[] | Refusal {
  const { conversationId, personId } = command.data;
  const at = command.now;
  if (command.type === 'OpenDirect') {
    const { otherId } = command.data;
    if (personId === otherId) return refuse('with-yourself', 'That is you. Choose somebody else to write to.');
    if (state === null) return [{ type: 'DirectOpened', data: { conversationId, personId, otherId, at } }];
    return state.people.includes(personId) && state.people.includes(otherId) ? [] : NOT_YOURS;
  }
  const { by } = command.data;
  if (state === null || by === personId || ![by, personId].every((one) => state.people.includes(one))) return NOT_YOURS;
  const stands = state.blockedBy.includes(by);
  switch (command.type) {
    case 'BlockWriter':
      return stands ? [] : [{ type: 'WriterBlocked', data: { conversationId, by, personId, at } }];
    case 'UnblockWriter':
      return stands ? [{ type: 'WriterUnblocked', data: { conversationId, by, personId, at } }] : [];
    default:
      return never(command, 'conversation command');
  }
}

/** Whom somebody has written to or named, as the Yjs server saw it (rules CV20–CV21). */
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { AddressCommand } from './decide.ts';
import type { ConversationEvent, Direct, StudyGroup } from './events.ts';

const NOT_A_MEMBER = refuse('not-a-member', 'There is no such conversation.');

export function decideAddressed(
  { type, data, now: at }: AddressCommand,
  state: Direct | StudyGroup,
): readonly ConversationEvent[] | Refusal {
  const { conversationId } = data;
  const people = state.kind === 'direct' ? state.people : state.members;
  switch (type) {
    case 'NoteAddressed': {
      const { by } = data;
      const personId = state.kind === 'direct' ? state.people.find((one) => one !== by) : data.personId;
      if (!people.includes(by) || personId === undefined) return NOT_A_MEMBER;
      // Neither of the two hears of the other while a block stands.
      if (state.kind === 'direct' && state.blockedBy.length > 0) return [];
      // Anybody's id can be written into a text. What somebody was told once they need not be told again before they look.
      if (personId === null || personId === by || !people.includes(personId) || state.waiting.includes(personId))
        return [];
      const why = state.kind === 'direct' ? 'direct' : 'mention';
      return [{ type: 'PersonAddressed', data: { conversationId, personId, by, why, at } }];
    }
    case 'NoteCaughtUp': {
      const { personId } = data;
      if (!people.includes(personId)) return NOT_A_MEMBER;
      if (!state.waiting.includes(personId)) return [];
      return [{ type: 'PersonCaughtUp', data: { conversationId, personId, at } }];
    }
    default:
      return never(type, 'conversation command');
  }
}

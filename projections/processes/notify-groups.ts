/** Who is invited to a study group, taken out of it or made its owner hears of it, on the page only. Rule NO14 of SPEC.md. */
import { ERASED } from '#events/sealing/sealed-fields.ts';
import type { GroupKind } from '../notices/notice.ts';
import type { Process, Reaction } from './process.ts';

export interface NotifyGroups {
  readonly name: string;
}

/** Where whoever named it was erased. */
const UNNAMED = 'Study group';

/** One instance a conversation. */
export const notifyGroups: Process<NotifyGroups> = {
  name: 'notify-groups',
  initial: { name: UNNAMED },

  keyOf(fact) {
    switch (fact.type) {
      case 'StudyGroupCreated':
      case 'StudyGroupRenamed':
      case 'MemberInvited':
      case 'MemberRemoved':
      case 'GroupHandedOver':
        return fact.data.conversationId;
      default:
        return null;
    }
  },

  evolve(state, fact) {
    switch (fact.type) {
      case 'StudyGroupCreated':
      case 'StudyGroupRenamed':
        return { name: fact.data.name === ERASED ? UNNAMED : fact.data.name };
      default:
        return state;
    }
  },

  react(fact, { name }): readonly Reaction[] {
    switch (fact.type) {
      case 'MemberInvited': {
        const { conversationId, personId } = fact.data;
        return [note(personId, { kind: 'group-invited', conversationId, name }, fact.id)];
      }
      case 'MemberRemoved':
        return [note(fact.data.personId, { kind: 'group-removed', name }, fact.id)];
      case 'GroupHandedOver': {
        const { conversationId, personId } = fact.data;
        return [note(personId, { kind: 'group-handed-over', conversationId, name }, fact.id)];
      }
      default:
        return [];
    }
  },
};

const note = (personId: string, about: GroupKind, noticeKey: string): Reaction => ({
  kind: 'notice',
  notice: { noticeKey, to: [personId], mail: false, lesson: null, about },
});

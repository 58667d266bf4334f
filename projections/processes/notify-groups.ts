/** Who is invited to a study group, taken out of it or made its owner hears of it, on the page only. Rule NO14 of SPEC.md. */
import type { GroupKind } from '../notices/notice.ts';
import type { Process, Reaction } from './process.ts';

/** Nothing is kept: a group's name is somebody's words, which no table of ours may hold longer than they are here. */
export type NotifyGroups = Readonly<Record<string, never>>;

/** One instance a conversation. */
export const notifyGroups: Process<NotifyGroups> = {
  name: 'notify-groups',
  initial: {},

  keyOf(fact) {
    switch (fact.type) {
      case 'MemberInvited':
      case 'MemberRemoved':
      case 'GroupHandedOver':
        return fact.data.conversationId;
      default:
        return null;
    }
  },

  evolve: (state) => state,

  react(fact): readonly Reaction[] {
    switch (fact.type) {
      case 'MemberInvited': {
        const { conversationId, personId } = fact.data;
        return [note(personId, { kind: 'group-invited', conversationId }, fact.id)];
      }
      case 'MemberRemoved':
        return [note(fact.data.personId, { kind: 'group-removed' }, fact.id)];
      case 'GroupHandedOver': {
        const { conversationId, personId } = fact.data;
        return [note(personId, { kind: 'group-handed-over', conversationId }, fact.id)];
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

/** Who was written to, or named, hears of it on the page, and by mail when they have not looked for a while. Rule NO15. */
import type { Notice } from '../notices/notice.ts';
import type { Process, Reaction } from './process.ts';

/** How long somebody has to look by themselves, ms. */
const UNREAD_MS = 15 * 60_000;

/** Nothing is kept: what is waited for stands in the reminders. */
export type NotifyAddressed = Readonly<Record<string, never>>;

const reminderOf = (conversationId: string, personId: string): string => `addressed:${conversationId}:${personId}`;

/** One instance a conversation. */
export const notifyAddressed: Process<NotifyAddressed> = {
  name: 'notify-addressed',
  initial: {},

  keyOf(fact) {
    switch (fact.type) {
      case 'PersonAddressed':
      case 'PersonCaughtUp':
      case 'WriterBlocked':
      case 'MemberLeft':
      case 'MemberRemoved':
        return fact.data.conversationId;
      default:
        return null;
    }
  },

  evolve: (state) => state,

  react(fact): readonly Reaction[] {
    switch (fact.type) {
      case 'PersonAddressed': {
        const { conversationId, personId, why, at } = fact.data;
        const about = { kind: 'addressed', conversationId, why } as const;
        const notice: Notice = { noticeKey: fact.id, to: [personId], mail: false, lesson: null, about };
        return [
          { kind: 'notice', notice },
          {
            kind: 'reminder',
            key: reminderOf(conversationId, personId),
            dueAt: at + UNREAD_MS,
            // The same notice: on the page it stands already, so this adds the mail.
            notice: { ...notice, mail: true },
          },
        ];
      }
      case 'WriterBlocked': {
        const { conversationId, by, personId } = fact.data;
        return [{ kind: 'forget', keys: [by, personId].map((one) => reminderOf(conversationId, one)) }];
      }
      case 'PersonCaughtUp':
      case 'MemberLeft':
      case 'MemberRemoved':
        return [{ kind: 'forget', keys: [reminderOf(fact.data.conversationId, fact.data.personId)] }];
      default:
        return [];
    }
  },
};

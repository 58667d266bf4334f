import { never } from '#events/shared/never.ts';
import type { GroupKind } from './notice.ts';
import type { Words } from './reader.ts';

/** Conversations, without what was said, and groups without their names: those are words of whoever gave them, and must be able to go with that person. */
export function groupWords(about: GroupKind): Words {
  switch (about.kind) {
    case 'group-invited':
      return {
        title: 'You are invited to a study group',
        body: 'Look who is in it, then join or decline.',
        href: `/messages/${about.conversationId}`,
      };
    case 'group-removed':
      return {
        title: 'You were taken out of a study group',
        body: 'Its owner took you out, so you cannot read it any more. Only they can invite you again.',
        href: '/messages',
      };
    case 'group-handed-over':
      return {
        title: 'A study group is yours now',
        body: 'Its owner left. You can rename it, invite people and take them out.',
        href: `/messages/${about.conversationId}/settings`,
      };
    case 'addressed':
      return {
        title: about.why === 'direct' ? 'You have a new message' : 'You are mentioned in a study group',
        body: 'Open it to read what was written and to answer.',
        href: `/messages/${about.conversationId}`,
      };
    default:
      return never(about, 'notice');
  }
}

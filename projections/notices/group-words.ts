import { never } from '#events/shared/never.ts';
import type { GroupKind } from './notice.ts';
import type { Words } from './reader.ts';

/** Study groups. */
export function groupWords(about: GroupKind): Words {
  switch (about.kind) {
    case 'group-invited':
      return {
        title: `You are invited to the study group “${about.name}”`,
        body: 'Look who is in it, then join or decline.',
        href: `/messages/${about.conversationId}`,
      };
    case 'group-removed':
      return {
        title: `You are no longer in the study group “${about.name}”`,
        body: 'Its owner took you out, so you cannot read it any more. Only they can invite you again.',
        href: '/messages',
      };
    case 'group-handed-over':
      return {
        title: `The study group “${about.name}” is yours now`,
        body: 'Its owner left. You can rename it, invite people and take them out.',
        href: `/messages/${about.conversationId}/settings`,
      };
    default:
      return never(about, 'notice');
  }
}

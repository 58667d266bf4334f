/** What the room has to tell one person, in words. Pure. */
import type { Messages } from '$lib/messages/index.ts';
import type { ToastMessage } from '$lib/ui/toast.svelte.ts';
import type { RoomNotice } from './rules.svelte.ts';

export function tellNotice(
  m: Messages['room'],
  notice: RoomNotice,
  nameOf: (personId: string) => string,
): ToastMessage {
  switch (notice.kind) {
    case 'quietened':
      return {
        title: m.quietened[notice.source](nameOf(notice.by)),
        body: m.quietened.again,
        tone: 'now',
        key: `quietened-${notice.source}`,
      };
    case 'forbidden':
      return { title: m.forbidden[notice.source], body: m.forbidden.body, tone: 'now', key: `may-${notice.source}` };
    case 'allowed':
      return { title: m.allowed[notice.source], key: `may-${notice.source}` };
    case 'role':
      return notice.role === 'co-host'
        ? { title: m.role['co-host'], body: m.role['co-hostBody'] }
        : { title: m.role.participant };
    case 'failed':
      return { title: m.failed.title, body: `${m.failed.body} (${notice.code})`, key: 'room-failed' };
  }
}

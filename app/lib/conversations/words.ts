/** How a conversation is named and summed up in a list. Pure. */
import type { ConversationLine } from '#app/server/conversations/contract.ts';
import type { Messages } from '../messages/index.ts';
import { dayKey, formatClock, formatDate } from '../ui/time.ts';

type Words = Messages['conversations'];

export const titleOf = ({ kind, title }: Pick<ConversationLine, 'kind' | 'title'>, m: Words): string =>
  title ?? (kind === 'group' ? m.group : m.gone);

/** The last line as it stands in a list. */
export function lineOf({ kind, last, invitedBy }: ConversationLine, ownId: string, m: Words): string {
  if (invitedBy !== null) return m.invitedBy(invitedBy);
  if (last === null) return m.nothingYet;
  const said = last.text || m.files(last.files);
  if (last.personId === ownId) return `${m.you}: ${said}`;
  return kind === 'group' && last.name !== '' ? `${last.name.split(' ')[0]}: ${said}` : said;
}

/** The clock today, else the day. Wall ms, both. */
export const whenOf = (at: number, zone: string, now: number): string =>
  dayKey(at, zone) === dayKey(now, zone) ? formatClock(at, zone) : formatDate(at, zone, now);

/** What the tab is called: what is unread in all of them stands first, as in every mailbox. */
export function tabOf(title: string, lines: readonly Pick<ConversationLine, 'unread'>[]): string {
  const unread = lines.reduce((sum, line) => sum + line.unread, 0);
  return `${unread === 0 ? '' : `(${countOf(unread)}) `}${title} · NexusEd`;
}

export const countOf = (unread: number): string => (unread > 99 ? '99+' : String(unread));

/** Rows of the read models as one person is to see them. Pure. */
import type { ConversationMember, ConversationRow } from '#projections/queries.ts';
import type { ConversationLine, ConversationPage, GroupInvite } from './contract.ts';
import type { ChatSummary } from './summaries.server.ts';
import { MOST_MEMBERS } from '#events/conversation/group.ts';
import { whyLinkIsDead } from '#events/shared/invite-link.ts';

const isIn = ({ state }: ConversationMember): boolean => state === 'in';
const nameOf = (row: ConversationRow, personId: string | null): string =>
  row.members.find((member) => member.personId === personId)?.name ?? '';
const person = ({ personId, name }: ConversationMember) => ({ personId, name: name ?? '' });

const otherIn = (row: ConversationRow, personId: string): ConversationMember | undefined =>
  row.kind === 'direct' ? row.members.find((member) => member.personId !== personId) : undefined;

const titleOf = (row: ConversationRow, personId: string): string | null =>
  row.kind === 'group' ? row.name : (otherIn(row, personId)?.name ?? null);

function stateOf(row: ConversationRow, personId: string): ConversationPage['state'] {
  if (row.over) return 'over';
  if (row.kind === 'group') return 'open';
  if (row.members.some((member) => member.personId === personId && member.blocks)) return 'blocked';
  return row.members.some((member) => member.blocks) ? 'blocking' : 'open';
}

/** Null: it is not in this person's list, as long as the other one has begun it and said nothing. */
export function lineFor(personId: string, row: ConversationRow, chat: ChatSummary): ConversationLine | null {
  const own = row.members.find((member) => member.personId === personId);
  if (!own) return null;
  const { last } = chat;
  if (row.kind === 'direct' && last === null && row.begunBy !== personId) return null;
  const invited = own.state === 'invited';
  const open = stateOf(row, personId) === 'open';
  return {
    conversationId: row.conversationId,
    kind: row.kind,
    title: titleOf(row, personId),
    otherId: otherIn(row, personId)?.personId ?? null,
    members: row.members.filter(isIn).length,
    invitedBy: invited ? nameOf(row, own.invitedBy) : null,
    // Who is only invited reads nothing of it.
    last: invited ? null : last,
    // Where nobody can say that they have read, nothing is to be read.
    unread: invited || !open ? 0 : chat.unreadOf(personId),
    open,
  };
}

/** Invitations, then what has no line yet, then by the last line. */
export function inOrder(lines: readonly ConversationLine[]): readonly ConversationLine[] {
  const rank = ({ invitedBy, last }: ConversationLine): number => (invitedBy !== null ? 0 : last === null ? 1 : 2);
  return lines.toSorted((a, b) => rank(a) - rank(b) || (b.last?.at ?? 0) - (a.last?.at ?? 0));
}

/** @param now business ms. */
export function pageFor(personId: string, row: ConversationRow, now: number): ConversationPage | null {
  const own = row.members.find((member) => member.personId === personId);
  if (!own) return null;
  const owner = row.ownerId === personId;
  return {
    conversationId: row.conversationId,
    kind: row.kind,
    title: titleOf(row, personId),
    mine: own.state === 'invited' ? 'invited' : owner ? 'owner' : 'member',
    members: row.members
      .filter(isIn)
      .map((member) => ({ ...person(member), since: member.since, owner: member.personId === row.ownerId })),
    invited: owner ? row.members.filter((member) => !isIn(member)).map(person) : [],
    invitedBy: own.state === 'invited' ? nameOf(row, own.invitedBy) : null,
    link: owner && row.link ? { ...row.link, dead: whyLinkIsDead(row.link, now) } : null,
    removed: owner ? row.removed : [],
    state: stateOf(row, personId),
  };
}

/** @param now business ms. */
export function inviteFor(personId: string, row: ConversationRow, now: number): GroupInvite {
  const members = row.members.filter(isIn);
  return {
    conversationId: row.conversationId,
    title: row.name,
    members: members.map(person),
    joined: members.some((member) => member.personId === personId),
    full: members.length >= MOST_MEMBERS,
    dead: row.link && whyLinkIsDead(row.link, now),
  };
}

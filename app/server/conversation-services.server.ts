/** Conversations outside lessons: who may begin and join them, and the door to their chats. */
import type { TicketOffice } from '#events/access/ticket.ts';
import { REPORT_OUTCOMES, REPORT_REASONS } from '#events/conversation/events.ts';
import { directIdOf, groupIdFrom } from '#events/conversation/ids.ts';
import { mayOpenDirect } from '#events/conversation/may-open.ts';
import { chatOf, isConversationId } from '#events/conversation/names.ts';
import { fromPerson } from '#events/handling/context.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { idFrom, newId } from '#events/shared/ids.ts';
import { inviteTokenHash, MOST_INVITE_TOKEN, newInviteToken } from '#events/shared/invite-token.ts';
import { never } from '#events/shared/never.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { ConversationRow, Queries, ReportRow } from '#projections/queries.ts';
import type { ConversationAct, ConversationServices } from './conversations/contract.ts';
import { inOrder, inviteFor, lineFor, pageFor } from './conversations/lines.ts';
import { messageOf, reportLines } from './conversations/reports.server.ts';
import { createSummaries, NOTHING_SAID, type StoredChats } from './conversations/summaries.server.ts';
import type { Person, Services } from './services.ts';

/** A ticket's life, wall ms (ARCHITECTURE §4: at most 15 minutes). */
const TICKET_MS = 15 * 60_000;
/** Fresh Yjs client ids a join: one for now, spares for offline starts. */
const CLIENT_IDS = 3;
const DAY_MS = 24 * 3_600_000;
const NONE = refuse('not-found', 'There is no such conversation.');
const NOBODY = refuse('not-found', 'There is nobody by this address.');
const NOT_OPS = refuse('forbidden', 'Only ops look at what was reported.');
const NOT_ACQUAINTED = refuse(
  'not-acquainted',
  'You can invite people you have had a lesson with. Send others the link.',
);

export interface ConversationParts {
  readonly submit: Submit;
  readonly queries: Queries;
  readonly tickets: TicketOffice;
  readonly now: () => number;
  readonly seen: Services['seen'];
  readonly allocateClientIds: (document: string, personId: string, count: number) => Promise<number[]>;
  readonly storedChats: StoredChats;
  /** Public address of the node that serves sync; null: the one the client used. */
  readonly nodePublicUrl: string | null;
}

export function conversationServices(parts: ConversationParts): ConversationServices {
  const { queries, submit, now } = parts;
  const summaries = createSummaries(parts.storedChats);

  const linesOf = async ({ personId }: Person) => {
    const rows = await queries.conversationsOf(personId);
    const chats = await summaries(rows.map((row) => chatOf(row.conversationId)));
    return rows.flatMap((row) => lineFor(personId, row, chats.get(chatOf(row.conversationId)) ?? NOTHING_SAID) ?? []);
  };

  /** Gives a command as the person, and waits until the pages can show what came of it. */
  const give = async (person: Person, command: AnyCommand, requestId: string): Promise<{ kind: 'done' } | Refusal> => {
    const answer = await submit(command, fromPerson({ personId: person.personId, requestId, command: command.type }));
    // A stranger to a conversation is told no more than that there is none.
    if (isRefusal(answer)) return ['not-a-member', 'conversation-unknown'].includes(answer.code) ? NONE : answer;
    await parts.seen(answer.position);
    return { kind: 'done' };
  };

  const rowFor = async (person: Person, conversationId: string): Promise<ConversationRow | null> => {
    const row = isConversationId(conversationId) ? await queries.conversation(conversationId) : null;
    return row?.members.some(({ personId }) => personId === person.personId) ? row : null;
  };

  /** Of who is in it, and may read; null for all others, and for who is only invited. */
  const insideFor = async (person: Person, conversationId: string) => {
    const row = await rowFor(person, conversationId);
    const page = row && pageFor(person.personId, row, now());
    return page && page.mine !== 'invited' ? page : null;
  };

  const knows = async (person: Person, otherId: string): Promise<{ kind: 'yes' } | Refusal> => {
    const known = await queries.acquaintance(person.personId, otherId, now() - DAY_MS);
    if (known === null || otherId === person.personId) return NOBODY;
    return mayOpenDirect(known) ?? { kind: 'yes' };
  };

  const isParty = async (person: Person, { conversationId, by, personId }: ReportRow): Promise<boolean> =>
    by === person.personId || personId === person.personId || (await rowFor(person, conversationId)) !== null;

  return {
    async report(person, conversationId, what, requestId) {
      const { messageKey } = what;
      const reason = REPORT_REASONS.find((one) => one === what.reason);
      if (!reason) return refuse('reason-missing', 'Say what is wrong with it.');
      if (!(await insideFor(person, conversationId))) return NONE;
      const message = messageKey === null ? null : await messageOf(parts.storedChats, conversationId, messageKey);
      if (message === undefined) return refuse('message-unknown', 'This message is not there any more.');
      const { personId: by } = person;
      const personId = message?.author?.personId ?? null;
      const data = { conversationId, reportId: idFrom('report', by, requestId), by, messageKey, personId, reason };
      const done = await give(person, { type: 'ReportConversation', now: now(), data }, requestId);
      return isRefusal(done) ? done : { kind: 'reported' };
    },

    async reports(person) {
      if (!person.roles.includes('ops')) return NOT_OPS;
      return reportLines(parts.storedChats, await queries.reports(), (row) => isParty(person, row));
    },

    async closeReport(person, reportId, outcome, requestId) {
      if (!person.roles.includes('ops')) return NOT_OPS;
      const row = await queries.report(reportId);
      const what = REPORT_OUTCOMES.find((one) => one === outcome);
      if (!row || !what) return refuse('report-unknown', 'There is no such report.');
      const data = { conversationId: row.conversationId, reportId, by: person.personId, outcome: what };
      return give(person, { type: 'CloseReport', now: now(), data }, requestId);
    },

    conversationsOf: async (person) => inOrder(await linesOf(person)),

    async unreadMessages(person) {
      const lines = await linesOf(person);
      return lines.reduce((sum, { unread }) => sum + unread, 0);
    },

    async conversationFor(person, conversationId) {
      const row = await rowFor(person, conversationId);
      return row && pageFor(person.personId, row, now());
    },

    async mayWriteTo(person, otherId) {
      if (await rowFor(person, directIdOf(person.personId, otherId))) return true;
      return !isRefusal(await knows(person, otherId));
    },

    async writeTo(person, otherId, requestId) {
      const conversationId = directIdOf(person.personId, otherId);
      if (await rowFor(person, conversationId)) return { kind: 'open', conversationId };
      const may = await knows(person, otherId);
      if (isRefusal(may)) return may;
      const { personId } = person;
      const done = await give(
        person,
        { type: 'OpenDirect', now: now(), data: { conversationId, personId, otherId } },
        requestId,
      );
      return isRefusal(done) ? done : { kind: 'open', conversationId };
    },

    async createGroup(person, name, requestId) {
      const conversationId = groupIdFrom(person.personId, requestId);
      const done = await give(
        person,
        { type: 'CreateStudyGroup', now: now(), data: { conversationId, by: person.personId, name } },
        requestId,
      );
      return isRefusal(done) ? done : { kind: 'created', conversationId };
    },

    mayInvite: (person) => queries.acquaintancesOf(person.personId),

    async actInConversation(person, conversationId, act, requestId) {
      const row = await rowFor(person, conversationId);
      if (!row) return NONE;
      if (act.do === 'invite') {
        const known = await queries.acquaintancesOf(person.personId);
        // Whom the owner took out may come back by nothing else.
        const before = row.ownerId === person.personId ? row.removed : [];
        if (![...known, ...before].some(({ personId }) => personId === act.personId)) return NOT_ACQUAINTED;
      }
      const command = commandOf(act, row, person.personId, now());
      return command ? give(person, command, requestId) : NONE;
    },

    async makeInviteLink(person, conversationId, days, mostUses) {
      const token = newInviteToken();
      const link = { linkId: newId(), tokenHash: inviteTokenHash(token), expiresAt: now() + days * DAY_MS, mostUses };
      const data = { conversationId, by: person.personId, ...link };
      // Each request makes another one: a token cannot be told twice.
      const done = await give(person, { type: 'MakeInviteLink', now: now(), data }, newId());
      return isRefusal(done) ? done : { kind: 'made', token };
    },

    async groupBehind(person, token) {
      const row = token.length <= MOST_INVITE_TOKEN ? await queries.conversationByLink(inviteTokenHash(token)) : null;
      return row && inviteFor(person.personId, row, now());
    },

    async joinGroup(person, token, requestId) {
      const tokenHash = inviteTokenHash(token.slice(0, MOST_INVITE_TOKEN));
      const row = await queries.conversationByLink(tokenHash);
      if (!row) return refuse('link-unknown', 'This link does not work any more. Ask who sent it for a new one.');
      const { conversationId } = row;
      const done = await give(
        person,
        { type: 'JoinStudyGroup', now: now(), data: { conversationId, personId: person.personId, tokenHash } },
        requestId,
      );
      return isRefusal(done) ? done : { kind: 'joined', conversationId };
    },

    async joinConversation(person, conversationId, origin) {
      const page = await insideFor(person, conversationId);
      if (!page) return NONE;
      const { personId, name } = person;
      const document = chatOf(conversationId);
      const clientIds = await parts.allocateClientIds(document, personId, CLIENT_IDS);
      const role = page.state !== 'open' ? 'observer' : page.mine === 'owner' ? 'host' : 'participant';
      const expiresAt = Date.now() + TICKET_MS;
      const documents = { [document]: clientIds };
      const ticket = parts.tickets.sign({ lessonId: conversationId, personId, name, role, documents, expiresAt });
      return {
        lessonId: conversationId,
        role,
        ticket,
        expiresAt,
        sync: {
          url: `${(parts.nodePublicUrl ?? origin).replace(/^http/, 'ws')}/sync`,
          documents: [{ name: document, clientIds }],
        },
      };
    },

    async filesOfConversation(person, conversationId) {
      const page = await insideFor(person, conversationId);
      return page && { scope: `conversation:${conversationId}`, mayAdd: page.state === 'open' };
    },
  };
}

/** Null for what makes no sense in this kind of conversation. */
function commandOf(act: ConversationAct, row: ConversationRow, by: string, now: number): AnyCommand | null {
  const { conversationId } = row;
  switch (act.do) {
    case 'rename':
      return { type: 'RenameStudyGroup', now, data: { conversationId, by, name: act.name } };
    case 'revoke-link':
      return { type: 'RevokeInviteLink', now, data: { conversationId, by } };
    case 'invite':
      return { type: 'InviteMember', now, data: { conversationId, by, personId: act.personId } };
    case 'end-invitation':
      return { type: 'EndInvitation', now, data: { conversationId, by, personId: act.personId } };
    case 'accept':
      return { type: 'JoinStudyGroup', now, data: { conversationId, personId: by, tokenHash: null } };
    case 'remove':
      return { type: 'RemoveMember', now, data: { conversationId, by, personId: act.personId } };
    case 'leave':
      return { type: 'LeaveStudyGroup', now, data: { conversationId, personId: by, successorId: act.successorId } };
    case 'block':
    case 'unblock': {
      const other = row.kind === 'direct' ? row.members.find(({ personId }) => personId !== by) : undefined;
      if (!other) return null;
      const data = { conversationId, by, personId: other.personId };
      return act.do === 'block' ? { type: 'BlockWriter', now, data } : { type: 'UnblockWriter', now, data };
    }
    default:
      return never(act, 'act');
  }
}

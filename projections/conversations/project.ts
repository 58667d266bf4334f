import { ERASED } from '#events/sealing/sealed-fields.ts';
import { change, table, type Projection, type Rows } from '../runner/projection.ts';

const CONVERSATION = table(
  'conversation',
  {
    conversation_id: 'text',
    kind: 'text',
    /** Null for a direct one, and where whoever named the group was erased. */
    name: 'text null',
    owner_id: 'text null',
    begun_by: 'text',
    begun_at: 'int8',
    /** It can be read and nothing is added. */
    over: 'boolean',
    link_hash: 'text null',
    link_made_at: 'int8 null',
    /** Null for one that ends when it is stopped. */
    link_expires_at: 'int8 null',
    link_most_uses: 'int8 null',
    link_uses: 'int8',
  },
  {
    key: ['conversation_id'],
    indexes: { conversation_begun_by: '(begun_by, begun_at)', conversation_link: '(link_hash)' },
  },
);

const MEMBER = table(
  'conversation_member',
  {
    conversation_id: 'text',
    person_id: 'text',
    /** `in` or `invited`. */
    state: 'text',
    /** Since when they are in, or invited. */
    since: 'int8',
    invited_by: 'text null',
    /** Does not want to hear from the other one. */
    blocks: 'boolean',
  },
  { key: ['conversation_id', 'person_id'], indexes: { conversation_member_person: '(person_id)' } },
);

/** Whom the owner took out and did not invite again. */
const REMOVED = table(
  'conversation_removed',
  { conversation_id: 'text', person_id: 'text' },
  { key: ['conversation_id', 'person_id'] },
);

/** What ops are to look at. */
const REPORT = table(
  'conversation_report',
  {
    report_id: 'text',
    conversation_id: 'text',
    reported_by: 'text',
    /** Null for the conversation as a whole, and so is the next. */
    message_key: 'text null',
    /** Whose message it is. */
    person_id: 'text null',
    reason: 'text',
    reported_at: 'int8',
    /** Null while it is open, and so are the next. */
    outcome: 'text null',
    closed_by: 'text null',
    closed_at: 'int8 null',
  },
  { key: ['report_id'], indexes: { conversation_report_open: '(outcome, reported_at)' } },
);

const NO_LINK = {
  link_hash: null,
  link_made_at: null,
  link_expires_at: null,
  link_most_uses: null,
  link_uses: 0,
} as const;
const named = (name: string): string | null => (name === ERASED ? null : name);

function enter(rows: Rows, conversationId: string, personId: string, since: number): void {
  rows.put(MEMBER, {
    conversation_id: conversationId,
    person_id: personId,
    state: 'in',
    since,
    invited_by: null,
    blocks: false,
  });
}

function block(rows: Rows, conversationId: string, personId: string, blocks: boolean): void {
  const row = rows.get(MEMBER, conversationId, personId);
  if (row) rows.put(MEMBER, { ...row, blocks });
}

/** Who is in which conversation (SPEC RM18). What is written there is the Yjs server's. */
export const conversations: Projection = {
  name: 'conversations',
  tables: [CONVERSATION, MEMBER, REMOVED, REPORT],
  project(fact, rows) {
    switch (fact.type) {
      case 'DirectOpened': {
        const { conversationId, personId, otherId, at } = fact.data;
        rows.put(CONVERSATION, {
          conversation_id: conversationId,
          kind: 'direct',
          name: null,
          owner_id: null,
          begun_by: personId,
          begun_at: at,
          over: false,
          ...NO_LINK,
        });
        for (const one of [personId, otherId]) enter(rows, conversationId, one, at);
        return;
      }
      case 'ConversationReported': {
        const { reportId, conversationId, by, messageKey, personId, reason, at } = fact.data;
        return rows.put(REPORT, {
          report_id: reportId,
          conversation_id: conversationId,
          reported_by: by,
          message_key: messageKey,
          person_id: personId,
          reason,
          reported_at: at,
          outcome: null,
          closed_by: null,
          closed_at: null,
        });
      }
      case 'ReportClosed': {
        const { reportId, by, outcome, at } = fact.data;
        return change(rows, REPORT, reportId, () => ({ outcome, closed_by: by, closed_at: at }));
      }
      case 'WriterBlocked':
        return block(rows, fact.data.conversationId, fact.data.by, true);
      case 'WriterUnblocked':
        return block(rows, fact.data.conversationId, fact.data.by, false);
      case 'DirectEnded': {
        const { conversationId, personId } = fact.data;
        rows.remove(MEMBER, conversationId, personId);
        return change(rows, CONVERSATION, conversationId, () => ({ over: true }));
      }
      case 'StudyGroupCreated': {
        const { conversationId, by, name, at } = fact.data;
        rows.put(CONVERSATION, {
          conversation_id: conversationId,
          kind: 'group',
          name: named(name),
          owner_id: by,
          begun_by: by,
          begun_at: at,
          over: false,
          ...NO_LINK,
        });
        return enter(rows, conversationId, by, at);
      }
      case 'StudyGroupRenamed':
        return change(rows, CONVERSATION, fact.data.conversationId, () => ({ name: named(fact.data.name) }));
      case 'InviteLinkMade': {
        const { conversationId, tokenHash, expiresAt, mostUses, at } = fact.data;
        return change(rows, CONVERSATION, conversationId, () => ({
          link_hash: tokenHash,
          link_made_at: at,
          link_expires_at: expiresAt,
          link_most_uses: mostUses,
          link_uses: 0,
        }));
      }
      case 'InviteLinkRevoked':
        return change(rows, CONVERSATION, fact.data.conversationId, () => NO_LINK);
      case 'MemberInvited': {
        const { conversationId, personId, by, at } = fact.data;
        rows.remove(REMOVED, conversationId, personId);
        return rows.put(MEMBER, {
          conversation_id: conversationId,
          person_id: personId,
          state: 'invited',
          since: at,
          invited_by: by,
          blocks: false,
        });
      }
      case 'MemberJoined': {
        const { conversationId, personId, why, at } = fact.data;
        if (why === 'link') change(rows, CONVERSATION, conversationId, (row) => ({ link_uses: row.link_uses + 1 }));
        return enter(rows, conversationId, personId, at);
      }
      case 'InvitationEnded':
      case 'MemberLeft':
        return rows.remove(MEMBER, fact.data.conversationId, fact.data.personId);
      case 'MemberRemoved': {
        const { conversationId, personId } = fact.data;
        rows.put(REMOVED, { conversation_id: conversationId, person_id: personId });
        return rows.remove(MEMBER, conversationId, personId);
      }
      case 'GroupHandedOver':
        return change(rows, CONVERSATION, fact.data.conversationId, () => ({ owner_id: fact.data.personId }));
      case 'StudyGroupClosed':
        return change(rows, CONVERSATION, fact.data.conversationId, () => ({ over: true }));
    }
  },
};

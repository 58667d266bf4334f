/** What was reported, and the words that it is about: read where they are written, and only while somebody has to judge. */
import * as Y from 'yjs';
import { chatOf } from '#events/conversation/names.ts';
import { readChat, type ChatMessage } from '#sync/documents/chat-reader.ts';
import { DELETED } from '#sync/documents/chat.ts';
import type { ReportRow } from '#projections/queries.ts';
import type { ReportLine } from './contract.ts';
import type { StoredChats } from './summaries.server.ts';

/** UTF-16 units of a message that ops see. */
const MOST_WORDS = 4_000;

/** A message of a conversation as it was said last, though it may be deleted since; undefined when there is none. */
export async function messageOf(
  stored: StoredChats,
  conversationId: string,
  key: string,
): Promise<ChatMessage | undefined> {
  const name = chatOf(conversationId);
  const chat = (await stored(new Map([[name, 0]]))).get(name);
  if (!chat) return undefined;
  const doc = new Y.Doc();
  for (const update of chat.updates) Y.applyUpdate(doc, update);
  // In this copy alone: who has to judge reads what was taken back, too.
  doc.getMap(DELETED).delete(key);
  const reader = readChat(doc);
  const message = reader.get(key);
  reader.destroy();
  doc.destroy();
  return message;
}

/** Rows as somebody of ops sees them. */
export async function reportLines(
  stored: StoredChats,
  rows: readonly ReportRow[],
  isParty: (row: ReportRow) => Promise<boolean>,
): Promise<readonly ReportLine[]> {
  const lines: ReportLine[] = [];
  // One chat at a time: however long they are, few are in memory.
  for (const row of rows) {
    const { reportId, conversationId, kind, title, byName, messageKey, personName, reason, reportedAt, outcome } = row;
    const own = await isParty(row);
    const read = outcome === null && messageKey !== null && !own;
    lines.push({
      ...{ reportId, kind, group: title, byName, personName, reason, reportedAt, outcome, own },
      about: messageKey === null ? 'conversation' : 'message',
      words: read ? ((await messageOf(stored, conversationId, messageKey))?.text.slice(0, MOST_WORDS) ?? null) : null,
    });
  }
  return lines;
}

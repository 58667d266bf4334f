/**
 * The last line and the unread count of chats, for lists. Each chat is read when something new is stored in it, and what
 * was found is kept as long as nothing is; so a list costs one small query, however long the chats are.
 */
import * as Y from 'yjs';
import { plainText } from '../../lib/chat/markdown.ts';
import { readChat, type ChatMessage } from '#sync/documents/chat-reader.ts';
import type { LastLine } from './contract.ts';

export interface ChatSummary {
  /** Null when nothing was said that can still be seen. */
  readonly last: LastLine | null;
  /** Messages of others that this person has not seen. */
  unreadOf(personId: string): number;
}

/** A document as far as it is stored. */
export interface StoredChat {
  readonly seq: number;
  readonly updates: readonly Uint8Array[];
}

/** Of documents whose last number is above the one that is known of them, what is stored. */
export type StoredChats = (known: ReadonlyMap<string, number>) => Promise<ReadonlyMap<string, StoredChat>>;

export type Summaries = (names: readonly string[]) => Promise<ReadonlyMap<string, ChatSummary>>;

/** Chats whose summary is kept. */
const MOST = 2_000;
/** UTF-16 units of a line in a list. */
const MOST_LINE = 160;

function lineOf(message: ChatMessage, nameOf: (personId: string) => string): LastLine {
  const { at, author, text, files } = message;
  return {
    at,
    personId: author?.personId ?? null,
    name: author?.name ?? '',
    text: plainText(text.slice(0, 4 * MOST_LINE), nameOf).slice(0, MOST_LINE),
    files: files.length,
  };
}

export function summaryOf(updates: readonly Uint8Array[]): ChatSummary {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  const chat = readChat(doc);
  const seen = chat.list.filter((message) => message.deleted === null);
  const names = new Map(seen.flatMap(({ author }) => (author ? [[author.personId, author.name]] : [])));
  const newest = seen.at(-1);
  const numbers = seen.map(({ n, author }) => ({ n, personId: author?.personId ?? null }));
  const marks = new Map<string, number>();
  for (const personId of doc.getMap('read').keys()) marks.set(personId, chat.readMark(personId));
  chat.destroy();
  doc.destroy();
  return {
    last: newest ? lineOf(newest, (personId) => names.get(personId) ?? '') : null,
    unreadOf: (personId) =>
      numbers.filter((one) => one.n > (marks.get(personId) ?? 0) && one.personId !== personId).length,
  };
}

export const NOTHING_SAID: ChatSummary = { last: null, unreadOf: () => 0 };

export function createSummaries(stored: StoredChats): Summaries {
  const kept = new Map<string, { readonly seq: number; readonly summary: ChatSummary }>();

  const look = async (names: readonly string[]): Promise<ReadonlyMap<string, ChatSummary>> => {
    const news = await stored(new Map(names.map((name) => [name, kept.get(name)?.seq ?? 0])));
    for (const [name, { seq, updates }] of news) kept.set(name, { seq, summary: summaryOf(updates) });
    const found = new Map<string, ChatSummary>();
    for (const name of names) {
      const one = kept.get(name);
      if (!one) continue;
      found.set(name, one.summary);
      // The ones that nobody asked about for longest come first.
      kept.delete(name);
      kept.set(name, one);
    }
    for (const name of kept.keys()) if (kept.size > MOST) kept.delete(name);
    return found;
  };

  /** One after the other: when everybody in a group looks at once, the first reads the chat and the others find it read. */
  let turn: Promise<unknown> = Promise.resolve();
  return (names) => {
    if (names.length === 0) return Promise.resolve(new Map());
    const mine = turn.then(() => look(names));
    turn = mine.catch(() => undefined);
    return mine;
  };
}

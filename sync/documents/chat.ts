/**
 * The chat's document.
 *
 * - `people`: see people.ts.
 * - `messages`: entry key → `{ n, at, text }`. `n` orders them: one more than the highest that the author saw, so an answer
 *   never stands above what it answers, whatever the clocks say. `at` is the author's wall clock, for show only.
 */
import type * as Y from 'yjs';
import { entryKey } from './keys.ts';
import { authorOfEntry, introduce, type Author } from './people.ts';

export const MESSAGES = 'messages';
export const CHAT_ORIGIN = 'chat';
/** UTF-16 units. */
export const MOST_TEXT = 4_000;

export interface StoredMessage {
  readonly n: number;
  /** Wall time, ms. */
  readonly at: number;
  readonly text: string;
}

export interface ChatMessage extends StoredMessage {
  readonly key: string;
  /** Null when the author never introduced themselves. */
  readonly author: Author | null;
}

/** A message as stored, or null when the value is something else. */
export function parseMessage(value: unknown): StoredMessage | null {
  if (typeof value !== 'object' || value === null || !('n' in value) || !('at' in value) || !('text' in value))
    return null;
  const { n, at, text } = value;
  if (typeof n !== 'number' || !Number.isSafeInteger(n) || n < 0 || n > 0x7fffffff) return null;
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || Math.abs(at) > 8.64e15) return null;
  if (typeof text !== 'string' || text.length === 0 || text.length > MOST_TEXT) return null;
  return { n, at, text };
}

const messagesOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(MESSAGES);

/** All messages in their order. */
export function readMessages(doc: Y.Doc): ChatMessage[] {
  const found: ChatMessage[] = [];
  for (const [key, value] of messagesOf(doc).entries()) {
    const message = parseMessage(value);
    if (message) found.push({ ...message, key, author: authorOfEntry(doc, key) });
  }
  return found.sort((a, b) => a.n - b.n || (a.key < b.key ? -1 : 1));
}

/** Writes a message, trimmed and cut to MOST_TEXT; gives its key, or null when there is nothing to say. `at`: wall ms. */
export function postMessage(doc: Y.Doc, author: Author, text: string, at: number): string | null {
  const words = text.trim().slice(0, MOST_TEXT);
  if (words.length === 0) return null;
  const messages = messagesOf(doc);
  let last = 0;
  let own = 0;
  for (const [key, value] of messages.entries()) {
    last = Math.max(last, parseMessage(value)?.n ?? 0);
    if (key.startsWith(entryKey(doc.clientID, 0).slice(0, -1))) own += 1;
  }
  while (messages.has(entryKey(doc.clientID, own))) own += 1;
  const key = entryKey(doc.clientID, own);
  doc.transact(() => {
    introduce(doc, author);
    messages.set(key, { n: last + 1, at, text: words } satisfies StoredMessage);
  }, CHAT_ORIGIN);
  return key;
}

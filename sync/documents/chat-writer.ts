/** Everything that a person does in a chat. Each act is one Yjs transaction whose origin is CHAT_ORIGIN. */
import * as Y from 'yjs';
import {
  CHAT_ORIGIN,
  DELETED,
  EDITS,
  LIVE,
  MESSAGES,
  MOST_EDITS,
  MOST_FILES,
  MOST_LIVE,
  MOST_TEXT,
  REACTIONS,
  READ,
  editKey,
  parseMessage,
  parseReadMark,
  reactionKey,
  type ChatFile,
  type StoredEdit,
  type StoredMessage,
  type StoredWords,
} from './chat.ts';
import { entryKey } from './keys.ts';
import { introduce, type Author } from './people.ts';

export interface PostMore {
  /** Key of the message that is answered. */
  readonly re?: string | undefined;
  readonly files?: readonly ChatFile[];
  /** The highest `n` in the chat, from who reads it anyhow; counted here otherwise. */
  readonly top?: number;
}

const messagesOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(MESSAGES);

/** The highest `n` in a chat. */
function topOf(doc: Y.Doc): number {
  let top = 0;
  for (const value of messagesOf(doc).values()) top = Math.max(top, parseMessage(value)?.n ?? 0);
  return top;
}

/** This client's next key. Its keys have no gaps, so a few looks find it among thousands. */
export function nextMessageKey(doc: Y.Doc): string {
  const has = (n: number): boolean => messagesOf(doc).has(entryKey(doc.clientID, n));
  let [free, step] = [0, 1];
  while (has(free + step - 1)) [free, step] = [free + step, step * 2];
  for (; step >= 1; step = Math.floor(step / 2)) if (has(free + step - 1)) free += step;
  return entryKey(doc.clientID, free);
}

/** Trimmed and cut, not between the halves of a character. */
function wordsOf(text: string): string {
  const words = text.trim();
  if (words.length <= MOST_TEXT) return words;
  const last = words.charCodeAt(MOST_TEXT - 1);
  return words.slice(0, last >= 0xd800 && last < 0xdc00 ? MOST_TEXT - 1 : MOST_TEXT);
}

/** Writes a message, trimmed and cut to MOST_TEXT; gives its key, or null when there is nothing to say. `at`: wall ms. */
export function postMessage(
  doc: Y.Doc,
  author: Author,
  text: string,
  at: number,
  { re, files = [], top }: PostMore = {},
): string | null {
  const words = wordsOf(text);
  if (words === '' && files.length === 0) return null;
  const key = nextMessageKey(doc);
  const message: StoredMessage = {
    n: (top ?? topOf(doc)) + 1,
    at,
    text: words,
    ...(re === undefined ? {} : { re }),
    ...(files.length === 0 ? {} : { files: files.slice(0, MOST_FILES).map((file) => ({ ...file })) }),
  };
  doc.transact(() => {
    introduce(doc, author);
    messagesOf(doc).set(key, message);
  }, CHAT_ORIGIN);
  return key;
}

/** Gives one's own message new words; false when it has been edited as often as it may. `at`: wall ms. */
export function editMessage(doc: Y.Doc, key: string, text: string, at: number): boolean {
  const edits = doc.getMap<unknown>(EDITS);
  let count = 1;
  while (count <= MOST_EDITS && edits.has(editKey(key, count))) count += 1;
  if (count > MOST_EDITS) return false;
  const edit: StoredEdit = { at, text: wordsOf(text) };
  doc.transact(() => void edits.set(editKey(key, count), edit), CHAT_ORIGIN);
  return true;
}

/** Takes a message from view, for good: one's own, or another's by the host. */
export function deleteMessage(doc: Y.Doc, key: string, personId: string): void {
  const deleted = doc.getMap<unknown>(DELETED);
  if (deleted.has(key)) return;
  doc.transact(() => void deleted.set(key, personId), CHAT_ORIGIN);
}

/** Sets or takes back one's own reaction. */
export function react(doc: Y.Doc, key: string, personId: string, emoji: string, on: boolean): void {
  const reactions = doc.getMap<unknown>(REACTIONS);
  const name = reactionKey(key, personId, emoji);
  if ((reactions.get(name) === true) === on) return;
  doc.transact(() => void reactions.set(name, on), CHAT_ORIGIN);
}

/** Remembers that this person has seen everything up to `n`. Never goes back. */
export function markRead(doc: Y.Doc, personId: string, n: number): void {
  const read = doc.getMap<unknown>(READ);
  if ((parseReadMark(read.get(personId)) ?? 0) >= n) return;
  doc.transact(() => void read.set(personId, n), CHAT_ORIGIN);
}

/** A message that a server-side author is writing: `append` as often as there are words, then `end` once. */
export interface OpenMessage {
  readonly key: string;
  append(text: string): void;
  /** @param cut whether it was broken off. */
  end(cut: boolean): void;
}

/** Begins a message whose words come little by little. Nobody but a server-side author may. `at`: wall ms. */
export function streamMessage(doc: Y.Doc, author: Author, at: number, { re, top }: PostMore = {}): OpenMessage {
  const key = nextMessageKey(doc);
  const live = doc.getMap<unknown>(LIVE);
  const pieces = new Y.Array<string>();
  const message: StoredMessage = { n: (top ?? topOf(doc)) + 1, at, text: '', live: 1, ...(re ? { re } : {}) };
  doc.transact(() => {
    introduce(doc, author);
    messagesOf(doc).set(key, message);
    live.set(key, pieces);
  }, CHAT_ORIGIN);
  let text = '';
  return {
    key,
    append(more) {
      const piece = more.slice(0, MOST_LIVE - text.length);
      if (piece === '') return;
      text += piece;
      doc.transact(() => pieces.push([piece]), CHAT_ORIGIN);
    },
    end(cut) {
      // Over the pieces, which vanish from the document.
      const words: StoredWords = cut ? { text, cut: 1 } : { text };
      doc.transact(() => void live.set(key, words), CHAT_ORIGIN);
    },
  };
}

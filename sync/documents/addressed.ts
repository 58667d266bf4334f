/** Whom the messages of a conversation are for, and who has seen all that was for them. Pure. */
import type * as Y from 'yjs';
import { readChat, type ChatReader } from './chat-reader.ts';
import { READ } from './chat.ts';

/** Somebody has not seen something that was said to them. */
export interface Waiting {
  /** Null: the other one of two, who may never have been here. */
  readonly personId: string | null;
  /** Who said it. */
  readonly by: string;
  /** Key of the message: the latest of those by this person. */
  readonly message: string;
  /** How far they have read. */
  readonly mark: number;
}

/** Somebody has seen all that was said to them. */
export interface CaughtUp {
  readonly personId: string;
  /** The number of the last of it. */
  readonly n: number;
}

export interface Addressees {
  readonly waiting: readonly Waiting[];
  readonly caughtUp: readonly CaughtUp[];
}

/** Latest messages that are looked at: who did not see what is further back was told then. */
const MOST = 200;
const MENTION = /<@([A-Za-z0-9_-]{1,64})>/g;

/** @param direct it is one of two people, in which everything is said to the other. */
export function addresseesIn(doc: Y.Doc, chat: ChatReader, direct: boolean): Addressees {
  const readers = [...doc.getMap(READ).keys()];
  const waiting = new Map<string | null, Waiting>();
  /** Reader → number of the last thing that was said to them. */
  const last = new Map<string, number>();
  for (const { key, n, author, deleted, text } of chat.list.slice(-MOST)) {
    if (author === null || deleted !== null) continue;
    const { personId: by } = author;
    const named = [...text.matchAll(MENTION)].flatMap(([, personId]) => personId ?? []);
    const others = readers.filter((one) => one !== by);
    // Of two who never came nothing is known, not even their id.
    const to = direct ? (others.length > 0 ? others : [null]) : new Set(named.filter((personId) => personId !== by));
    for (const personId of to) {
      const mark = personId === null ? 0 : chat.readMark(personId);
      if (personId !== null) last.set(personId, n);
      if (n > mark) waiting.set(personId, { personId: direct ? null : personId, by, message: key, mark });
    }
  }
  const caughtUp = [...last].filter(([personId]) => !waiting.has(personId)).map(([personId, n]) => ({ personId, n }));
  return { waiting: [...waiting.values()], caughtUp };
}

/** The same of a document that nobody follows. */
export function addresseesOf(doc: Y.Doc, direct: boolean): Addressees {
  const chat = readChat(doc);
  const found = addresseesIn(doc, chat, direct);
  chat.destroy();
  return found;
}

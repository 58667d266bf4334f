/**
 * A chat as one ordered list, kept up to date from its document: an act costs what it touches, not what was said before.
 * Values that are no entries are left out and never throw.
 */
import * as Y from 'yjs';
import {
  DELETED,
  EDITS,
  LIVE,
  MESSAGES,
  MOST_LIVE,
  REACTIONS,
  READ,
  parseEdit,
  parseEditKey,
  parseMessage,
  parseReactionKey,
  parseReadMark,
  parseWords,
  type ChatFile,
  type StoredEdit,
  type StoredMessage,
} from './chat.ts';
import { clientKey, clientOfEntry } from './keys.ts';
import { PEOPLE, authorOfEntry, type Author } from './people.ts';
import { RIGHTS, parseRight } from './rights.ts';

export interface Reaction {
  readonly emoji: string;
  /** Person ids, in the order of their ids. */
  readonly people: readonly string[];
}

/** A message as it is now, with everything that was done to it. */
export interface ChatMessage {
  readonly key: string;
  readonly n: number;
  /** The author's wall time, ms. */
  readonly at: number;
  /** Null when the author never introduced themselves. */
  readonly author: Author | null;
  /** Empty once deleted. */
  readonly text: string;
  /** When it got its words, wall ms; null when they are the first ones. */
  readonly edited: number | null;
  /** Its words before, oldest first. */
  readonly history: readonly StoredEdit[];
  /** Who deleted it, or null. */
  readonly deleted: string | null;
  /** Key of the message that is answered, or null. */
  readonly re: string | null;
  readonly files: readonly ChatFile[];
  /** Most felt first. */
  readonly reactions: readonly Reaction[];
  readonly pinned: boolean;
  /** Of a server-side author: still being written, or broken off. */
  readonly live: 'growing' | 'cut' | null;
}

export interface ChatReader {
  /** All messages in their order. A new array after each change, with the same objects for what did not change. */
  readonly list: readonly ChatMessage[];
  /** The highest `n`; the next message takes one more. */
  readonly top: number;
  get(key: string): ChatMessage | undefined;
  /** Where a message stands in the list; -1 when it is not there. */
  indexOf(key: string): number;
  /** The highest `n` that this person has seen. */
  readMark(personId: string): number;
  /** Keys of pinned messages that can be seen, in the order of the list. */
  pinned(): string[];
  /** Calls back after each transaction that changed the list or a read mark, with the keys of changed messages. */
  onChange(listener: (keys: ReadonlySet<string>) => void): () => void;
  destroy(): void;
}

type Place = Pick<ChatMessage, 'n' | 'key'>;
export const byNumber = (a: Place, b: Place): number => a.n - b.n || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Kinds of reactions on one message that are shown; more is noise or malice. */
const MOST_KINDS = 24;
/** From so many new messages in one transaction the list is sorted anew. */
const MANY = 64;

function rootsOf(doc: Y.Doc) {
  return {
    messages: doc.getMap<unknown>(MESSAGES),
    edits: doc.getMap<unknown>(EDITS),
    deleted: doc.getMap<unknown>(DELETED),
    reactions: doc.getMap<unknown>(REACTIONS),
    read: doc.getMap<unknown>(READ),
    live: doc.getMap<unknown>(LIVE),
    people: doc.getMap<unknown>(PEOPLE),
    rights: doc.getMap<unknown>(RIGHTS),
  };
}

export function readChat(doc: Y.Doc): ChatReader {
  const roots = rootsOf(doc);
  const edits = new Map<string, Map<number, StoredEdit>>();
  const reactions = new Map<string, Map<string, Set<string>>>();
  const byKey = new Map<string, ChatMessage>();
  const pins = new Set<string>();
  const listeners = new Set<(keys: ReadonlySet<string>) => void>();
  let list: readonly ChatMessage[] = [];
  let touched = new Set<string>();
  let marks = false;

  const readEdit = (name: string): void => {
    const at = parseEditKey(name);
    if (!at) return;
    touched.add(at.message);
    const found = parseEdit(roots.edits.get(name));
    const own = edits.get(at.message) ?? new Map<number, StoredEdit>();
    if (found) edits.set(at.message, own.set(at.count, found));
    else own.delete(at.count);
  };
  const readReaction = (name: string): void => {
    const at = parseReactionKey(name);
    if (!at) return;
    touched.add(at.message);
    const kinds = reactions.get(at.message) ?? new Map<string, Set<string>>();
    reactions.set(at.message, kinds);
    const people = kinds.get(at.emoji) ?? new Set<string>();
    kinds.set(at.emoji, people);
    if (roots.reactions.get(name) === true) people.add(at.personId);
    else people.delete(at.personId);
    if (people.size === 0) kinds.delete(at.emoji);
  };
  const readPinned = (name: string): void => {
    const change = parseRight('chat', name, roots.rights.get(name))?.change;
    if (change?.kind !== 'pin') return;
    touched.add(change.message);
    if (change.value) pins.add(change.message);
    else pins.delete(change.message);
  };

  const compose = (key: string, stored: StoredMessage): ChatMessage => {
    const { n, at, re = null, files = [] } = stored;
    const deletedBy = roots.deleted.get(key);
    const deleted = typeof deletedBy === 'string' ? deletedBy : null;
    const spoken = stored.live ? wordsIn(roots.live.get(key)) : null;
    const first: StoredEdit = { at, text: spoken?.text ?? stored.text };
    const wordings = [first, ...wordingsOf(edits.get(key), files.length > 0)];
    const last = wordings.at(-1) ?? first;
    return {
      key,
      n,
      at,
      author: authorOfEntry(doc, key),
      text: deleted === null ? last.text : '',
      edited: deleted === null && wordings.length > 1 ? last.at : null,
      history: deleted === null ? wordings.slice(0, -1) : [],
      deleted,
      re,
      files: deleted === null ? files : [],
      reactions: deleted === null ? reactionsOf(reactions.get(key)) : [],
      pinned: deleted === null && pins.has(key),
      live: spoken?.live ?? null,
    };
  };

  /** Where it stands, or would stand. */
  const placeOf = (place: Place): number => {
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = list[middle];
      if (one && byNumber(one, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const update = (keys: ReadonlySet<string>): Set<string> => {
    const changed = new Set<string>();
    const fresh: ChatMessage[] = [];
    const next = [...list];
    let moved = false;
    for (const key of keys) {
      const stored = parseMessage(roots.messages.get(key));
      const before = byKey.get(key);
      const now = stored && clientOfEntry(key) !== null ? compose(key, stored) : null;
      if (!before && !now) continue;
      changed.add(key);
      if (before && now?.n === before.n) next[placeOf(before)] = now;
      else {
        if (before) moved = true;
        if (now) fresh.push(now);
      }
      if (now) byKey.set(key, now);
      else byKey.delete(key);
    }
    if (moved || fresh.length > MANY) list = [...byKey.values()].sort(byNumber);
    else {
      list = next;
      for (const one of fresh.sort(byNumber)) {
        const at = placeOf(one);
        if (at === next.length) next.push(one);
        else next.splice(at, 0, one);
      }
    }
    return changed;
  };

  const report = (): void => {
    if (touched.size === 0 && !marks) return;
    const keys = touched;
    touched = new Set();
    const changed = keys.size > 0 ? update(keys) : keys;
    if (changed.size === 0 && !marks) return;
    marks = false;
    for (const listener of listeners) listener(changed);
  };

  const each = (read: (name: string) => void) => (event: Y.YMapEvent<unknown>) => {
    for (const name of event.keysChanged) if (typeof name === 'string') read(name);
  };
  const touch = (key: string): void => void touched.add(key);
  const onLive = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    for (const { path, keys } of events)
      if (typeof path[0] === 'string') touched.add(path[0]);
      else for (const key of keys.keys()) touched.add(key);
  };
  const onPeople = each((client) => {
    for (const key of byKey.keys()) {
      const of = clientOfEntry(key);
      if (of !== null && clientKey(of) === client) touched.add(key);
    }
  });
  const plain: [Y.Map<unknown>, (event: Y.YMapEvent<unknown>) => void][] = [
    [roots.messages, each(touch)],
    [roots.edits, each(readEdit)],
    [roots.deleted, each(touch)],
    [roots.reactions, each(readReaction)],
    [roots.rights, each(readPinned)],
    [roots.read, () => void (marks = true)],
    [roots.people, onPeople],
  ];

  for (const name of roots.edits.keys()) readEdit(name);
  for (const name of roots.reactions.keys()) readReaction(name);
  for (const name of roots.rights.keys()) readPinned(name);
  for (const key of roots.messages.keys()) touched.add(key);
  update(touched);
  touched = new Set();
  for (const [root, listener] of plain) root.observe(listener);
  roots.live.observeDeep(onLive);
  doc.on('afterTransaction', report);

  return {
    get list() {
      return list;
    },
    get top() {
      return list.at(-1)?.n ?? 0;
    },
    get: (key) => byKey.get(key),
    indexOf(key) {
      const message = byKey.get(key);
      return message ? placeOf(message) : -1;
    },
    readMark: (personId) => parseReadMark(roots.read.get(personId)) ?? 0,
    pinned: () =>
      [...pins]
        .map((key) => byKey.get(key))
        .filter((message) => message?.pinned === true)
        .sort((a, b) => (a && b ? byNumber(a, b) : 0))
        .map((message) => message?.key ?? ''),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    destroy() {
      for (const [root, listener] of plain) root.unobserve(listener);
      roots.live.unobserveDeep(onLive);
      doc.off('afterTransaction', report);
      listeners.clear();
    },
  };
}

/** All messages of a document that nobody watches. */
export function readMessages(doc: Y.Doc): readonly ChatMessage[] {
  const reader = readChat(doc);
  const { list } = reader;
  reader.destroy();
  return list;
}

/** New wordings in their order. An empty one makes sense only beside files. */
function wordingsOf(found: ReadonlyMap<number, StoredEdit> | undefined, empty: boolean): StoredEdit[] {
  return [...(found ?? [])]
    .filter(([, { text }]) => empty || text !== '')
    .sort(([a], [b]) => a - b)
    .map(([, edit]) => edit);
}

function reactionsOf(found: ReadonlyMap<string, ReadonlySet<string>> | undefined): Reaction[] {
  return [...(found ?? [])]
    .map(([emoji, people]) => ({ emoji, people: [...people].sort() }))
    .sort((a, b) => b.people.length - a.people.length || (a.emoji < b.emoji ? -1 : 1))
    .slice(0, MOST_KINDS);
}

function wordsIn(value: unknown): { text: string; live: 'growing' | 'cut' | null } {
  if (value instanceof Y.Array) {
    const pieces = value.toArray().filter((piece) => typeof piece === 'string');
    return { text: pieces.join('').slice(0, MOST_LIVE), live: 'growing' };
  }
  const words = parseWords(value);
  return words ? { text: words.text, live: words.cut ? 'cut' : null } : { text: '', live: 'growing' };
}

/** Everything that a page does to a board. Each act is one Yjs transaction whose origin is BOARD_ORIGIN. */
import * as Y from 'yjs';
import { plainOf, type Item } from './board-reader.ts';
import {
  CHANGES,
  ERASED,
  MOST_CHUNK,
  PAGES,
  STROKES,
  storeStroke,
  type StoredStroke,
  type StrokeHead,
} from './board.ts';
import { changeKey, parseChange, type Change, type StoredChange } from './changes.ts';
import { encodeInk, inkStart, joinInk, type InkCursor, type InkPoint } from './ink.ts';
import { storePlain, type PlainItem, type StoredFigure, type StoredImage } from './items.ts';
import { entryKey } from './keys.ts';
import { storePage, type PageState } from './pages.ts';
import { authorOfEntry, introduce, type Author } from './people.ts';

export const BOARD_ORIGIN = 'board';

/** A stroke on its way: `append` as often as points are there, then `seal` once. */
export interface OpenStroke {
  readonly key: string;
  append(points: readonly InkPoint[]): void;
  seal(): void;
}

const strokesOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(STROKES);
const erasedOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(ERASED);
const changesOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(CHANGES);
const pagesOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(PAGES);

/** The next number of each document's own client id. */
const numbers = new WeakMap<Y.Doc, { client: number; n: number }>();

function freshKey(doc: Y.Doc): string {
  let own = numbers.get(doc);
  if (own?.client !== doc.clientID) numbers.set(doc, (own = { client: doc.clientID, n: 0 }));
  const taken = (key: string): boolean => strokesOf(doc).has(key) || pagesOf(doc).has(key);
  while (taken(entryKey(own.client, own.n))) own.n += 1;
  return entryKey(own.client, own.n++);
}

/** Begins a stroke that the others see while it is drawn. */
export function beginStroke(doc: Y.Doc, author: Author, head: StrokeHead): OpenStroke {
  const key = freshKey(doc);
  const live = new Y.Array<unknown>();
  const cursor: InkCursor = inkStart();
  const chunks: Uint8Array[] = [];
  doc.transact(() => {
    introduce(doc, author);
    live.push([storeStroke(head)]);
    strokesOf(doc).set(key, live);
  }, BOARD_ORIGIN);
  return {
    key,
    append(points) {
      const ink = encodeInk(points, cursor, head.pressure);
      if (ink.length === 0) return;
      chunks.push(ink);
      doc.transact(() => {
        for (let at = 0; at < ink.length; at += MOST_CHUNK) live.push([ink.slice(at, at + MOST_CHUNK)]);
      }, BOARD_ORIGIN);
    },
    seal() {
      doc.transact(() => {
        strokesOf(doc).set(key, storeStroke(head, joinInk(chunks)));
      }, BOARD_ORIGIN);
    },
  };
}

/** Puts a shape, a writing or an image on the board; gives its key. */
export function putFigure(doc: Y.Doc, author: Author, item: PlainItem): string {
  const key = freshKey(doc);
  doc.transact(() => {
    introduce(doc, author);
    strokesOf(doc).set(key, storePlain(item));
  }, BOARD_ORIGIN);
  return key;
}

/** Writes an own shape, writing or image anew, as while it is drawn or its words are changed. */
export function rewriteFigure(doc: Y.Doc, key: string, item: PlainItem): void {
  doc.transact(() => strokesOf(doc).set(key, storePlain(item)), BOARD_ORIGIN);
}

/** What is copied of an item: everything that is to be seen of it, and none of its history. */
function copyOf(item: Item, head: { z: number; page: string }): StoredStroke | StoredFigure | StoredImage {
  const plain = plainOf(item);
  if (plain === null) {
    const { kind, points, pen, size, pressure } = item;
    const ink: InkPoint[] = [];
    for (let i = 0; i + 2 < points.length; i += 3)
      ink.push({ x: points[i] ?? 0, y: points[i + 1] ?? 0, pressure: points[i + 2] ?? 0 });
    const bytes = encodeInk(ink, inkStart(), pressure);
    return storeStroke({ ...head, pen, size, pressure, highlighter: kind === 'highlighter' }, bytes);
  }
  return storePlain({ ...plain, ...head });
}

/** Items a transaction: one message stays well below what the server takes. */
const COPIES_AT_ONCE = 200;

/**
 * Writes copies of items, as this person's own, on a page; the first stands at `z`. `move` gives what differs from the
 * original's place. Gives the new keys, in the order of the items.
 */
export function copyItems(
  doc: Y.Doc,
  author: Author,
  items: readonly Item[],
  { z, page, move }: { z: number; page: string; move: (item: Item) => Item['place'] },
): string[] {
  const keys: string[] = [];
  const groups = new Map<string, string>();
  for (let from = 0; from < items.length; from += COPIES_AT_ONCE)
    doc.transact(() => {
      introduce(doc, author);
      for (const item of items.slice(from, from + COPIES_AT_ONCE)) {
        const key = freshKey(doc);
        strokesOf(doc).set(key, copyOf(item, { z: z + keys.length, page }));
        if (item.group !== '' && !groups.has(item.group)) groups.set(item.group, key);
        const group = groups.get(item.group) ?? '';
        const place = move(item);
        if (place) set(doc, author, { key, aspect: 'place', value: place });
        if (item.cuts.length > 0) set(doc, author, { key, aspect: 'cuts', value: item.cuts });
        // A copy of a worksheet is one as well: nobody takes it away by accident. Other locks are for one thing in one place.
        if (item.back && item.locked) set(doc, author, { key, aspect: 'lock', value: true });
        if (group !== '') set(doc, author, { key, aspect: 'group', value: group });
        keys.push(key);
      }
    }, BOARD_ORIGIN);
  return keys;
}

function set(doc: Y.Doc, author: Author, { key, aspect, value }: Change): void {
  changesOf(doc).set(changeKey(aspect, key, author.personId), { by: author.personId, v: value } satisfies StoredChange);
}

/** Changes items. */
export function changeItems(doc: Y.Doc, author: Author, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  doc.transact(() => {
    introduce(doc, author);
    for (const change of changes) set(doc, author, change);
  }, BOARD_ORIGIN);
}

/** What was last said of one aspect of an item, and by whom: of cuts by this person; null when nobody said anything. */
export const changeOf = (
  doc: Y.Doc,
  aspect: Change['aspect'],
  key: string,
  { personId }: Author,
): { by: string; change: Change } | null => {
  const name = changeKey(aspect, key, personId);
  return parseChange(name, changesOf(doc).get(name));
};

/** Whether somebody else, the host, has locked this person's own item: the server leaves it to nobody but them. */
export function isKeptFrom(doc: Y.Doc, author: Author, key: string): boolean {
  const { personId } = author;
  const lock = changeOf(doc, 'lock', key, author);
  return lock?.change.value === true && lock.by !== personId && authorOfEntry(doc, key)?.personId === personId;
}

/** Adds a page; gives its key. */
export function addPage(doc: Y.Doc, author: Author, state: PageState): string {
  const key = freshKey(doc);
  changePage(doc, author, key, state);
  return key;
}

/** Moves a page, gives it other paper, takes it away or brings it back. */
export function changePage(doc: Y.Doc, author: Author, key: string, state: PageState): void {
  doc.transact(() => {
    introduce(doc, author);
    pagesOf(doc).set(key, storePage(author.personId, state));
  }, BOARD_ORIGIN);
}

/** Marks strokes as erased by this person; gives the keys that were not erased before. */
export function eraseStrokes(doc: Y.Doc, author: Author, keys: readonly string[]): string[] {
  const erased = erasedOf(doc);
  const fresh = keys.filter((key) => strokesOf(doc).has(key) && !erased.has(key));
  if (fresh.length > 0)
    doc.transact(() => {
      introduce(doc, author);
      for (const key of fresh) erased.set(key, author.personId);
    }, BOARD_ORIGIN);
  return fresh;
}

/** Takes this person's own marks away; somebody else's stay. */
export function restoreStrokes(doc: Y.Doc, author: Author, keys: readonly string[]): string[] {
  const erased = erasedOf(doc);
  const own = keys.filter((key) => erased.get(key) === author.personId);
  if (own.length > 0)
    doc.transact(() => {
      for (const key of own) erased.delete(key);
    }, BOARD_ORIGIN);
  return own;
}

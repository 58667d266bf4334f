/** Everything that a page does to a board. Each act is one Yjs transaction whose origin is BOARD_ORIGIN. */
import * as Y from 'yjs';
import { ERASED, MOST_CHUNK, STROKES, storeStroke, type StrokeHead } from './board.ts';
import { encodeInk, inkStart, joinInk, type InkCursor, type InkPoint } from './ink.ts';
import { entryKey } from './keys.ts';
import { introduce, type Author } from './people.ts';

export const BOARD_ORIGIN = 'board';

/** A stroke on its way: `append` as often as points are there, then `seal` once. */
export interface OpenStroke {
  readonly key: string;
  append(points: readonly InkPoint[]): void;
  seal(): void;
}

const strokesOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(STROKES);
const erasedOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(ERASED);

/** The next number of each document's own client id. */
const numbers = new WeakMap<Y.Doc, { client: number; n: number }>();

function freshKey(doc: Y.Doc): string {
  let own = numbers.get(doc);
  if (own?.client !== doc.clientID) numbers.set(doc, (own = { client: doc.clientID, n: 0 }));
  const strokes = strokesOf(doc);
  while (strokes.has(entryKey(own.client, own.n))) own.n += 1;
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

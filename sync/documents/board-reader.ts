/**
 * A board as plain strokes, kept up to date from its document: the one reader for the page, the recorder and the
 * thumbnail. Values that are not strokes are left out and never throw.
 */
import * as Y from 'yjs';
import { ERASED, STROKES, parseHead, parseSealed, type StrokeHead } from './board.ts';
import { decodeInk, inkStart, type InkCursor } from './ink.ts';
import { PEOPLE, authorOfEntry, type Author } from './people.ts';

export interface Stroke extends StrokeHead {
  readonly key: string;
  /** x, y (logical pixels) and pressure (0–1) of each point, one after the other. */
  readonly points: readonly number[];
  /** False while it is still being drawn. */
  readonly sealed: boolean;
  readonly erased: boolean;
}

interface Kept {
  stroke: Stroke;
  points: number[];
  cursor: InkCursor;
  /** Elements of the live array that were read. */
  read: number;
}

export interface BoardReader {
  /** Every stroke, erased ones included, by key. */
  get(key: string): Stroke | undefined;
  /** What is to be seen, lowest first. */
  visible(): Stroke[];
  /** How many are to be seen. */
  count(): number;
  /** The highest order in use; a new stroke takes the next. */
  top(): number;
  author(key: string): Author | null;
  /** How many visible strokes each author has, most first; the nameless last. */
  tally(): { name: string | null; count: number }[];
  /** Calls back after each transaction that changed strokes, with their keys. Returns the way to stop. */
  onChange(listener: (keys: ReadonlySet<string>) => void): () => void;
  destroy(): void;
}

export const byOrder = (a: Stroke, b: Stroke): number => a.z - b.z || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

export function readBoard(doc: Y.Doc): BoardReader {
  const strokes = doc.getMap<unknown>(STROKES);
  const erased = doc.getMap<unknown>(ERASED);
  const people = doc.getMap<unknown>(PEOPLE);
  const kept = new Map<string, Kept>();
  const listeners = new Set<(keys: ReadonlySet<string>) => void>();
  let visibleCount = 0;
  let top = 0;

  const forget = (key: string): void => {
    const old = kept.get(key);
    if (old && !old.stroke.erased) visibleCount -= 1;
    kept.delete(key);
  };

  const keep = (key: string, next: Kept): void => {
    forget(key);
    kept.set(key, next);
    if (!next.stroke.erased) visibleCount += 1;
    top = Math.max(top, next.stroke.z);
  };

  const readLive = (key: string, live: Y.Array<unknown>): void => {
    const head = parseHead(live.get(0));
    if (!head) return forget(key);
    const old = kept.get(key);
    const fresh = !old || old.stroke.sealed || old.read > live.length;
    const points = fresh ? [] : old.points;
    const cursor = fresh ? inkStart() : old.cursor;
    const from = fresh ? 1 : old.read;
    for (const chunk of live.slice(from))
      if (chunk instanceof Uint8Array) decodeInk(chunk, cursor, head.pressure, points);
    const stroke: Stroke = { ...head, key, points, sealed: false, erased: erased.has(key) };
    keep(key, { stroke, points, cursor, read: live.length });
  };

  const read = (key: string): void => {
    const value = strokes.get(key);
    if (value instanceof Y.Array) return readLive(key, value);
    const sealed = parseSealed(value);
    if (!sealed) return forget(key);
    const points: number[] = [];
    decodeInk(sealed.ink, inkStart(), sealed.pressure, points);
    const { z, pen, size, pressure } = sealed;
    const stroke: Stroke = { z, pen, size, pressure, key, points, sealed: true, erased: erased.has(key) };
    keep(key, { stroke, points, cursor: inkStart(), read: 0 });
  };

  const mark = (key: string): void => {
    const old = kept.get(key);
    if (!old || old.stroke.erased === erased.has(key)) return;
    keep(key, { ...old, stroke: { ...old.stroke, erased: erased.has(key) } });
  };

  // One report a transaction, whatever it touched: a seal and a mark may come together.
  let touched = new Set<string>();
  const onStrokes = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    for (const event of events) {
      const inside = event.path[0];
      if (typeof inside === 'string') touched.add(inside);
      else for (const key of event.keys.keys()) touched.add(key);
    }
    for (const key of touched) read(key);
  };
  const onErased = (event: Y.YMapEvent<unknown>): void => {
    for (const key of event.keysChanged) {
      if (typeof key !== 'string') continue;
      mark(key);
      touched.add(key);
    }
  };
  const onPeople = (): void => void touched.add('');
  const report = (): void => {
    if (touched.size === 0) return;
    const keys = touched;
    touched = new Set();
    keys.delete('');
    for (const listener of listeners) listener(keys);
  };

  for (const key of strokes.keys()) read(key);
  strokes.observeDeep(onStrokes);
  erased.observe(onErased);
  people.observe(onPeople);
  doc.on('afterTransaction', report);

  return {
    get: (key) => kept.get(key)?.stroke,
    visible: () =>
      [...kept.values()]
        .map(({ stroke }) => stroke)
        .filter((stroke) => !stroke.erased)
        .sort(byOrder),
    count: () => visibleCount,
    top: () => top,
    author: (key) => authorOfEntry(doc, key),
    tally() {
      const counts = new Map<string | null, { name: string | null; count: number }>();
      for (const [key, { stroke }] of kept) {
        if (stroke.erased) continue;
        const author = authorOfEntry(doc, key);
        const line = counts.get(author?.personId ?? null);
        if (line) line.count += 1;
        else counts.set(author?.personId ?? null, { name: author?.name ?? null, count: 1 });
      }
      return [...counts.values()].sort(
        (a, b) => Number(a.name === null) - Number(b.name === null) || b.count - a.count,
      );
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    destroy() {
      strokes.unobserveDeep(onStrokes);
      erased.unobserve(onErased);
      people.unobserve(onPeople);
      doc.off('afterTransaction', report);
      listeners.clear();
    },
  };
}

/**
 * A board as plain items, kept up to date from its document: the one reader for the page, the recorder and the
 * thumbnail. Values that are no items are left out and never throw.
 */
import * as Y from 'yjs';
import { CHANGES, ERASED, SIZES, STROKES, parseHead, parseSealed, type ItemHead } from './board.ts';
import { joinCuts, parseChange, parseChangeKey, type Aspects, type Change, type Matrix } from './changes.ts';
import { decodeInk, inkStart, type InkCursor } from './ink.ts';
import { isShape, parsePlain, type Figure, type PlainItem } from './items.ts';
import { PEOPLE, authorOfEntry, type Author } from './people.ts';

export type Kind = 'ink' | 'highlighter' | 'image' | Figure;

/** An item as it is now, with everything that was done to it. */
export interface Item extends ItemHead {
  readonly key: string;
  readonly kind: Kind;
  /** Whether ink carries pressure. */
  readonly pressure: boolean;
  /**
   * x, y (logical pixels) and pressure (0–1) of each point, one after the other, as drawn: `place` moves them. Of an image,
   * its top left and its bottom right corner.
   */
  readonly points: readonly number[];
  /** Words or LaTeX, or what an image is called; empty in ink and shapes. */
  readonly text: string;
  /** The file of an image; empty in all others. */
  readonly file: string;
  /** A background: under everything else. */
  readonly back: boolean;
  /** Of a shape: index into DASHES. */
  readonly dash: number;
  /** Of a shape: index into FILLS. */
  readonly fill: number;
  /** Null where it was drawn. */
  readonly place: Matrix | null;
  readonly group: string;
  readonly locked: boolean;
  readonly cuts: readonly number[];
  /** False while it is still being drawn. */
  readonly sealed: boolean;
  readonly erased: boolean;
}

type Drawn = Pick<
  Item,
  'z' | 'pen' | 'size' | 'page' | 'kind' | 'pressure' | 'points' | 'text' | 'file' | 'back' | 'dash' | 'fill' | 'sealed'
>;
const PLAIN = { file: '', back: false, dash: 0, fill: 0 } as const;

interface Kept {
  item: Item;
  readonly drawn: Drawn;
  readonly points: number[];
  readonly cursor: InkCursor;
  /** Elements of the live array that were read. */
  readonly read: number;
}

export interface BoardReader {
  /** Every item, erased ones included, by key. */
  get(key: string): Item | undefined;
  /** What is to be seen of one page, or of all; lowest first. */
  visible(page?: string): Item[];
  /** How many are to be seen there. */
  count(page?: string): number;
  /** The highest order in use, rounded up; a new item takes the next. */
  top(): number;
  author(key: string): Author | null;
  /** How many visible items each author has, most first; the nameless last. */
  tally(page?: string): { name: string | null; count: number }[];
  /**
   * Calls back after each transaction that changed items, with their keys, and whether it came from elsewhere. Returns the
   * way to stop.
   */
  onChange(listener: (keys: ReadonlySet<string>, remote?: boolean) => void): () => void;
  destroy(): void;
}

type Standing = Pick<Item, 'z' | 'key' | 'back'>;

export const byOrder = (a: Standing, b: Standing): number =>
  Number(b.back) - Number(a.back) || a.z - b.z || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** A shape, a writing or an image as it is drawn, before anything was done to it. */
export function drawnOf(item: PlainItem): Drawn {
  if (item.kind === 'image') {
    const { at, ...rest } = item;
    const [left, top, width, height] = at;
    const points = [left, top, 0.5, left + width, top + height, 0.5];
    return { ...PLAIN, ...rest, pen: 0, size: SIZES[0], points, pressure: false, sealed: true };
  }
  const { at, ...rest } = item;
  const points: number[] = [];
  for (let i = 0; i + 1 < at.length; i += 2) points.push(at[i] ?? 0, at[i + 1] ?? 0, 0.5);
  return { ...PLAIN, ...rest, points, pressure: false, sealed: true };
}

/** A shape, a writing or an image as it is stored, from the item as it is shown; null for ink. */
export function plainOf(item: Item): PlainItem | null {
  const { kind, points, page, pen, size, text, file, back, dash, fill } = item;
  if (kind === 'ink' || kind === 'highlighter') return null;
  // What was put in front or behind since keeps that as a change of its own.
  const z = Math.max(0, Math.round(item.z));
  const at = points.filter((_, i) => i % 3 !== 2);
  if (kind !== 'image') return { kind, z, page, pen, size, text, at, ...(isShape(kind) ? { dash, fill } : {}) };
  const [left = 0, top = 0, , right = 1, bottom = 1] = points;
  return { kind, z, page, file, text, back, at: [left, top, right - left, bottom - top] };
}

export function readBoard(doc: Y.Doc): BoardReader {
  const strokes = doc.getMap<unknown>(STROKES);
  const erased = doc.getMap<unknown>(ERASED);
  const changes = doc.getMap<unknown>(CHANGES);
  const people = doc.getMap<unknown>(PEOPLE);
  const kept = new Map<string, Kept>();
  const changed = new Map<string, Partial<Aspects>>();
  const listeners = new Set<(keys: ReadonlySet<string>, remote?: boolean) => void>();
  const counts = new Map<string, number>();
  /** Item → what each person has rubbed out of it, under the key that says so. */
  const rubbers = new Map<string, Map<string, readonly number[]>>();
  let top = 0;

  const tallyUp = ({ erased: gone, page }: Item, by: number): void => {
    if (!gone) counts.set(page, (counts.get(page) ?? 0) + by);
  };
  const forget = (key: string): void => {
    const old = kept.get(key);
    if (old) tallyUp(old.item, -1);
    kept.delete(key);
  };
  const compose = (key: string, drawn: Drawn): Item => {
    const { order, pen, size, dash, fill, place, group, lock, cuts } = changed.get(key) ?? {};
    return {
      ...drawn,
      key,
      z: order ?? drawn.z,
      pen: pen ?? drawn.pen,
      size: size ?? drawn.size,
      dash: dash ?? drawn.dash,
      fill: fill ?? drawn.fill,
      place: place ?? null,
      group: group ?? '',
      locked: lock ?? false,
      cuts: cuts ?? [],
      erased: erased.has(key),
    };
  };
  const keep = (key: string, next: Omit<Kept, 'item'>): void => {
    forget(key);
    const item = compose(key, next.drawn);
    kept.set(key, { ...next, item });
    tallyUp(item, 1);
    top = Math.max(top, Math.ceil(item.z));
  };

  const readLive = (key: string, live: Y.Array<unknown>): void => {
    const head = parseHead(live.get(0));
    if (!head) return forget(key);
    const old = kept.get(key);
    const fresh = !old || old.drawn.sealed || old.read > live.length;
    const points = fresh ? [] : old.points;
    const cursor = fresh ? inkStart() : old.cursor;
    const from = fresh ? 1 : old.read;
    for (const chunk of live.slice(from))
      if (chunk instanceof Uint8Array) decodeInk(chunk, cursor, head.pressure, points);
    const { highlighter, ...rest } = head;
    const kind = highlighter ? 'highlighter' : 'ink';
    const drawn: Drawn = { ...rest, ...PLAIN, kind, points, text: '', sealed: false };
    keep(key, { drawn, points, cursor, read: live.length });
  };

  const readPlain = (value: unknown): Drawn | null => {
    const sealed = parseSealed(value);
    if (sealed) {
      const { ink, highlighter, ...rest } = sealed;
      const points: number[] = [];
      decodeInk(ink, inkStart(), sealed.pressure, points);
      return { ...rest, ...PLAIN, kind: highlighter ? 'highlighter' : 'ink', points, text: '', sealed: true };
    }
    const plain = parsePlain(value);
    return plain && drawnOf(plain);
  };

  const read = (key: string): void => {
    const value = strokes.get(key);
    if (value instanceof Y.Array) return readLive(key, value);
    const drawn = readPlain(value);
    if (!drawn) return forget(key);
    keep(key, { drawn, points: [], cursor: inkStart(), read: 0 });
  };
  const again = (key: string): void => {
    const old = kept.get(key);
    if (old) keep(key, old);
  };

  /** What all have rubbed out of an item; null for nothing. */
  const rubbed = (entry: string, name: string, change: Change | undefined): readonly number[] | null => {
    const people = rubbers.get(entry) ?? new Map<string, readonly number[]>();
    if (change?.aspect === 'cuts' && change.value !== null) people.set(name, change.value);
    else people.delete(name);
    rubbers.set(entry, people);
    return people.size === 0 ? null : [...people.values()].reduce((all, own) => joinCuts(all, own));
  };

  const readChange = (name: string): string | null => {
    const at = parseChangeKey(name);
    if (!at) return null;
    const { [at.aspect]: _before, ...others } = changed.get(at.entry) ?? {};
    const found = parseChange(name, changes.get(name));
    const value = at.aspect === 'cuts' ? rubbed(at.entry, name, found?.change) : (found?.change.value ?? null);
    changed.set(at.entry, value === null ? others : { ...others, [at.aspect]: value });
    return at.entry;
  };

  // One report a transaction, whatever it touched: a seal and a mark may come together.
  let touched = new Set<string>();
  const onStrokes = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    const keys = new Set<string>();
    for (const event of events) {
      const inside = event.path[0];
      if (typeof inside === 'string') keys.add(inside);
      else for (const key of event.keys.keys()) keys.add(key);
    }
    for (const key of keys) {
      touched.add(key);
      read(key);
    }
  };
  const onErased = (event: Y.YMapEvent<unknown>): void => {
    for (const key of event.keysChanged) {
      if (typeof key !== 'string') continue;
      again(key);
      touched.add(key);
    }
  };
  const onChanges = (event: Y.YMapEvent<unknown>): void => {
    for (const name of event.keysChanged) {
      const key = typeof name === 'string' ? readChange(name) : null;
      if (key === null) continue;
      again(key);
      touched.add(key);
    }
  };
  const onPeople = (): void => void touched.add('');
  const report = ({ local }: Y.Transaction): void => {
    if (touched.size === 0) return;
    const keys = touched;
    touched = new Set();
    keys.delete('');
    for (const listener of listeners) listener(keys, !local);
  };

  for (const name of changes.keys()) readChange(name);
  for (const key of strokes.keys()) read(key);
  strokes.observeDeep(onStrokes);
  erased.observe(onErased);
  changes.observe(onChanges);
  people.observe(onPeople);
  doc.on('afterTransaction', report);

  const seenOn = (page: string | undefined): Item[] =>
    [...kept.values()]
      .map(({ item }) => item)
      .filter((item) => !item.erased && (page === undefined || item.page === page));

  return {
    get: (key) => kept.get(key)?.item,
    visible: (page) => seenOn(page).sort(byOrder),
    count: (page) =>
      page === undefined ? [...counts.values()].reduce((sum, count) => sum + count, 0) : (counts.get(page) ?? 0),
    top: () => top,
    author: (key) => authorOfEntry(doc, key),
    tally(page) {
      const tally = new Map<string | null, { name: string | null; count: number }>();
      for (const { key } of seenOn(page)) {
        const author = authorOfEntry(doc, key);
        const line = tally.get(author?.personId ?? null);
        if (line) line.count += 1;
        else tally.set(author?.personId ?? null, { name: author?.name ?? null, count: 1 });
      }
      return [...tally.values()].sort((a, b) => Number(a.name === null) - Number(b.name === null) || b.count - a.count);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    destroy() {
      strokes.unobserveDeep(onStrokes);
      erased.unobserve(onErased);
      changes.unobserve(onChanges);
      people.unobserve(onPeople);
      doc.off('afterTransaction', report);
      listeners.clear();
    },
  };
}

/**
 * The board's document.
 *
 * - `people`: see people.ts.
 * - `strokes`: entry key → a stroke being drawn (a Y.Array: its head, then chunks of ink), a sealed one (one plain value), or
 *   a shape, a writing or an image (one plain value, see items.ts). Sealing overwrites the entry, so the chunks are gone from the
 *   document and a stroke is one item.
 * - `erased`: entry key → the person who erased it. Erasing is a mark and never a deletion, so undoing it does not make
 *   the stroke somebody else's.
 * - `changes`: what was done to an item after it was drawn, see changes.ts.
 * - `pages`: see pages.ts.
 */
import { clientOfEntry } from './keys.ts';

export const STROKES = 'strokes';
export const ERASED = 'erased';
export const CHANGES = 'changes';
export const PAGES = 'pages';

/** The page that every board has; its key names nobody, so nobody is its author. */
export const FIRST_PAGE = '0.0';

/** In the order in which they are stored; the colours themselves are the page's (tokens `--pen-…`). */
export const PENS = ['ink', 'blue', 'red', 'green', 'violet'] as const;
export type Pen = (typeof PENS)[number];

/** Widths in logical pixels. */
export const SIZES = [3, 5, 10] as const;
export const MOST_SIZE = 64;

/** Bytes of ink in one stroke, and in one chunk; longer ones are begun anew by the page. */
export const MOST_INK = 60_000;
export const MOST_CHUNK = 4_096;

/** What every item says of itself. */
export interface ItemHead {
  /** Order of drawing: one more than the highest that the author saw. Ties are broken by the key. */
  readonly z: number;
  /** Index into PENS. */
  readonly pen: number;
  /** Width, logical pixels. */
  readonly size: number;
  /** Key of the page it stands on. */
  readonly page: string;
}

export interface StrokeHead extends Omit<ItemHead, 'page'> {
  /** FIRST_PAGE when absent. */
  readonly page?: string | undefined;
  /** Whether the ink carries pressure. */
  readonly pressure: boolean;
  /** Broad and see-through. */
  readonly highlighter?: boolean;
}

export interface SealedStroke extends StrokeHead {
  readonly page: string;
  readonly highlighter: boolean;
  readonly ink: Uint8Array;
}

/** The stored form of a head: `pg` is absent on the first page. */
export type StoredHead = { z: number; pen: number; size: number; pg?: string };
/** `p` is absent without pressure, `h` in plain ink, `ink` in a head. */
export type StoredStroke = StoredHead & { p?: 1; h?: 1; ink?: Uint8Array };

export function storeHead({ z, pen, size, page }: Omit<ItemHead, 'page'> & { page?: string | undefined }): StoredHead {
  return { z, pen, size, ...(page === undefined || page === FIRST_PAGE ? {} : { pg: page }) };
}

export function storeStroke(head: StrokeHead, ink?: Uint8Array): StoredStroke {
  return {
    ...storeHead(head),
    ...(head.pressure ? { p: 1 as const } : {}),
    ...(head.highlighter ? { h: 1 as const } : {}),
    ...(ink ? { ink } : {}),
  };
}

/** Order and page of an item, or null when the value is something else. */
export function parseStanding(value: unknown): Pick<ItemHead, 'z' | 'page'> | null {
  if (typeof value !== 'object' || value === null || !('z' in value)) return null;
  const { z } = value;
  if (typeof z !== 'number' || !Number.isSafeInteger(z) || z < 0 || z > 0x7fffffff) return null;
  const page = 'pg' in value ? value.pg : FIRST_PAGE;
  return typeof page === 'string' && clientOfEntry(page) !== null ? { z, page } : null;
}

/** What every item says of itself, or null when the value is something else. */
export function parseItemHead(value: unknown): ItemHead | null {
  const standing = parseStanding(value);
  if (!standing || typeof value !== 'object' || value === null || !('pen' in value) || !('size' in value)) return null;
  const { pen, size } = value;
  if (typeof pen !== 'number' || !Number.isInteger(pen) || pen < 0 || pen >= PENS.length) return null;
  if (typeof size !== 'number' || !(size > 0) || size > MOST_SIZE) return null;
  return { ...standing, pen, size };
}

/** The head of a stroke, or null when the value is something else. */
export function parseHead(value: unknown): Omit<SealedStroke, 'ink'> | null {
  const head = parseItemHead(value);
  if (!head || typeof value !== 'object' || value === null || 'k' in value) return null;
  return { ...head, pressure: 'p' in value && value.p === 1, highlighter: 'h' in value && value.h === 1 };
}

/** A sealed stroke, or null when the value is something else. */
export function parseSealed(value: unknown): SealedStroke | null {
  const head = parseHead(value);
  if (!head || typeof value !== 'object' || value === null || !('ink' in value)) return null;
  const { ink } = value;
  return ink instanceof Uint8Array && ink.length <= MOST_INK ? { ...head, ink } : null;
}

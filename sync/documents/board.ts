/**
 * The board's document.
 *
 * - `people`: see people.ts.
 * - `strokes`: entry key → a stroke being drawn (a Y.Array: its head, then chunks of ink) or a sealed one (one plain value).
 *   Sealing overwrites the entry, so the chunks are gone from the document and a stroke is one item.
 * - `erased`: entry key → the person who erased it. Erasing is a mark and never a deletion, so undoing it does not make
 *   the stroke somebody else's.
 */
export const STROKES = 'strokes';
export const ERASED = 'erased';

/** In the order in which they are stored; the colours themselves are the page's (tokens `--pen-…`). */
export const PENS = ['ink', 'blue', 'red', 'green', 'violet'] as const;
export type Pen = (typeof PENS)[number];

/** Widths in logical pixels. */
export const SIZES = [3, 5, 10] as const;
const MOST_SIZE = 64;

/** Bytes of ink in one stroke, and in one chunk; longer ones are begun anew by the page. */
export const MOST_INK = 60_000;
export const MOST_CHUNK = 4_096;

export interface StrokeHead {
  /** Order of drawing: one more than the highest that the author saw. Ties are broken by the key. */
  readonly z: number;
  /** Index into PENS. */
  readonly pen: number;
  /** Width, logical pixels. */
  readonly size: number;
  /** Whether the ink carries pressure. */
  readonly pressure: boolean;
}

export interface SealedStroke extends StrokeHead {
  readonly ink: Uint8Array;
}

/** The stored form: `p` is absent without pressure, `ink` is absent in a head. */
export type StoredStroke = { z: number; pen: number; size: number; p?: 1; ink?: Uint8Array };

export function storeStroke(head: StrokeHead, ink?: Uint8Array): StoredStroke {
  const { z, pen, size } = head;
  return { z, pen, size, ...(head.pressure ? { p: 1 as const } : {}), ...(ink ? { ink } : {}) };
}

/** The head of a stroke, or null when the value is something else. */
export function parseHead(value: unknown): StrokeHead | null {
  if (typeof value !== 'object' || value === null || !('z' in value) || !('pen' in value) || !('size' in value))
    return null;
  const { z, pen, size } = value;
  if (typeof z !== 'number' || !Number.isSafeInteger(z) || z < 0 || z > 0x7fffffff) return null;
  if (typeof pen !== 'number' || !Number.isInteger(pen) || pen < 0 || pen >= PENS.length) return null;
  if (typeof size !== 'number' || !(size > 0) || size > MOST_SIZE) return null;
  return { z, pen, size, pressure: 'p' in value && value.p === 1 };
}

/** A sealed stroke, or null when the value is something else. */
export function parseSealed(value: unknown): SealedStroke | null {
  const head = parseHead(value);
  if (!head || typeof value !== 'object' || value === null || !('ink' in value)) return null;
  const { ink } = value;
  return ink instanceof Uint8Array && ink.length <= MOST_INK ? { ...head, ink } : null;
}

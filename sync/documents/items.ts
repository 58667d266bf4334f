/** Shapes and writings: items of the board that are one plain value under their author's key from the first moment. */
import { parseItemHead, storeHead, type ItemHead, type StoredHead } from './board.ts';
import { INK_REACH } from './ink.ts';

/** Given by points. */
export const SHAPES = ['line', 'arrow', 'rectangle', 'ellipse', 'polygon'] as const;
/** Given by a corner and words: `maths` is LaTeX. */
export const WRITINGS = ['text', 'note', 'maths'] as const;
export type Shape = (typeof SHAPES)[number];
export type Writing = (typeof WRITINGS)[number];
export type Figure = Shape | Writing;

/** Numbers in one polygon. */
const MOST_NUMBERS = 400;
/** UTF-16 units; formulas are shorter, because laying one out is work for everybody who sees it. */
export const MOST_WORDS: Readonly<Record<Writing, number>> = { text: 4_000, note: 2_000, maths: 600 };

export interface FigureItem extends ItemHead {
  readonly kind: Figure;
  /** x, y, x, y …, logical pixels: the ends of a line, two opposite corners, the corners of a polygon, the corner of words. */
  readonly at: readonly number[];
  /** Empty in shapes. */
  readonly text: string;
}

export type StoredFigure = StoredHead & { k: Figure; at: number[]; text?: string };

export const isWriting = (kind: string): kind is Writing => WRITINGS.some((writing) => writing === kind);
export const isShape = (kind: string): kind is Shape => SHAPES.some((shape) => shape === kind);

/** Quarters of a pixel, as in ink; such numbers are short on the wire. */
const quarter = (value: number): number => Math.min(INK_REACH, Math.max(-INK_REACH, Math.round(value * 4) / 4));

export function storeFigure(item: FigureItem): StoredFigure {
  const at = item.at.map(quarter);
  const stored: StoredFigure = { k: item.kind, ...storeHead(item), at };
  return isWriting(item.kind) ? { ...stored, text: item.text.slice(0, MOST_WORDS[item.kind]) } : stored;
}

function fits(kind: Figure, count: number): boolean {
  if (isWriting(kind)) return count === 2;
  return kind === 'polygon' ? count >= 4 && count <= MOST_NUMBERS && count % 2 === 0 : count === 4;
}

/** A shape or a writing, or null when the value is something else. */
export function parseFigure(value: unknown): FigureItem | null {
  const head = parseItemHead(value);
  if (!head || typeof value !== 'object' || value === null || !('k' in value) || !('at' in value)) return null;
  const { k: kind, at } = value;
  if (typeof kind !== 'string' || !(isShape(kind) || isWriting(kind))) return null;
  if (!Array.isArray(at) || !fits(kind, at.length)) return null;
  const numbers: number[] = [];
  for (const one of at) {
    if (typeof one !== 'number' || !(Math.abs(one) <= INK_REACH)) return null;
    numbers.push(one);
  }
  if (isShape(kind)) return { ...head, kind, at: numbers, text: '' };
  const text = 'text' in value ? value.text : null;
  if (typeof text !== 'string' || text.length > MOST_WORDS[kind]) return null;
  return { ...head, kind, at: numbers, text };
}

/** Shapes, writings and images: items of the board that are one plain value under their author's key from the first moment. */
import { FIRST_PAGE, parseItemHead, parseStanding, storeHead, type ItemHead, type StoredHead } from './board.ts';
import { isFileId } from './file-ids.ts';
import { INK_REACH } from './ink.ts';

/** Given by points. */
export const SHAPES = ['line', 'arrow', 'rectangle', 'ellipse', 'polygon'] as const;
/** Given by a corner and words: `maths` is LaTeX. */
export const WRITINGS = ['text', 'note', 'maths'] as const;
export type Shape = (typeof SHAPES)[number];
export type Writing = (typeof WRITINGS)[number];
export type Figure = Shape | Writing;

/** How the line of a shape runs, and what is within it: a tint that lets through what lies below. */
export const DASHES = ['solid', 'dashed', 'dotted'] as const;
export const FILLS = ['none', 'tint'] as const;
/** Numbers of dashes and fills, those of later versions included: an item with one is drawn plain, and keeps it. */
export const MOST_STYLES = 16;

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
  /** Of a shape: index into DASHES. */
  readonly dash?: number;
  /** Of a shape: index into FILLS. */
  readonly fill?: number;
}

/** `d` is absent in solid lines, `f` where nothing is filled. */
export type StoredFigure = StoredHead & { k: Figure; at: number[]; text?: string; d?: number; f?: number };

export const isWriting = (kind: string): kind is Writing => WRITINGS.some((writing) => writing === kind);
export const isShape = (kind: string): kind is Shape => SHAPES.some((shape) => shape === kind);

/** Quarters of a pixel, as in ink; such numbers are short on the wire. */
const quarter = (value: number): number => Math.min(INK_REACH, Math.max(-INK_REACH, Math.round(value * 4) / 4));

export function storeFigure(item: FigureItem): StoredFigure {
  const at = item.at.map(quarter);
  const stored: StoredFigure = { k: item.kind, ...storeHead(item), at };
  if (isWriting(item.kind)) return { ...stored, text: item.text.slice(0, MOST_WORDS[item.kind]) };
  const { dash = 0, fill = 0 } = item;
  return { ...stored, ...(dash === 0 ? {} : { d: dash }), ...(fill === 0 ? {} : { f: fill }) };
}

/** Whether this is the number of a dash or a fill, of this version or another. */
export const isStyle = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MOST_STYLES;

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
  if (isShape(kind)) {
    const dash = 'd' in value ? value.d : 0;
    const fill = 'f' in value ? value.f : 0;
    return isStyle(dash) && isStyle(fill) ? { ...head, kind, at: numbers, text: '', dash, fill } : null;
  }
  const text = 'text' in value ? value.text : null;
  if (typeof text !== 'string' || text.length > MOST_WORDS[kind]) return null;
  return { ...head, kind, at: numbers, text };
}

/** A picture that was uploaded; the document holds its file's id only. */
export interface ImageItem extends Pick<ItemHead, 'z' | 'page'> {
  readonly kind: 'image';
  /** Left, top, width and height, logical pixels. */
  readonly at: readonly [left: number, top: number, width: number, height: number];
  readonly file: string;
  /** What to call it where it cannot be seen; may be empty. */
  readonly text: string;
  /** Under everything else, and not picked by accident. */
  readonly back: boolean;
}

/** `pg` is absent on the first page, `text` without words, `back` in front. */
export type StoredImage = {
  k: 'image';
  z: number;
  pg?: string;
  at: number[];
  file: string;
  text?: string;
  back?: 1;
};

export type PlainItem = FigureItem | ImageItem;

/** UTF-16 units of an image's words. */
export const MOST_CAPTION = 120;

export function storeImage({ z, page, at, file, text, back }: ImageItem): StoredImage {
  const [left, top, width, height] = at;
  return {
    k: 'image',
    z,
    ...(page === FIRST_PAGE ? {} : { pg: page }),
    // Never squeezed to nothing by the rounding.
    at: [quarter(left), quarter(top), Math.max(0.25, quarter(width)), Math.max(0.25, quarter(height))],
    file,
    ...(text === '' ? {} : { text: text.slice(0, MOST_CAPTION) }),
    ...(back ? { back: 1 as const } : {}),
  };
}

const isReach = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= INK_REACH;

/** An image, or null when the value is something else. */
export function parseImage(value: unknown): ImageItem | null {
  const standing = parseStanding(value);
  if (!standing || typeof value !== 'object' || value === null) return null;
  if (!('k' in value) || value.k !== 'image' || !('at' in value) || !('file' in value)) return null;
  const { at, file } = value;
  if (!isFileId(file) || !Array.isArray(at) || at.length !== 4) return null;
  const [left, top, width, height]: unknown[] = at;
  if (!isReach(left) || !isReach(top) || !isReach(width) || !isReach(height) || width <= 0 || height <= 0) return null;
  const text = 'text' in value ? value.text : '';
  if (typeof text !== 'string' || text.length > MOST_CAPTION) return null;
  return {
    ...standing,
    kind: 'image',
    at: [left, top, width, height],
    file,
    text,
    back: 'back' in value && value.back === 1,
  };
}

export const storePlain = (item: PlainItem): StoredFigure | StoredImage =>
  item.kind === 'image' ? storeImage(item) : storeFigure(item);

/** A shape, a writing or an image, or null when the value is something else. */
export const parsePlain = (value: unknown): PlainItem | null => parseFigure(value) ?? parseImage(value);

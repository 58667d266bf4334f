/**
 * The board's picture on any 2D context: the page's canvas, the recorder's, a thumbnail's, a file's. What it draws depends
 * on nothing but its arguments.
 */
import type { Item } from '../documents/board-reader.ts';
import type { Paper } from '../documents/pages.ts';
import { around, boxOfScreen, overlaps, type Box, type Camera, type Size } from './camera.ts';
import { NO_PICTURES, type Pictures } from './image.ts';
import { boxOfItem, drawItem, type Context2D, type Palette } from './item.ts';
import type { Lettering } from './words.ts';

export interface BoardPicture {
  readonly items: Iterable<Item>;
  readonly camera: Camera;
  /** CSS pixels. */
  readonly screen: Size;
  /** Device pixels a CSS pixel. */
  readonly scale: number;
  readonly palette: Palette;
  readonly paper: Paper;
  readonly letters: Lettering;
  /** Without it, images are boxes. */
  readonly pictures?: Pictures;
}

/** Logical pixels between the dots and lines of the ground. */
export const DOT_GAP = 28;

/** Sets the context to the board's logical coordinates. */
export function setCamera(context: Context2D, camera: Camera, scale: number): void {
  const factor = camera.zoom * scale;
  context.setTransform(factor, 0, 0, factor, -camera.x * factor, -camera.y * factor);
}

type Ground = Pick<BoardPicture, 'camera' | 'screen' | 'scale' | 'palette' | 'paper'>;

/**
 * The ground: its colour, and paper that stays put while one moves about. Sparse when far away, so it never turns grey.
 * `part`, in CSS pixels of the screen: nothing outside it needs to be drawn.
 */
export function drawGround(context: Context2D, picture: Ground, part?: Box): void {
  const { camera, screen, scale, palette, paper } = picture;
  const left = Math.max(0, part?.left ?? 0);
  const top = Math.max(0, part?.top ?? 0);
  const right = Math.min(screen.width, part?.right ?? screen.width);
  const bottom = Math.min(screen.height, part?.bottom ?? screen.height);
  if (right <= left || bottom <= top) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  if (palette.ground === null) context.clearRect(left, top, right - left, bottom - top);
  else {
    context.fillStyle = palette.ground;
    context.fillRect(left, top, right - left, bottom - top);
  }
  if (palette.dots === null || paper === 'plain') return;
  let gap = DOT_GAP;
  while (gap * camera.zoom < 18) gap *= 2;
  while (gap * camera.zoom > 56) gap /= 2;
  const step = gap * camera.zoom;
  // From the first one that reaches into the part: a dot is two pixels wide.
  const first = (from: number, offset: number): number =>
    (Math.ceil((from + offset / camera.zoom) / gap) * gap - from) * camera.zoom;
  const startX = first(camera.x, left - 1);
  const startY = first(camera.y, top - 1);
  context.fillStyle = palette.dots;
  if (paper === 'dots') {
    context.beginPath();
    for (let y = startY; y < bottom + 1; y += step)
      for (let x = startX; x < right + 1; x += step) {
        context.moveTo(x + 1, y);
        context.arc(x, y, 1, 0, 2 * Math.PI);
      }
    context.fill();
    return;
  }
  // Whole pixels, for crisp lines.
  for (let y = startY; y < bottom + 1; y += step) context.fillRect(left, Math.round(y), right - left, 1);
  if (paper === 'grid')
    for (let x = startX; x < right + 1; x += step) context.fillRect(Math.round(x), top, 1, bottom - top);
}

/** The whole picture. */
export function drawBoard(context: Context2D, picture: BoardPicture): void {
  const { items, camera, screen, scale, palette, letters, pictures = NO_PICTURES } = picture;
  drawGround(context, picture);
  setCamera(context, camera, scale);
  const seen = boxOfScreen(camera, screen);
  for (const item of items) {
    const box = boxOfItem(item, letters);
    if (box && overlaps(box, seen)) drawItem(context, item, palette, letters, undefined, pictures);
  }
}

/** The box around items, or null when there is nothing of them. */
export function boxOfItems(items: Iterable<Item>, letters: Lettering): Box | null {
  let whole: Box | null = null;
  for (const item of items) {
    const box = boxOfItem(item, letters);
    if (box) whole = whole ? around(whole, box) : box;
  }
  return whole;
}

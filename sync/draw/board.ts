/**
 * The board's picture on any 2D context: the page's canvas, the recorder's, a thumbnail's. What it draws depends on
 * nothing but its arguments.
 */
import type { Stroke } from '../documents/board-reader.ts';
import { boxOfScreen, overlaps, type Camera, type Size } from './camera.ts';
import { boxOfStroke, traceStroke, type PathSink } from './stroke.ts';

/** The part of CanvasRenderingContext2D that is used; @napi-rs/canvas has it too. */
export interface Context2D extends PathSink {
  fillStyle: unknown;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  beginPath(): void;
  fill(): void;
}

/** Colours as the context understands them, one a pen in the order of PENS. */
export interface Palette {
  readonly pens: readonly string[];
  /** Null leaves the ground transparent. */
  readonly ground: string | null;
  readonly dots: string | null;
}

export interface BoardPicture {
  readonly strokes: Iterable<Stroke>;
  readonly camera: Camera;
  /** CSS pixels. */
  readonly screen: Size;
  /** Device pixels a CSS pixel. */
  readonly scale: number;
  readonly palette: Palette;
}

/** Logical pixels between the dots of the ground. */
export const DOT_GAP = 28;

/** Sets the context to the board's logical coordinates. */
export function setCamera(context: Context2D, camera: Camera, scale: number): void {
  const factor = camera.zoom * scale;
  context.setTransform(factor, 0, 0, factor, -camera.x * factor, -camera.y * factor);
}

/** Fills one stroke; the context must be in logical coordinates. */
export function drawStroke(context: Context2D, stroke: Stroke, palette: Palette): void {
  context.fillStyle = palette.pens[stroke.pen] ?? palette.pens[0];
  context.beginPath();
  traceStroke(context, stroke);
  context.fill();
}

/** The ground: its colour, and dots that stay put while one moves about. Sparse when far away, so they never turn grey. */
export function drawGround(context: Context2D, picture: Omit<BoardPicture, 'strokes'>): void {
  const { camera, screen, scale, palette } = picture;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  if (palette.ground === null) context.clearRect(0, 0, screen.width, screen.height);
  else {
    context.fillStyle = palette.ground;
    context.fillRect(0, 0, screen.width, screen.height);
  }
  if (palette.dots === null) return;
  let gap = DOT_GAP;
  while (gap * camera.zoom < 18) gap *= 2;
  while (gap * camera.zoom > 56) gap /= 2;
  const step = gap * camera.zoom;
  const startX = (Math.ceil(camera.x / gap) * gap - camera.x) * camera.zoom;
  const startY = (Math.ceil(camera.y / gap) * gap - camera.y) * camera.zoom;
  context.fillStyle = palette.dots;
  context.beginPath();
  for (let y = startY; y < screen.height; y += step)
    for (let x = startX; x < screen.width; x += step) {
      context.moveTo(x + 1, y);
      context.arc(x, y, 1, 0, 2 * Math.PI);
    }
  context.fill();
}

/** The whole picture. */
export function drawBoard(context: Context2D, picture: BoardPicture): void {
  const { strokes, camera, screen, scale, palette } = picture;
  drawGround(context, picture);
  setCamera(context, camera, scale);
  const seen = boxOfScreen(camera, screen);
  for (const stroke of strokes) {
    const box = boxOfStroke(stroke);
    if (box && overlaps(box, seen)) drawStroke(context, stroke, palette);
  }
}

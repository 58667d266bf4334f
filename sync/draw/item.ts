/** One item of the board, whatever it is: its picture on any 2D context, its box, and what touches it. Pure. */
import type { Item } from '../documents/board-reader.ts';
import { FILLS, isShape } from '../documents/items.ts';
import type { Box } from './camera.ts';
import { keptPieces } from './cuts.ts';
import { NO_PICTURES, drawPicture, frameOf, type Pictures } from './image.ts';
import { applied, boxThrough, growth, inverse } from './matrix.ts';
import { dashOf, isClosed, isWithin, outlineOf, traceShape } from './shape.ts';
import { boxOfPoints, comesNear, traceMiddle, traceStroke, type PathSink } from './stroke.ts';
import { setWords, traceFormula, type Lettering } from './words.ts';

/** The part of CanvasRenderingContext2D that is used; @napi-rs/canvas has it too. */
export interface Context2D extends PathSink {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  lineCap: 'butt' | 'round' | 'square';
  lineJoin: 'bevel' | 'miter' | 'round';
  /** Pieces and gaps, in the units of the path; none for a solid line. */
  setLineDash(segments: number[]): void;
  globalAlpha: number;
  font: string;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  transform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  save(): void;
  restore(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  beginPath(): void;
  fill(): void;
  stroke(): void;
  fillText(text: string, x: number, y: number): void;
  /** A picture as the given `Pictures` have it. */
  drawImage(picture: object, x: number, y: number, width: number, height: number): void;
}

/** Colours as the context understands them, one a pen in the order of PENS. */
export interface Palette {
  readonly pens: readonly string[];
  /** Grounds of sticky notes, one a pen. */
  readonly notes: readonly string[];
  /** Null leaves the ground transparent. */
  readonly ground: string | null;
  /** Dots and lines of the paper; null for none. */
  readonly dots: string | null;
}

/** A marker is this many pens wide, and lets this much through. */
const MARKER = 4;
const MARKER_ALPHA = 0.32;

/** What is filled lets this much through. */
const FILL_ALPHA = 0.18;

/** Whether something of a fill is to be seen. A fill that is not known is none. */
const isFilled = ({ kind, fill }: Item): boolean => isClosed(kind) && FILLS[fill] === 'tint';

const isInk = ({ kind }: Item): boolean => kind === 'ink' || kind === 'highlighter';

/** Width of the line where the item is now. */
export const widthOf = (item: Pick<Item, 'kind' | 'size' | 'place'>): number =>
  item.size * (item.kind === 'highlighter' ? MARKER : 1) * (item.place ? growth(item.place) : 1);

/** Ink where it is now. */
function placed({ points, place }: Item, drawn = points): readonly number[] {
  if (!place) return drawn;
  const out: number[] = [];
  for (let i = 0; i + 2 < drawn.length; i += 3) {
    const { x, y } = applied(place, drawn[i] ?? 0, drawn[i + 1] ?? 0);
    out.push(x, y, drawn[i + 2] ?? 0.5);
  }
  return out;
}

/** Whether there is a path to trace: writings and images have none. */
export const hasPath = (item: Item): boolean => isShape(item.kind) || isInk(item);

/** Traces the path of ink or a shape. */
export function traceItem(sink: PathSink, item: Item): void {
  if (isShape(item.kind)) return traceShape(sink, item.kind, item.points, item.place, widthOf(item));
  if (!isInk(item)) return;
  for (const piece of keptPieces(item.points, item.cuts)) {
    const points = placed(item, piece);
    if (item.kind === 'highlighter') traceMiddle(sink, points);
    else traceStroke(sink, { points, size: widthOf(item), pressure: item.pressure });
  }
}

/** Fills or strokes what was traced before, as with a Path2D. */
export interface Traced {
  fill(): void;
  stroke(): void;
}

/** What is not known to be kept yet lets this much through. */
const FAINT_ALPHA = 0.45;

/**
 * Draws one item; the context must be in logical coordinates.
 *
 * @param faint it is not known to be kept yet.
 */
export function drawItem(
  context: Context2D,
  item: Item,
  palette: Palette,
  letters: Lettering,
  traced?: Traced,
  pictures: Pictures = NO_PICTURES,
  faint = false,
): void {
  context.globalAlpha = faint ? FAINT_ALPHA : 1;
  drawOne(context, item, palette, letters, traced, pictures);
  context.globalAlpha = 1;
}

function drawOne(
  context: Context2D,
  item: Item,
  palette: Palette,
  letters: Lettering,
  traced: Traced | undefined,
  pictures: Pictures,
): void {
  const colour = palette.pens[item.pen] ?? palette.pens[0];
  const trace = (): void => {
    context.beginPath();
    traceItem(context, item);
  };
  const path: Traced = traced ?? {
    fill: () => {
      trace();
      context.fill();
    },
    stroke: () => {
      trace();
      context.stroke();
    },
  };
  switch (item.kind) {
    case 'ink':
      context.fillStyle = colour;
      return path.fill();
    case 'text':
    case 'note':
    case 'maths':
      return drawWords(context, item, palette, letters);
    case 'image':
      return drawPicture(context, item, palette, pictures);
    default:
      if (isFilled(item)) {
        const { globalAlpha } = context;
        context.globalAlpha = globalAlpha * FILL_ALPHA;
        context.fillStyle = colour;
        path.fill();
        context.globalAlpha = globalAlpha;
      }
      context.strokeStyle = colour;
      context.lineWidth = widthOf(item);
      context.lineCap = 'round';
      context.lineJoin = 'round';
      if (item.kind === 'highlighter') context.globalAlpha *= MARKER_ALPHA;
      strokeOf(context, item, path);
  }
}

/** In dashes, if it is a shape that has some; the head of an arrow has none. */
function strokeOf(context: Context2D, item: Item, path: Traced): void {
  const { kind, points, place, dash } = item;
  const width = widthOf(item);
  const dashes = isShape(kind) ? dashOf(dash, width) : [];
  if (dashes.length === 0) return path.stroke();
  const arrow = (part: 'line' | 'head'): void => {
    context.beginPath();
    traceShape(context, 'arrow', points, place, width, part);
    context.stroke();
  };
  context.setLineDash(dashes);
  if (kind === 'arrow') arrow('line');
  else path.stroke();
  context.setLineDash([]);
  if (kind === 'arrow') arrow('head');
}

function drawWords(context: Context2D, item: Item, palette: Palette, letters: Lettering): void {
  const { size, lines, formula, box } = setWords(item, letters);
  context.save();
  if (item.place) context.transform(...item.place);
  if (item.kind === 'note') {
    context.fillStyle = palette.notes[item.pen] ?? palette.notes[0];
    context.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  }
  context.fillStyle = palette.pens[item.kind === 'note' ? 0 : item.pen] ?? palette.pens[0];
  context.font = `${size}px ${letters.family}`;
  for (const { text, x, y } of lines) if (text !== '') context.fillText(text, x, y);
  if (formula) {
    context.beginPath();
    traceFormula(context, formula.picture, formula.x, formula.y, size);
    context.fill();
  }
  context.restore();
}

/** The box of words or an image, before it was moved. */
const plainBox = (item: Item, letters: Lettering): Box =>
  item.kind === 'image' ? frameOf(item) : setWords(item, letters).box;

/** The upright box around an item, or null when there is nothing of it. */
export function boxOfItem(item: Item, letters: Lettering): Box | null {
  const width = widthOf(item);
  if (isShape(item.kind)) return boxOfPoints(outlineOf(item.kind, item.points, item.place, width), width / 2);
  // Ink swells with pressure, so the box is a full width wider.
  if (isInk(item)) return boxOfPoints(placed(item), item.kind === 'ink' ? width : width / 2);
  return boxThrough(item.place, plainBox(item, letters));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Whether an item comes within `reach` logical pixels of the segment from a to b. */
export function touches(item: Item, a: Point, b: Point, reach: number, letters: Lettering): boolean {
  const width = widthOf(item);
  if (isShape(item.kind)) {
    const outline = outlineOf(item.kind, item.points, item.place, width);
    return (isFilled(item) && isWithin(outline, a)) || comesNear(outline, a, b, reach + width / 2);
  }
  if (isInk(item))
    return keptPieces(item.points, item.cuts).some((piece) => comesNear(placed(item, piece), a, b, reach + width / 2));
  const box = plainBox(item, letters);
  const back = item.place ? inverse(item.place) : null;
  return [a, b, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }].some((point) => {
    const { x, y } = back ? applied(back, point.x, point.y) : point;
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  });
}

/** Images on the board: the picture where there is one, and a box with a sign in it until then. Pure; pictures come in. */
import type { Item } from '../documents/board-reader.ts';
import type { Box } from './camera.ts';
import type { Context2D, Palette } from './item.ts';

/** What the context draws: an image source of a canvas, or an `Embedded` in a file. */
export type Picture = object;
/** The picture of a file; null while it is not here, or when there is none. */
export type Pictures = (file: string) => Picture | null;
export const NO_PICTURES: Pictures = () => null;

/** A picture as files take it. */
export interface Embedded {
  readonly type: 'image/jpeg' | 'image/png';
  readonly bytes: Uint8Array;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /**
   * What a PDF needs of a picture that is no JPEG of three colours: red, green and blue of each pixel from the top left, and
   * how much of it is there; null for all.
   */
  readonly samples: { readonly rgb: Uint8Array; readonly alpha: Uint8Array | null } | null;
}

export const isEmbedded = (picture: object): picture is Embedded => 'samples' in picture && 'bytes' in picture;

/** Where an image was put, before it was moved. */
export function frameOf({ points }: Pick<Item, 'points'>): Box {
  const [left = 0, top = 0, , right = 1, bottom = 1] = points;
  return { left, top, right, bottom };
}

/** The sign, logical pixels. */
const MOST_SIGN = 48;

/** Draws an image; the context must be in logical coordinates. */
export function drawPicture(context: Context2D, item: Item, palette: Palette, pictures: Pictures): void {
  const { left, top, right, bottom } = frameOf(item);
  const [width, height] = [right - left, bottom - top];
  const picture = pictures(item.file);
  context.save();
  if (item.place) context.transform(...item.place);
  if (picture) context.drawImage(picture, left, top, width, height);
  // A white page on white paper has an edge.
  if (!picture || item.back) {
    context.strokeStyle = palette.dots ?? palette.pens[0];
    context.lineWidth = picture ? 1 : 2;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.beginPath();
    corners(context, left, top, right, bottom);
    if (!picture) sign(context, left + width / 2, top + height / 2, Math.min(MOST_SIGN, width / 3, height / 3));
    context.stroke();
  }
  context.restore();
}

function corners(context: Context2D, left: number, top: number, right: number, bottom: number): void {
  context.moveTo(left, top);
  context.lineTo(right, top);
  context.lineTo(right, bottom);
  context.lineTo(left, bottom);
  context.closePath();
}

/** A hill and a sun. */
function sign(context: Context2D, x: number, y: number, size: number): void {
  const half = size / 2;
  context.moveTo(x - half, y + half);
  context.lineTo(x - half / 4, y - half / 3);
  context.lineTo(x + half / 4, y + half / 3);
  context.lineTo(x + half / 2, y);
  context.lineTo(x + half, y + half);
  context.moveTo(x + half * 0.8, y - half * 0.7);
  context.arc(x + half * 0.55, y - half * 0.7, half / 4, 0, 2 * Math.PI);
}

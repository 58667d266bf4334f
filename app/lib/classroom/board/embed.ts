/** Pictures of a board as files take them: the bytes as they are where a file can hold those, else made anew. */
import type { Item } from '#sync/documents/board-reader.ts';
import { NO_PICTURES, type Embedded, type Picture, type Pictures } from '#sync/draw/image.ts';
import type { BoardPictures } from './pictures.ts';

/** Larger ones without a clear place are kept as JPEG in a PDF, pixels. */
const MOST_SAMPLES = 4_000_000;
const QUALITY = 0.92;
/** Fetched and made ready at one time. */
const AT_ONCE = 3;

/** How many colours a JPEG has, by its header: 3 in all but prints and scans; 0 when it makes no sense. */
export function coloursOf(jpeg: Uint8Array): number {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  for (let at = 2; at + 9 < jpeg.length && jpeg[at] === 0xff;) {
    const marker = jpeg[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return jpeg[at + 9] ?? 0;
    at += marker === 0xff ? 1 : 2 + Math.max(2, view.getUint16(at + 2));
  }
  return 0;
}

function canvasOf(bitmap: ImageBitmap): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser has no canvas');
  context.drawImage(bitmap, 0, 0);
  return context;
}

async function bytesOf({ canvas }: CanvasRenderingContext2D, type: 'image/png' | 'image/jpeg'): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, QUALITY));
  if (!blob) throw new Error('A picture is too large for this browser');
  return new Uint8Array(await blob.arrayBuffer());
}

/** Red, green and blue apart from what is clear. */
function samplesOf(context: CanvasRenderingContext2D): { rgb: Uint8Array; alpha: Uint8Array | null } {
  const { width, height } = context.canvas;
  const { data } = context.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(width * height);
  let clear = false;
  for (let i = 0; i < alpha.length; i += 1) {
    rgb[3 * i] = data[4 * i] ?? 0;
    rgb[3 * i + 1] = data[4 * i + 1] ?? 0;
    rgb[3 * i + 2] = data[4 * i + 2] ?? 0;
    alpha[i] = data[4 * i + 3] ?? 255;
    clear ||= alpha[i] !== 255;
  }
  return { rgb, alpha: clear ? alpha : null };
}

async function embedded(blob: Blob, bitmap: ImageBitmap, kind: 'svg' | 'pdf'): Promise<Embedded> {
  const { width, height } = bitmap;
  const own = new Uint8Array(await blob.arrayBuffer());
  if (blob.type === 'image/jpeg' && (kind === 'svg' || coloursOf(own) === 3))
    return { type: 'image/jpeg', bytes: own, width, height, samples: null };
  if (kind === 'svg' && blob.type === 'image/png')
    return { type: 'image/png', bytes: own, width, height, samples: null };
  const context = canvasOf(bitmap);
  if (kind === 'svg')
    return { type: 'image/png', bytes: await bytesOf(context, 'image/png'), width, height, samples: null };
  const samples = samplesOf(context);
  if (samples.alpha === null && width * height > MOST_SAMPLES)
    return { type: 'image/jpeg', bytes: await bytesOf(context, 'image/jpeg'), width, height, samples: null };
  return { type: 'image/png', bytes: new Uint8Array(0), width, height, samples };
}

/** How a long work tells where it is, and how it is ended. */
export interface Course {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, of: number, what: 'picture' | 'page') => void;
}

/**
 * The pictures that these items name, for a canvas or inside a file. What cannot be had is left out and counted in `missing`.
 * `close` lets them go. @throws when it was ended.
 */
export async function picturesFor(
  items: readonly Item[],
  from: BoardPictures,
  kind: 'png' | 'svg' | 'pdf',
  { signal, onProgress }: Course,
): Promise<{ pictures: Pictures; missing: number; close: () => void }> {
  const files = new Set(items.flatMap((item) => (item.kind === 'image' ? [item.file] : [])));
  if (files.size === 0) return { pictures: NO_PICTURES, missing: 0, close: () => undefined };
  const found = new Map<string, Picture>();
  const open: ImageBitmap[] = [];
  const waiting = [...files];
  let done = 0;
  const take = async (file: string): Promise<void> => {
    try {
      const blob = await from.blob(file);
      const bitmap = blob && (await createImageBitmap(blob));
      if (!blob || !bitmap) return;
      if (kind === 'png') {
        open.push(bitmap);
        found.set(file, bitmap);
      } else {
        found.set(file, await embedded(blob, bitmap, kind));
        bitmap.close();
      }
    } catch (error) {
      console.warn('A picture is left out of the file:', error);
    }
  };
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined && !signal.aborted; file = waiting.shift()) {
      await take(file);
      onProgress((done += 1), files.size, 'picture');
    }
  };
  onProgress(0, files.size, 'picture');
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (signal.aborted) {
    open.forEach((bitmap) => bitmap.close());
    signal.throwIfAborted();
  }
  return {
    pictures: (file) => found.get(file) ?? null,
    missing: files.size - found.size,
    close: () => open.forEach((bitmap) => bitmap.close()),
  };
}

/** A picture on its way to the board, made ready in this browser: small enough, without what a camera wrote beside it. */

/** Longer sides are scaled down to this, pixels; no screen shows more. */
const MOST_SIDE = 4_096;
/** What the server takes, bytes. */
const MOST_BYTES = 10 * 1_048_576;
const QUALITY = 0.9;
/** Types that are sent as they came when they are small enough: nothing in them says where they were made. */
const AS_IT_IS: ReadonlySet<string> = new Set(['image/png', 'image/webp']);

export interface Prepared {
  readonly blob: Blob;
  /** Pixels, as it is to be seen. */
  readonly width: number;
  readonly height: number;
}

/** `code` is one of `m.files.problems`. */
export class CannotPrepare extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The canvas as a file. @throws when this browser cannot. */
export async function canvasFile(canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, quality));
  if (!blob) throw new CannotPrepare('picture-unreadable');
  return blob;
}

function drawn(bitmap: ImageBitmap, width: number, height: number, ground: string | null): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  if (!context) throw new CannotPrepare('picture-unreadable');
  if (ground !== null) {
    context.fillStyle = ground;
    context.fillRect(0, 0, width, height);
  }
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas;
}

/**
 * Photographs are written anew, because the camera's notes in them say where a child was; moving pictures become their first
 * one. @throws CannotPrepare
 */
export async function prepared(file: Blob): Promise<Prepared> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new CannotPrepare('picture-unreadable');
  }
  try {
    const part = Math.min(1, MOST_SIDE / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * part));
    const height = Math.max(1, Math.round(bitmap.height * part));
    if (part === 1 && file.size <= MOST_BYTES && AS_IT_IS.has(file.type)) return { blob: file, width, height };
    // A GIF, a PNG or a WebP may be clear in places; photographs are not.
    if (/^image\/(?:png|webp|gif)$/.test(file.type)) {
      const clear = await canvasFile(drawn(bitmap, width, height, null), 'image/png', 1);
      if (clear.size <= MOST_BYTES) return { blob: clear, width, height };
    }
    const plain = await canvasFile(drawn(bitmap, width, height, '#ffffff'), 'image/jpeg', QUALITY);
    if (plain.size > MOST_BYTES) throw new CannotPrepare('file-too-large');
    return { blob: plain, width, height };
  } finally {
    bitmap.close();
  }
}

/**
 * The board as a PDF file: a 2D context whose ink, shapes and formulas are paths. Words are small pictures, because no font
 * that a PDF may count on has every script. Colours must be `#rrggbb`.
 */
import type { Matrix } from '../documents/changes.ts';
import type { Size } from './camera.ts';
import { isEmbedded, type Embedded } from './image.ts';
import type { Context2D } from './item.ts';
import { IDENTITY, multiply } from './matrix.ts';

/** Words as a picture: where it stands around the start of the base line, logical pixels, and its samples. */
export interface TextPicture {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /** How much of the colour is at each sample, 0–255; rows from the top. */
  readonly alpha: Uint8Array;
}
export type PictureText = (text: string, font: string) => TextPicture | null;

export interface PdfPage {
  readonly size: Size;
  readonly content: string;
  readonly pictures: readonly { readonly name: string; readonly picture: TextPicture; readonly colour: Rgb }[];
  readonly images: ReadonlyMap<Embedded, string>;
  readonly alphas: ReadonlyMap<string, number>;
}

type Rgb = readonly [number, number, number];

const short = (value: number): string => String(Math.round(value * 1000) / 1000);
const CAPS = { butt: 0, round: 1, square: 2 } as const;
const JOINS = { miter: 0, round: 1, bevel: 2 } as const;
/** A circle's quarter as one curve. */
const ROUND = 0.5522847498;

function rgb(style: unknown): Rgb {
  const found = typeof style === 'string' ? /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(style) : null;
  const part = (i: number): number => Number.parseInt(found?.[i] ?? '0', 16) / 255;
  return [part(1), part(2), part(3)];
}

export class PdfContext implements Context2D {
  fillStyle: unknown = '#000000';
  strokeStyle: unknown = '#000000';
  lineWidth = 1;
  lineCap: 'butt' | 'round' | 'square' = 'butt';
  lineJoin: 'bevel' | 'miter' | 'round' = 'miter';
  globalAlpha = 1;
  font = '';
  private dashes = '';
  private readonly size: Size;
  private readonly pictureText: PictureText;
  private matrix: Matrix = IDENTITY;
  private readonly saved: Matrix[] = [];
  private path: string[] = [];
  private at: [number, number] = [0, 0];
  private readonly out: string[] = [];
  private readonly pictures: { name: string; picture: TextPicture; colour: Rgb }[] = [];
  private readonly images = new Map<Embedded, string>();
  private readonly alphas = new Map<string, number>();

  constructor(size: Size, pictureText: PictureText) {
    this.size = size;
    this.pictureText = pictureText;
  }

  setTransform(...matrix: [number, number, number, number, number, number]): void {
    this.matrix = matrix;
  }
  transform(...matrix: [number, number, number, number, number, number]): void {
    this.matrix = multiply(this.matrix, matrix);
  }
  save(): void {
    this.saved.push(this.matrix);
  }
  restore(): void {
    this.matrix = this.saved.pop() ?? this.matrix;
  }
  setLineDash(segments: number[]): void {
    this.dashes = segments.length === 0 ? '' : ` [${segments.map(short).join(' ')}] 0 d`;
  }
  beginPath(): void {
    this.path = [];
  }
  moveTo(x: number, y: number): void {
    this.step('m', x, y);
  }
  lineTo(x: number, y: number): void {
    this.step('l', x, y);
  }
  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void {
    const [fromX, fromY] = this.at;
    const third = (from: number, control: number): number => from + (2 / 3) * (control - from);
    this.step('c', third(fromX, cx), third(fromY, cy), third(x, cx), third(y, cy), x, y);
  }
  bezierCurveTo(...to: [number, number, number, number, number, number]): void {
    this.step('c', ...to);
  }
  /** Whole circles only: nothing else is drawn. */
  arc(x: number, y: number, r: number): void {
    const k = ROUND * r;
    this.step('m', x + r, y);
    this.step('c', x + r, y + k, x + k, y + r, x, y + r);
    this.step('c', x - k, y + r, x - r, y + k, x - r, y);
    this.step('c', x - r, y - k, x - k, y - r, x, y - r);
    this.step('c', x + k, y - r, x + r, y - k, x + r, y);
  }
  closePath(): void {
    this.path.push('h');
  }
  fill(): void {
    if (this.path.length > 0) this.put(`${rgb(this.fillStyle).map(short).join(' ')} rg ${this.path.join(' ')} f`);
  }
  stroke(): void {
    if (this.path.length === 0) return;
    const pen = `${short(this.lineWidth)} w ${CAPS[this.lineCap]} J ${JOINS[this.lineJoin]} j${this.dashes}`;
    this.put(`${rgb(this.strokeStyle).map(short).join(' ')} RG ${pen} ${this.path.join(' ')} S`);
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    const box = [x, y, width, height].map(short).join(' ');
    this.put(`${rgb(this.fillStyle).map(short).join(' ')} rg ${box} re f`);
  }
  /** There is nothing below. */
  clearRect(): void {}
  fillText(text: string, x: number, y: number): void {
    const picture = this.pictureText(text, this.font);
    if (!picture) return;
    const name = `T${this.pictures.length}`;
    this.pictures.push({ name, picture, colour: rgb(this.fillStyle) });
    const { left, top, width, height } = picture;
    this.show(name, x + left, y + top, width, height);
  }
  /** Only what is embedded. */
  drawImage(picture: object, x: number, y: number, width: number, height: number): void {
    if (!isEmbedded(picture)) return;
    const name = this.images.get(picture) ?? `I${this.images.size}`;
    this.images.set(picture, name);
    this.show(name, x, y, width, height);
  }

  page(): PdfPage {
    const { size, pictures, images, alphas } = this;
    // PDF counts from the bottom.
    return { size, pictures, images, alphas, content: `1 0 0 -1 0 ${short(size.height)} cm\n${this.out.join('\n')}` };
  }

  /** A PDF's picture stands on its feet in a square of one. */
  private show(name: string, x: number, y: number, width: number, height: number): void {
    this.put(`${[width, 0, 0, -height, x, y + height].map(short).join(' ')} cm /${name} Do`);
  }
  private step(letter: string, ...to: number[]): void {
    this.path.push(`${to.map(short).join(' ')} ${letter}`);
    this.at = [to.at(-2) ?? 0, to.at(-1) ?? 0];
  }
  private put(drawn: string): void {
    let alpha = '';
    if (this.globalAlpha !== 1) {
      const name = `A${Math.round(this.globalAlpha * 100)}`;
      this.alphas.set(name, this.globalAlpha);
      alpha = `/${name} gs `;
    }
    const matrix = this.matrix.map((value) => String(Math.round(value * 1e5) / 1e5)).join(' ');
    this.out.push(`q ${alpha}${matrix} cm ${drawn} Q`);
  }
}

const text = new TextEncoder();

/** Compresses with zlib, as browsers and Node both can. */
async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The file. Points are logical pixels. */
export async function pdfOf(pages: readonly PdfPage[]): Promise<Uint8Array> {
  const objects: Uint8Array[] = [];
  const add = (...parts: (string | Uint8Array)[]): number => {
    objects.push(joined(parts.map((part) => (typeof part === 'string' ? text.encode(part) : part))));
    return objects.length;
  };
  const stream = async (head: string, bytes: Uint8Array): Promise<number> => {
    const packed = await deflated(bytes);
    const start = `<< ${head} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`;
    return add(start, packed, '\nendstream');
  };
  const shapeOf = (columns: number, rows: number): string =>
    `/Type /XObject /Subtype /Image /Width ${columns} /Height ${rows} /BitsPerComponent 8`;
  const embedded = new Map<Embedded, number>();
  /** Once in the file, on however many pages it is. */
  const embed = async (image: Embedded): Promise<number> => {
    const there = embedded.get(image);
    if (there !== undefined) return there;
    const { width, height, bytes, samples } = image;
    const shape = `${shapeOf(width, height)} /ColorSpace /DeviceRGB`;
    let made: number;
    if (samples) {
      const mask = samples.alpha && (await stream(`${shapeOf(width, height)} /ColorSpace /DeviceGray`, samples.alpha));
      made = await stream(mask === null ? shape : `${shape} /SMask ${mask} 0 R`, samples.rgb);
    } else made = add(`<< ${shape} /Filter /DCTDecode /Length ${bytes.length} >>\nstream\n`, bytes, '\nendstream');
    embedded.set(image, made);
    return made;
  };
  // The catalogue is the first object and the list of pages the second; they are filled in at the end.
  add('');
  add('');
  const kids: number[] = [];
  for (const { size, content, pictures, images, alphas } of pages) {
    const shown: string[] = [];
    for (const { name, picture, colour } of pictures) {
      const { columns, rows, alpha } = picture;
      const shape = shapeOf(columns, rows);
      const mask = await stream(`${shape} /ColorSpace /DeviceGray`, alpha);
      const samples = new Uint8Array(columns * rows * 3);
      for (let i = 0; i < samples.length; i += 1) samples[i] = Math.round((colour[i % 3] ?? 0) * 255);
      shown.push(`/${name} ${await stream(`${shape} /ColorSpace /DeviceRGB /SMask ${mask} 0 R`, samples)} 0 R`);
    }
    for (const [image, name] of images) shown.push(`/${name} ${await embed(image)} 0 R`);
    const states = [...alphas].map(([name, alpha]) => `/${name} << /CA ${short(alpha)} /ca ${short(alpha)} >>`);
    const body = await stream('', text.encode(content));
    const resources = `<< /XObject << ${shown.join(' ')} >> /ExtGState << ${states.join(' ')} >> >>`;
    const box = `[0 0 ${short(size.width)} ${short(size.height)}]`;
    kids.push(add(`<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Resources ${resources} /Contents ${body} 0 R >>`));
  }
  objects[0] = text.encode('<< /Type /Catalog /Pages 2 0 R >>');
  objects[1] = text.encode(
    `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`,
  );
  return written(objects);
}

function written(objects: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [text.encode('%PDF-1.7\n')];
  let at = parts[0]?.length ?? 0;
  const offsets: number[] = [];
  for (const [i, object] of objects.entries()) {
    offsets.push(at);
    const whole = joined([text.encode(`${i + 1} 0 obj\n`), object, text.encode('\nendobj\n')]);
    parts.push(whole);
    at += whole.length;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const end = `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`;
  return joined([...parts, text.encode(end)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

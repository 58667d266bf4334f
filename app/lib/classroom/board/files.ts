/** The board as files: a page as a picture or a drawing, all pages as a PDF or each as a file of its own. Always on white paper, in the light colours. */
import type { BoardReader } from '#sync/documents/board-reader.ts';
import type { BoardPage } from '#sync/documents/pages.ts';
import { boxOfItems, drawBoard, type BoardPicture } from '#sync/draw/board.ts';
import { FRAME, type Box } from '#sync/draw/camera.ts';
import type { Palette } from '#sync/draw/item.ts';
import { PdfContext, pdfOf, type TextPicture } from '#sync/draw/pdf.ts';
import { SvgContext } from '#sync/draw/svg.ts';
import { picturesFor, type Course } from './embed.ts';
import type { Letters } from './lettering.ts';
import { readPalette } from './palette.ts';
import type { BoardPictures } from './pictures.ts';
import { Zip } from './zip.ts';

export const FILE_KINDS = ['png', 'svg', 'pdf'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** Logical pixels around what is drawn. */
const MARGIN = 32;
/** Device pixels a logical one in a picture, and how many there may be in all: phones refuse more. */
const SHARP = 2;
const MOST_PIXELS = 30_000_000;
/** No side of a file is longer: a page of a PDF by its rules, a picture because browsers leave it empty. */
const MOST_SIDE = 14_000;
/** Words in a PDF, samples a logical pixel. */
const WORDS_SHARP = 4;
const MOST_COLUMNS = 4_096;

export interface BoardSource {
  readonly reader: BoardReader;
  readonly pages: readonly BoardPage[];
  readonly letters: Letters;
  readonly pictures: BoardPictures;
  /** An element of the page, whose tokens are read. */
  readonly root: HTMLElement;
}

function canvasOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser has no canvas');
  return context;
}

/** `#rrggbb` of any colour that a canvas understands. */
function hexOf(context: CanvasRenderingContext2D, colour: string): string {
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const { data } = context.getImageData(0, 0, 1, 1);
  return `#${[...data.subarray(0, 3)].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function lightPalette(root: HTMLElement): Palette {
  const probe = document.createElement('div');
  probe.dataset['theme'] = 'light';
  probe.hidden = true;
  root.append(probe);
  const palette = readPalette(probe);
  probe.remove();
  const context = canvasOf(1, 1);
  const hex = (colour: string): string => hexOf(context, colour);
  return {
    pens: palette.pens.map(hex),
    notes: palette.notes.map(hex),
    ground: '#ffffff',
    dots: palette.dots === null ? null : hex(palette.dots),
  };
}

/** As it was drawn, unless that is too large for any file. */
export const zoomOf = ({ left, top, right, bottom }: Box): number =>
  Math.min(1, MOST_SIDE / Math.max(right - left, bottom - top));

/** A page as it is drawn into a file: as large as what is on it, at least what every screen shows of an empty one. */
function pictureOf({ reader, letters }: BoardSource, { key, paper }: BoardPage, palette: Palette): BoardPicture {
  const items = reader.visible(key);
  const found = boxOfItems(items, letters);
  const box: Box = found
    ? { left: found.left - MARGIN, top: found.top - MARGIN, right: found.right + MARGIN, bottom: found.bottom + MARGIN }
    : FRAME;
  const zoom = zoomOf(box);
  return {
    items,
    letters,
    camera: { x: box.left, y: box.top, zoom },
    screen: { width: Math.ceil((box.right - box.left) * zoom), height: Math.ceil((box.bottom - box.top) * zoom) },
    scale: 1,
    // Dots guide the hand; on paper they would be thousands of specks.
    palette: paper === 'dots' ? { ...palette, dots: null } : palette,
    paper,
  };
}

function pictureText(text: string, font: string): TextPicture | null {
  const [size = '16px', ...family] = font.split(' ');
  const pixels = Number.parseFloat(size);
  const probe = canvasOf(1, 1);
  probe.font = font;
  const width = Math.ceil(probe.measureText(text).width) + 4;
  const sharp = Math.min(WORDS_SHARP, MOST_COLUMNS / width);
  const [columns, rows] = [Math.ceil(width * sharp), Math.ceil(pixels * 1.6 * sharp)];
  const context = canvasOf(columns, rows);
  context.font = `${pixels * sharp}px ${family.join(' ')}`;
  context.fillText(text, 2 * sharp, pixels * 1.1 * sharp);
  const { data } = context.getImageData(0, 0, columns, rows);
  const alpha = new Uint8Array(columns * rows);
  for (let i = 0; i < alpha.length; i += 1) alpha[i] = data[i * 4 + 3] ?? 0;
  return {
    left: -2,
    top: -pixels * 1.1,
    width: columns / sharp,
    height: rows / sharp,
    columns,
    rows,
    alpha,
  };
}

async function png(picture: BoardPicture): Promise<Blob> {
  const { width, height } = picture.screen;
  const scale = Math.min(SHARP, Math.sqrt(MOST_PIXELS / (width * height)), MOST_SIDE / Math.max(width, height));
  const context = canvasOf(Math.max(1, Math.floor(width * scale)), Math.max(1, Math.floor(height * scale)));
  drawBoard(context, { ...picture, scale });
  const blob = await new Promise<Blob | null>((done) => context.canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('The picture is too large for this browser');
  return blob;
}

export interface BoardFile {
  readonly blob: Blob;
  /** Pictures that could not be had and are boxes in it. */
  readonly missing: number;
}

/**
 * Makes the file of one page (`index`, from 0) or of all pages (null, and always for a PDF). @throws when this browser
 * cannot, and when it was ended.
 *
 * @param title what the files in a ZIP are called after.
 */
export function boardFile(
  source: BoardSource,
  index: number | null,
  kind: FileKind,
  course: Course,
  title = '',
): Promise<BoardFile> {
  if (kind === 'pdf') return fileOfPages(source, source.pages, kind, course);
  if (index === null) return everyPage(source, kind, title, course);
  const page = source.pages[index];
  return fileOfPages(source, page ? [page] : [], kind, course);
}

/** Each page as a file of its own, in a ZIP. One after the other: their pictures would not all be in memory at once. */
async function everyPage(
  source: BoardSource,
  kind: Exclude<FileKind, 'pdf'>,
  title: string,
  { signal, onProgress }: Course,
): Promise<BoardFile> {
  const zip = new Zip(new Date());
  const { pages } = source;
  let missing = 0;
  for (const [i, page] of pages.entries()) {
    signal.throwIfAborted();
    onProgress(i, pages.length, 'page');
    const file = await fileOfPages(source, [page], kind, { signal, onProgress: () => undefined });
    missing += file.missing;
    await zip.add(fileName(title, i, kind, pages.length), file.blob, kind === 'png');
  }
  return { blob: zip.end(), missing };
}

async function fileOfPages(
  source: BoardSource,
  pages: readonly BoardPage[],
  kind: FileKind,
  course: Course,
): Promise<BoardFile> {
  const { reader, letters, root } = source;
  const items = pages.flatMap(({ key }) => reader.visible(key));
  if (items.some((item) => item.kind === 'maths')) await letters.load();
  const palette = lightPalette(root);
  const { pictures, missing, close } = await picturesFor(items, source.pictures, kind, course);
  try {
    const drawn = pages.map((one) => ({ ...pictureOf(source, one, palette), pictures }));
    return { blob: await fileOf(drawn, kind, letters), missing };
  } finally {
    close();
  }
}

async function fileOf(drawn: readonly BoardPicture[], kind: FileKind, letters: Letters): Promise<Blob> {
  if (kind === 'pdf') {
    const pages = drawn.map((picture) => {
      const context = new PdfContext(picture.screen, pictureText);
      drawBoard(context, picture);
      return context.page();
    });
    return new Blob([Uint8Array.from(await pdfOf(pages))], { type: 'application/pdf' });
  }
  const [picture] = drawn;
  if (!picture) throw new Error('There is no such page');
  if (kind === 'png') return png(picture);
  const context = new SvgContext((text, size) => letters.measure(text, size));
  drawBoard(context, picture);
  return new Blob([context.toString(picture.screen)], { type: 'image/svg+xml' });
}

/**
 * What to call a file: after what the board is about, and its page (from 0) unless all are in it.
 *
 * @param of pages that are saved together: their files stand in order.
 */
export function fileName(title: string, index: number | null, kind: FileKind, of = 1): string {
  const said = title
    .replace(/[\p{C}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '')
    .slice(0, 80)
    .trim();
  const name = said === '' ? 'Board' : said;
  if (kind === 'pdf') return `${name}.pdf`;
  if (index === null) return `${name}, ${kind.toUpperCase()}.zip`;
  return `${name}, page ${String(index + 1).padStart(String(of).length, '0')}.${kind}`;
}

/** Hands a file to the person. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

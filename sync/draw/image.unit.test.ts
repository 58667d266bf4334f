import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { byOrder, readBoard, type Item } from '../documents/board-reader.ts';
import { addPage, changeItems, copyItems, putFigure, rewriteFigure } from '../documents/board-writer.ts';
import { FIRST_PAGE } from '../documents/board.ts';
import { parseImage, storeImage, type ImageItem } from '../documents/items.ts';
import { drawBoard, type BoardPicture } from './board.ts';
import type { Embedded, Pictures } from './image.ts';
import { boxOfItem, drawItem, touches } from './item.ts';
import { turned } from './matrix.ts';
import { PdfContext, pdfOf } from './pdf.ts';
import { SvgContext } from './svg.ts';
import { ROUGHLY } from './words.ts';

const FILE = 'f0123456789012345678901';
const ASHA = { personId: 'p-asha', name: 'Asha' };
const image = (more: Partial<ImageItem> = {}): ImageItem => ({
  kind: 'image',
  z: 1,
  page: FIRST_PAGE,
  at: [10, 20, 100, 50],
  file: FILE,
  text: 'triangle.png',
  back: false,
  ...more,
});

function boardOf(...images: ImageItem[]): Item[] {
  const doc = new Y.Doc();
  for (const one of images) putFigure(doc, ASHA, one);
  return readBoard(doc).visible();
}

describe('an image', () => {
  it('[D10] is stored with the id of its file, and read as it was put', () => {
    expect(storeImage(image())).toEqual({ k: 'image', z: 1, at: [10, 20, 100, 50], file: FILE, text: 'triangle.png' });
    expect(storeImage(image({ back: true, text: '', page: '1.0' }))).toEqual({
      k: 'image',
      z: 1,
      pg: '1.0',
      at: [10, 20, 100, 50],
      file: FILE,
      back: 1,
    });
    for (const one of [image(), image({ back: true, text: '', page: '1.0' })])
      expect(parseImage(storeImage(one))).toEqual(one);
    expect(boardOf(image())).toMatchObject([
      { kind: 'image', file: FILE, back: false, points: [10, 20, 0.5, 110, 70, 0.5], text: 'triangle.png' },
    ]);
  });

  it('[D10] that names an address, or makes no sense, is none', () => {
    const stored = storeImage(image());
    for (const nonsense of [
      { file: 'https://example.com/a.png' },
      { file: '../../etc/passwd' },
      { file: `${FILE}?x=1` },
      { file: undefined },
      { at: [0, 0, 0, 10] },
      { at: [0, 0, 10, -1] },
      { at: [0, 0, 10] },
      { at: [0, 0, 10, 1e9] },
      { at: [0, 0, Number.NaN, 10] },
      { z: -1 },
      { pg: 'nowhere' },
      { text: 'x'.repeat(121) },
      { text: 7 },
      { k: 'picture' },
    ])
      expect(parseImage({ ...stored, ...nonsense }), JSON.stringify(nonsense)).toBeNull();
  });

  it('[D10] in the background stands under everything, whatever its order; others stand where they were put', () => {
    const items = boardOf(image({ z: 1 }), image({ z: 9, back: true }), image({ z: 5 }));
    expect(items.map(({ z }) => z)).toEqual([9, 1, 5]);
    expect([...items].reverse().sort(byOrder)).toEqual(items);
  });

  it('[D9] is copied with its file, its words and its place; [D6] and rewritten by its author', () => {
    const doc = new Y.Doc();
    const board = readBoard(doc);
    const key = putFigure(doc, ASHA, image({ back: true }));
    const place = [2, 0, 0, 2, 5, 5] as const;
    changeItems(doc, ASHA, [
      { key, aspect: 'place', value: place },
      { key, aspect: 'lock', value: true },
    ]);
    const page = addPage(doc, ASHA, { order: 1, paper: 'plain', gone: false });
    copyItems(doc, ASHA, board.visible(FIRST_PAGE), { z: 7, page, move: (item) => item.place });
    expect(board.visible(page)).toMatchObject([
      {
        ...{ kind: 'image', file: FILE, back: true, text: 'triangle.png', z: 7, place },
        ...{ points: [10, 20, 0.5, 110, 70, 0.5], locked: true },
      },
    ]);
    rewriteFigure(doc, key, image({ back: false }));
    expect(board.get(key)).toMatchObject({ back: false, place });
  });

  it('is found inside its box, also when it is turned', () => {
    const [item] = boardOf(image());
    if (!item) throw new Error('an image');
    expect(boxOfItem(item, ROUGHLY)).toEqual({ left: 10, top: 20, right: 110, bottom: 70 });
    const hit = (one: Item, x: number, y: number): boolean => touches(one, { x, y }, { x, y }, 1, ROUGHLY);
    expect([hit(item, 60, 45), hit(item, 60, 75)]).toEqual([true, false]);
    const upright = { ...item, place: turned(Math.PI / 2, 60, 45) };
    expect([hit(upright, 60, 75), hit(upright, 15, 45)]).toEqual([true, false]);
    expect(boxOfItem(upright, ROUGHLY)?.top).toBeCloseTo(-5);
  });
});

const PALETTE = { pens: ['#112233'], notes: ['#ffeecc'], ground: '#ffffff', dots: '#dddddd' };
const JPEG: Embedded = {
  type: 'image/jpeg',
  bytes: Uint8Array.of(0xff, 0xd8, 1, 2, 3),
  width: 2,
  height: 1,
  samples: null,
};
const CLEAR: Embedded = {
  type: 'image/png',
  bytes: Uint8Array.of(0x89, 0x50),
  width: 2,
  height: 1,
  samples: { rgb: Uint8Array.of(255, 0, 0, 0, 0, 255), alpha: Uint8Array.of(255, 0) },
};
const OTHER = 'f9876543210987654321098';
const pictures: Pictures = (file) => (file === FILE ? JPEG : file === OTHER ? CLEAR : null);

function picture(items: Item[]): BoardPicture {
  const screen = { width: 200, height: 100 };
  return {
    items,
    camera: { x: 0, y: 0, zoom: 1 },
    screen,
    scale: 1,
    palette: PALETTE,
    paper: 'plain',
    letters: ROUGHLY,
    pictures,
  };
}

describe('a picture of a board with images', () => {
  const svg = (items: Item[]): string => {
    const context = new SvgContext(ROUGHLY.measure);
    drawBoard(context, picture(items));
    return context.toString({ width: 200, height: 100 });
  };

  it('[V2] has their bytes in an SVG file, where they are, and fetches nothing', () => {
    const [item] = boardOf(image());
    if (!item) throw new Error('an image');
    const file = svg([{ ...item, place: [2, 0, 0, 2, 5, 5] }]);
    const bytes = Buffer.from(JPEG.bytes).toString('base64');
    expect(file).toContain(
      `<image x="10" y="20" width="100" height="50" preserveAspectRatio="none" href="data:image/jpeg;base64,${bytes}" transform="matrix(2 0 0 2 5 5)"/>`,
    );
    expect(file.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|\/api\//);
  });

  it('[V2] has long bytes whole', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, i) => i % 251);
    const context = new SvgContext(ROUGHLY.measure);
    context.drawImage({ ...JPEG, bytes }, 0, 0, 1, 1);
    const found = /base64,([^"]*)/.exec(context.toString({ width: 1, height: 1 }))?.[1] ?? '';
    expect(Buffer.from(found, 'base64').equals(bytes)).toBe(true);
  });

  it('[V5] shows a box with a sign where a picture is not here', () => {
    const file = svg(boardOf(image({ file: 'f0000000000000000000000' })));
    expect(file).not.toContain('<image');
    expect(file).toMatch(/<path d="M10 20L110 20L110 70L10 70Z[^"]*" fill="none" stroke="#dddddd"/);
  });

  it('shows where a background ends, on white paper, too', () => {
    expect(svg(boardOf(image({ back: true })))).toMatch(/<image [^]*<path d="M10 20L110 20L110 70L10 70Z" fill="none"/);
    expect(svg(boardOf(image()))).not.toContain('<path');
  });

  it('draws into the given context what the given pictures have', () => {
    const drawn: unknown[] = [];
    const context = new SvgContext(ROUGHLY.measure);
    context.drawImage = (...args) => void drawn.push(args);
    const [item] = boardOf(image());
    if (item) drawItem(context, item, PALETTE, ROUGHLY, undefined, pictures);
    expect(drawn).toEqual([[JPEG, 10, 20, 100, 50]]);
  });

  it('[V2, V4] has each once in a PDF file: a JPEG as it is, anything else as samples with what is clear in it', async () => {
    const page = (items: Item[]) => {
      const context = new PdfContext({ width: 200, height: 100 }, () => null);
      drawBoard(context, picture(items));
      return context.page();
    };
    const twice = page(boardOf(image(), image({ at: [0, 0, 10, 10], back: true })));
    const bytes = await pdfOf([twice, page(boardOf(image(), image({ file: OTHER })))]);
    const file = Buffer.from(bytes).toString('latin1');
    expect(file.match(/\/DCTDecode/g)).toHaveLength(1);
    expect(file).toContain(
      `/Width 2 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode /Length 5 >>\nstream\n\xff\xd8\x01\x02\x03\nendstream`,
    );
    expect(file).toMatch(/\/ColorSpace \/DeviceRGB \/SMask \d+ 0 R/);
    const contents = [...file.matchAll(/<< {2}\/Filter \/FlateDecode \/Length (\d+) >>\nstream\n/g)].map((found) => {
      const start = found.index + found[0].length;
      return inflateSync(bytes.subarray(start, start + Number(found[1]))).toString('latin1');
    });
    expect(contents).toHaveLength(2);
    expect(contents[0]).toMatch(/10 0 0 -10 0 10 cm \/I0 Do[^]*100 0 0 -50 10 70 cm \/I0 Do/);
    expect(contents[1]).toMatch(/\/I0 Do[^]*\/I1 Do/);
    const objects = [...file.matchAll(/\/XObject << ([^>]*) >>/g)].map(([, list]) => list);
    expect(objects[0]).toMatch(/^\/I0 \d+ 0 R$/);
    expect(objects[1]).toContain(objects[0]);
    const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    const offsets = [...file.slice(table).matchAll(/(\d{10}) 00000 n/g)].map(([, offset]) => Number(offset));
    for (const [i, offset] of offsets.entries()) expect(file.slice(offset).startsWith(`${i + 1} 0 obj`)).toBe(true);
  });
});

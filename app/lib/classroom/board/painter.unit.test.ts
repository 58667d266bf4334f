import { createCanvas, Path2D } from '@napi-rs/canvas';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from '#sync/documents/board-reader.ts';
import { beginStroke, eraseStrokes, type OpenStroke } from '#sync/documents/board-writer.ts';
import { drawBoard } from '#sync/draw/board.ts';
import type { Context2D } from '#sync/draw/item.ts';
import { ROUGHLY } from '#sync/draw/words.ts';
import { Painter } from './painter.ts';

const SIZE = { width: 200, height: 120 };
const CAMERA = { x: 0, y: 0, zoom: 1 };
const PALETTE = { pens: ['#000', '#00f', '#f00'], notes: [], ground: '#fff', dots: null };
const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };

let frames: (() => void)[] = [];
let now = 0;

beforeEach(() => {
  frames = [];
  now = 0;
  vi.stubGlobal('Path2D', Path2D);
  vi.stubGlobal('requestAnimationFrame', (then: () => void) => frames.push(then));
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
  vi.stubGlobal('document', { createElement: () => layer().canvas });
  // Each look at the clock takes a tenth of a ms, so that all work takes time.
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.1));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function layer(): { canvas: HTMLCanvasElement; pixel: (x: number, y: number) => number[] } {
  const canvas: unknown = Object.assign(createCanvas(1, 1), { style: {} });
  const real = canvas as HTMLCanvasElement;
  return { canvas: real, pixel: (x, y) => [...(real.getContext('2d')?.getImageData(x, y, 1, 1).data ?? [])] };
}

/** A page with a painter, and somebody elsewhere whose updates come when they are let through. */
function setUp(first?: (key: string) => boolean) {
  const here = new Y.Doc();
  const there = new Y.Doc();
  [here.clientID, there.clientID] = [5, 9];
  const layers = { base: layer(), wet: layer(), top: layer() };
  const reader = readBoard(here);
  const { base, wet, top } = layers;
  const canvases = { base: base.canvas, wet: wet.canvas, top: top.canvas };
  const painter = new Painter(canvases, reader, PALETTE, ROUGHLY, first);
  painter.resize(SIZE, 1);
  painter.look(CAMERA);
  const frame = (): void => {
    now += 8;
    for (const then of frames.splice(0)) then();
  };
  /** So many that everything was painted. */
  const settle = (): void => {
    for (let i = 0; i < 40; i += 1) frame();
  };
  settle();
  const pull = (): void => Y.applyUpdate(here, Y.encodeStateAsUpdate(there, Y.encodeStateVector(here)), 'remote');
  /** Whether ink is to be seen there, on any canvas. */
  const inked = (x: number, y: number): boolean =>
    wet.pixel(x, y)[3] !== 0 || top.pixel(x, y)[3] !== 0 || (base.pixel(x, y)[0] ?? 255) < 200;
  return { here, there, layers, reader, painter, frame, settle, pull, inked };
}

function line(doc: Y.Doc, y: number, z = 1, pen = 0): OpenStroke {
  const author = doc.clientID === 5 ? ASHA : ROHAN;
  const stroke = beginStroke(doc, author, { z, pen, size: 10, pressure: false });
  stroke.append([20, 60, 100, 140].map((x) => ({ x, y, pressure: 0.5 })));
  return stroke;
}

describe('painter', () => {
  it('shows ink of others in every frame from the first one to the last, while it is drawn, sealed, and on paper', () => {
    const { there, pull, frame, inked, layers } = setUp();
    const stroke = line(there, 60);
    pull();
    for (let i = 0; i < 6; i += 1) {
      frame();
      expect(inked(80, 60)).toBe(true);
    }
    expect(layers.wet.pixel(80, 60)[3]).toBe(255);
    stroke.seal();
    pull();
    for (let i = 0; i < 10; i += 1) {
      frame();
      expect(inked(80, 60)).toBe(true);
    }
    expect(layers.wet.pixel(80, 60)[3]).toBe(0);
  });

  it('lets what others did rest for a while, but never what one does oneself, nor who goes first', () => {
    const { here, there, pull, frame, settle, inked } = setUp((key) => key.startsWith('7.'));
    const one = line(there, 20);
    const own = line(here, 100);
    own.seal();
    pull();
    settle();
    expect([inked(80, 20), inked(80, 100)]).toEqual([true, true]);
    // A picture that takes long: 48 ms pass before the next one.
    vi.mocked(performance.now).mockImplementation(() => (now += 5));
    one.append([{ x: 180, y: 20, pressure: 0.5 }]);
    pull();
    frame();
    vi.mocked(performance.now).mockImplementation(() => now);
    one.append([{ x: 180, y: 50, pressure: 0.5 }]);
    pull();
    frame();
    expect(inked(180, 50)).toBe(false);
    const changed = there.clientID;
    there.clientID = 7;
    line(there, 80);
    there.clientID = changed;
    pull();
    frame();
    expect([inked(80, 80), inked(180, 50)]).toEqual([true, false]);
    eraseStrokes(here, ASHA, [own.key]);
    frame();
    expect([inked(80, 100), inked(180, 50)]).toEqual([false, true]);
  });

  it('leaves finished ink where it was drawn until a picture that takes many frames has it', () => {
    const { here, there, pull, frame, settle, inked, painter, reader, layers } = setUp();
    const one = line(there, 20);
    for (let z = 0; z < 300; z += 1) line(there, 100).seal();
    pull();
    const own = line(here, 60);
    const drawn = reader.get(own.key) ?? null;
    painter.setOwn(drawn);
    settle();
    vi.mocked(performance.now).mockImplementation(() => (now += 2));
    painter.look({ ...CAMERA, x: 1 });
    frame();
    one.seal();
    pull();
    own.seal();
    painter.setOwn(null);
    for (let i = 0; i < 40; i += 1) {
      frame();
      expect([inked(80, 20), inked(80, 60)]).toEqual([true, true]);
    }
    expect([layers.wet.pixel(80, 20)[3], layers.top.pixel(80, 60)[3]]).toEqual([0, 0]);
  });

  it('paints a document that comes in parts on top of each other, and in its order when all of it is there', () => {
    const { there, painter, pull, settle, layers, reader } = setUp();
    painter.setLoading(true);
    line(there, 60, 9, 1).seal();
    pull();
    settle();
    line(there, 60, 3, 2).seal();
    pull();
    settle();
    expect(layers.base.pixel(80, 60)).toEqual([255, 0, 0, 255]);
    painter.setLoading(false);
    settle();
    expect(layers.base.pixel(80, 60)).toEqual([0, 0, 255, 255]);
    const whole = createCanvas(SIZE.width, SIZE.height).getContext('2d');
    const context: unknown = whole;
    drawBoard(context as Context2D, {
      items: reader.visible(),
      camera: CAMERA,
      screen: SIZE,
      scale: 1,
      palette: PALETTE,
      paper: 'dots',
      letters: ROUGHLY,
    });
    const shown = layers.base.canvas.getContext('2d')?.getImageData(0, 0, SIZE.width, SIZE.height).data;
    const drawn = whole.getImageData(0, 0, SIZE.width, SIZE.height).data;
    expect(shown?.every((value, i) => value === drawn[i])).toBe(true);
  });
});

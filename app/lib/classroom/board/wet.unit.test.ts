import { createCanvas, Path2D } from '@napi-rs/canvas';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Item } from '#sync/documents/board-reader.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';
import { boxOfItem, drawItem, type Context2D } from '#sync/draw/item.ts';
import { ROUGHLY } from '#sync/draw/words.ts';
import { Trail } from './trail.ts';
import { Wet } from './wet.ts';

const SIZE = { width: 160, height: 120 };
const PALETTE = { pens: ['#000', '#00c', '#c00', '#080', '#808'], notes: [], ground: null, dots: null };

const ink = (key: string, more: Partial<Item> = {}): Item & { points: number[] } => ({
  key,
  kind: 'ink',
  page: FIRST_PAGE,
  text: '',
  file: '',
  back: false,
  dash: 0,
  fill: 0,
  place: null,
  group: '',
  locked: false,
  cuts: [],
  z: 1,
  pen: 0,
  size: 5,
  pressure: false,
  sealed: false,
  erased: false,
  ...more,
  points: [],
});

/** A canvas with a Wet on it, and what it was asked to draw. */
function canvas(items: ReadonlyMap<string, Item>) {
  const context = createCanvas(SIZE.width, SIZE.height).getContext('2d');
  const drawn: string[] = [];
  let requests = 0;
  const real: unknown = context;
  // The test's canvas is Skia's like Chromium's; its types are its own.
  const wet = new Wet(real as CanvasRenderingContext2D, {
    item: (key) => items.get(key) ?? null,
    boxOf: (item) => boxOfItem(item, ROUGHLY),
    draw: (on, item, path) => {
      drawn.push(item.key);
      const traced = path ? { fill: () => on.fill(path), stroke: () => on.stroke(path) } : undefined;
      drawItem(on as Context2D, item, PALETTE, ROUGHLY, traced);
    },
    request: () => void (requests += 1),
  });
  wet.resize(SIZE, 1);
  return {
    wet,
    drawn,
    get requests() {
      return requests;
    },
    pixels: (): Uint8ClampedArray => context.getImageData(0, 0, SIZE.width, SIZE.height).data,
  };
}

/** How much two pictures differ where they differ most, of 255: as one sees them, so colour counts as far as it covers. */
function apart(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  let most = 0;
  for (let i = 0; i < a.length; i += 4)
    for (let channel = 0; channel < 4; channel += 1) {
      const seen = (of: Uint8ClampedArray): number =>
        channel === 3 ? (of[i + 3] ?? 0) : ((of[i + channel] ?? 0) * (of[i + 3] ?? 0)) / 255;
      most = Math.max(most, Math.abs(seen(a) - seen(b)));
    }
  return most;
}

const step = fc.record({
  key: fc.constantFrom('1.0', '2.0', '3.0', '4.0'),
  points: fc.array(fc.tuple(fc.integer({ min: -48, max: 48 }), fc.integer({ min: -48, max: 48 })), {
    minLength: 1,
    maxLength: 6,
  }),
  what: fc.constantFrom('draw', 'draw', 'draw', 'draw', 'draw', 'gone', 'look'),
  paints: fc.boolean(),
});

beforeAll(() => void vi.stubGlobal('Path2D', Path2D));
afterAll(() => void vi.unstubAllGlobals());

describe('ink that is being drawn', () => {
  it('looks as if all of it were painted anew, wherever pens go, whoever leaves, wherever one looks', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const items = new Map<string, Item & { points: number[] }>();
        const one = canvas(items);
        let camera = { x: 0, y: 0, zoom: 1 };
        for (const { key, points, what, paints } of steps) {
          const item =
            items.get(key) ?? ink(key, { pen: Number(key[0]), kind: key === '3.0' ? 'highlighter' : 'ink', size: 3 });
          if (what === 'gone') items.delete(key);
          if (what === 'look') one.wet.look((camera = { x: camera.x + 7, y: camera.y - 5, zoom: camera.zoom * 1.1 }));
          if (what === 'draw') {
            let [x, y] = item.points.length > 0 ? item.points.slice(-3) : [80, 60];
            for (const [dx, dy] of points) item.points.push((x = (x ?? 0) + dx / 4), (y = (y ?? 0) + dy / 4), 0.5);
            items.set(key, item);
          }
          one.wet.change(key, key === '1.0');
          if (paints) one.wet.paint(1_000);
        }
        one.wet.paint(1_000);
        const other = canvas(items);
        other.wet.look(camera);
        for (const key of items.keys()) other.wet.change(key);
        other.wet.paint(1_000);
        // A cut-off path is filled by another way of Skia's, which rounds its edge pixels otherwise.
        expect(apart(one.pixels(), other.pixels())).toBeLessThan(128);
      }),
      { numRuns: 150 },
    );
  });

  it('draws of two pens only the one that moved', () => {
    const items = new Map([
      ['1.0', ink('1.0')],
      ['2.0', ink('2.0')],
    ]);
    items.get('1.0')?.points.push(10, 10, 0.5, 50, 10, 0.5);
    items.get('2.0')?.points.push(10, 90, 0.5, 50, 90, 0.5);
    const { wet, drawn } = canvas(items);
    for (const key of items.keys()) wet.change(key);
    wet.paint(1_000);
    expect(drawn.splice(0)).toEqual(['1.0', '2.0']);
    items.get('2.0')?.points.push(60, 90, 0.5);
    wet.change('2.0');
    wet.paint(1_000);
    expect(drawn.splice(0)).toEqual(['2.0']);
    wet.paint(1_000);
    expect(drawn).toEqual([]);
  });

  it('without time left paints who goes first, and asks for another frame for the others', () => {
    const items = new Map([
      ['1.0', ink('1.0')],
      ['2.0', ink('2.0')],
    ]);
    for (const item of items.values()) item.points.push(10, 10, 0.5, 50, 10, 0.5);
    const one = canvas(items);
    one.wet.change('1.0');
    one.wet.change('2.0', true);
    one.wet.paint(0);
    expect(one.drawn.splice(0)).toEqual(['2.0']);
    expect(one.requests).toBe(1);
    one.wet.paint(1_000);
    expect(one.drawn).toContain('1.0');
    expect(one.requests).toBe(1);
  });
});

const NOWHERE = {
  moveTo: () => undefined,
  lineTo: () => undefined,
  quadraticCurveTo: () => undefined,
  bezierCurveTo: () => undefined,
  arc: () => undefined,
  closePath: () => undefined,
};
function line(...points: readonly (readonly [number, number])[]): Trail {
  const trail = new Trail(NOWHERE);
  for (const [i, [x, y]] of points.entries()) {
    if (i === 0) trail.moveTo(x, y);
    else trail.lineTo(x, y);
  }
  return trail;
}

describe('the trail of a path', () => {
  it('says where two of them differ, from the piece before to the piece behind', () => {
    const before = line([0, 0], [10, 0], [20, 0], [30, 0], [40, 0], [50, 0]);
    expect(line([0, 0], [10, 0], [20, 0], [30, 0], [40, 0], [50, 0]).differs(before)).toBeNull();
    expect(line([0, 0], [10, 0], [20, 9], [30, 0], [40, 0], [50, 0]).differs(before)).toEqual({
      left: 10,
      top: 0,
      right: 30,
      bottom: 9,
    });
    expect(line([0, 0], [10, 0], [20, 0], [30, 0], [40, 0], [50, 0], [60, 5]).differs(before)).toEqual({
      left: 50,
      top: 0,
      right: 60,
      bottom: 5,
    });
  });
});

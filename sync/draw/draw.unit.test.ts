import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../documents/board-reader.ts';
import { FIRST_PAGE } from '../documents/board.ts';
import { drawBoard, drawGround } from './board.ts';
import { FRAME, fit, panBy, toBoard, toScreen, zoomAt } from './camera.ts';
import { joinCuts } from '../documents/changes.ts';
import { cutBy, isAllCut, keptPieces } from './cuts.ts';
import { boxOfItem, drawItem, touches, traceItem, type Context2D } from './item.ts';
import { applied, boxThrough, inverse, moved, multiply, scaled, turned } from './matrix.ts';
import { traceStroke } from './stroke.ts';
import { NOTE_WIDTH, ROUGHLY, setWords, wrap, type Formula } from './words.ts';

const stroke = (points: number[], more: Partial<Item> = {}): Item => ({
  key: '1.0',
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
  size: 4,
  pressure: false,
  sealed: true,
  erased: false,
  points,
  ...more,
});

const PALETTE = { pens: ['black'], notes: ['cream'], ground: 'white', dots: 'grey' };

/** Writes down what is asked of it. */
function recorder(): Context2D & { calls: string[] } {
  const calls: string[] = [];
  const note =
    (name: string) =>
    (...args: number[]): void => {
      expect(args.every(Number.isFinite)).toBe(true);
      calls.push(`${name} ${args.map((value) => Math.round(value * 100) / 100).join(' ')}`.trim());
    };
  return {
    calls,
    fillStyle: '',
    strokeStyle: '',
    lineWidth: 1,
    lineCap: 'butt',
    lineJoin: 'miter',
    globalAlpha: 1,
    font: '',
    moveTo: note('moveTo'),
    lineTo: note('lineTo'),
    bezierCurveTo: note('bezier'),
    transform: note('matrix'),
    save: note('save'),
    restore: note('restore'),
    stroke: note('stroke'),
    fillText: (text, x, y) => note(`text ${text}`)(x, y),
    drawImage: (_picture, ...at) => note('image')(...at),
    quadraticCurveTo: note('curve'),
    arc: note('arc'),
    closePath: note('close'),
    setTransform: note('transform'),
    fillRect: note('fillRect'),
    clearRect: note('clearRect'),
    setLineDash: (segments) => note('dash')(...segments),
    beginPath: note('begin'),
    fill: note('fill'),
  };
}

describe('the camera', () => {
  const camera = fc.record({
    x: fc.double({ min: -5_000, max: 5_000, noNaN: true }),
    y: fc.double({ min: -5_000, max: 5_000, noNaN: true }),
    zoom: fc.double({ min: 0.1, max: 8, noNaN: true }),
  });

  it('goes to the screen and back', () => {
    fc.assert(
      fc.property(camera, fc.nat(2_000), fc.nat(2_000), (at, x, y) => {
        const there = toBoard(at, x, y);
        const back = toScreen(at, there.x, there.y);
        expect(back.x).toBeCloseTo(x, 4);
        expect(back.y).toBeCloseTo(y, 4);
      }),
    );
  });

  it('keeps what is under the pointer there while it zooms', () => {
    fc.assert(
      fc.property(
        camera,
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.nat(900),
        fc.nat(900),
        (at, zoom, x, y) => {
          const before = toBoard(at, x, y);
          const after = toBoard(zoomAt(at, zoom, x, y), x, y);
          expect(after.x).toBeCloseTo(before.x, 4);
          expect(after.y).toBeCloseTo(before.y, 4);
        },
      ),
    );
  });

  it('shows the same part of the board to a laptop and to a phone', () => {
    expect(fit(FRAME, { width: 784, height: 680 }, 0).zoom).toBe(1);
    const phone = { width: 390, height: 560 };
    const at = fit(FRAME, phone, 0);
    expect(toScreen(at, FRAME.left, 0).x).toBeCloseTo(0);
    expect(toScreen(at, FRAME.right, 0).x).toBeCloseTo(390);
    expect(toScreen(at, 0, 0)).toEqual({ x: 195, y: 280 });
    expect(panBy(at, 10, 0).x).toBeCloseTo(at.x - 10 / at.zoom);
  });
});

describe('a stroke', () => {
  it('is hit where its ink is and nowhere else', () => {
    const flat = stroke([0, 0, 0.5, 100, 0, 0.5]);
    const at = (x: number, y: number) => ({ x, y });
    expect(touches(flat, at(50, 5), at(50, 5), 4, ROUGHLY)).toBe(true);
    expect(touches(flat, at(50, 30), at(50, -30), 1, ROUGHLY)).toBe(true);
    expect(touches(flat, at(50, 30), at(60, 30), 8, ROUGHLY)).toBe(false);
    expect(touches(flat, at(120, 0), at(140, 0), 8, ROUGHLY)).toBe(false);
    expect(touches(stroke([]), at(0, 0), at(0, 0), 8, ROUGHLY)).toBe(false);
    expect(boxOfItem(flat, ROUGHLY)).toEqual({ left: -4, top: -4, right: 104, bottom: 4 });
    expect(boxOfItem(stroke([]), ROUGHLY)).toBeNull();
  });

  it('is a dot when the pen did not move, and an outline when it did', () => {
    const dot = recorder();
    traceStroke(dot, stroke([10, 10, 0.5, 10, 10, 0.5]));
    expect(dot.calls).toEqual(['moveTo 12 10', 'arc 10 10 2 0 6.28', 'close']);
    const ink = recorder();
    traceStroke(ink, stroke([0, 0, 0.5, 20, 0, 0.5, 40, 10, 0.5]));
    expect(ink.calls[0]).toMatch(/^moveTo/);
    expect(ink.calls.at(-1)).toBe('close');
    expect(ink.calls.length).toBeGreaterThan(8);
    const nothing = recorder();
    traceStroke(nothing, stroke([]));
    expect(nothing.calls).toEqual([]);
  });

  it('is drawn on any context, and not at all outside the screen', () => {
    const context = recorder();
    drawBoard(context, {
      items: [stroke([0, 0, 0.5, 20, 0, 0.5]), stroke([5_000, 0, 0.5, 5_020, 0, 0.5])],
      camera: { x: -50, y: -50, zoom: 2 },
      screen: { width: 200, height: 200 },
      scale: 2,
      palette: PALETTE,
      paper: 'dots',
      letters: ROUGHLY,
    });
    expect(context.calls.slice(0, 2)).toEqual(['transform 2 0 0 2 0 0', 'fillRect 0 0 200 200']);
    expect(context.calls).toContain('transform 4 0 0 4 200 200');
    expect(context.calls.filter((call) => call === 'fill').length).toBe(2);
  });

  it.each(['dots', 'grid', 'ruled'] as const)(
    'has its ground of %s in a part of the screen as on all of it',
    (paper) => {
      const whole = {
        camera: { x: -33, y: 17, zoom: 1.3 },
        screen: { width: 300, height: 200 },
        scale: 2,
        palette: PALETTE,
      };
      const [all, some] = [recorder(), recorder()];
      drawGround(all, { ...whole, paper });
      drawGround(some, { ...whole, paper }, { left: 40, top: 30, right: 120, bottom: 90 });
      const places = ({ calls }: { calls: string[] }, name: string): number[][] =>
        calls.filter((call) => call.startsWith(name)).map((call) => call.split(' ').slice(1).map(Number));
      if (paper === 'dots') {
        const inside = places(all, 'arc').filter(([x = 0, y = 0]) => x > 39 && x < 121 && y > 29 && y < 91);
        expect(inside.length).toBeGreaterThan(4);
        expect(places(some, 'arc')).toEqual(expect.arrayContaining(inside));
      }
      const [, ...lines] = places(some, 'fillRect');
      const at = new Set(places(all, 'fillRect').map(([x, y, width]) => (width === 1 ? `x${x}` : `y${y}`)));
      expect(lines.every(([x, y, width]) => at.has(width === 1 ? `x${x}` : `y${y}`))).toBe(true);
      expect(lines.length > 0).toBe(paper !== 'dots');
      expect(some.calls[1]).toBe('fillRect 40 30 80 60');
    },
  );
});

describe('matrices', () => {
  it('undo each other, and put moves one after the other', () => {
    const place = multiply(turned(0.7, 10, 20), multiply(scaled(2, 3, 5, 5), moved(4, -2)));
    const there = applied(place, 11, 13);
    const back = applied(inverse(place), there.x, there.y);
    expect([back.x, back.y].map((one) => Math.round(one * 1e6) / 1e6)).toEqual([11, 13]);
    expect(applied(turned(1, 10, 20), 10, 20)).toEqual({ x: 10, y: 20 });
    const box = boxThrough(turned(Math.PI / 2, 0, 0), { left: 0, top: 0, right: 10, bottom: 2 });
    expect(Object.values(box).map(Math.round)).toEqual([-2, 0, 0, 10]);
  });
});

describe('shapes', () => {
  const shape = (kind: Item['kind'], at: number[], more: Partial<Item> = {}): Item => stroke(at, { kind, ...more });
  const at = (x: number, y: number) => ({ x, y });
  const square = [0, 0, 0.5, 100, 100, 0.5];

  it('are stroked along their outline, with round corners', () => {
    const context = recorder();
    drawItem(context, shape('rectangle', square), PALETTE, ROUGHLY);
    expect(context.calls).toEqual([
      'begin',
      'moveTo 0 0',
      'lineTo 100 0',
      'lineTo 100 100',
      'lineTo 0 100',
      'close',
      'stroke',
    ]);
    expect([context.lineWidth, context.lineJoin, context.strokeStyle]).toEqual([4, 'round', 'black']);
    const round = recorder();
    traceItem(round, shape('ellipse', square));
    expect(round.calls.map((call) => call.split(' ')[0])).toEqual([
      'moveTo',
      'bezier',
      'bezier',
      'bezier',
      'bezier',
      'close',
    ]);
    expect(round.calls[1]).toBe('bezier 100 77.61 77.61 100 50 100');
    const arrow = recorder();
    traceItem(arrow, shape('arrow', [0, 0, 0.5, 100, 0, 0.5]));
    expect(arrow.calls.slice(0, 2)).toEqual(['moveTo 0 0', 'lineTo 100 0']);
    expect(arrow.calls[3]).toBe('lineTo 100 0');
  });

  it('are hit on their outline and not inside, also where they were moved and turned', () => {
    const rectangle = shape('rectangle', square);
    const hits = (item: Item, x: number, y: number): boolean => touches(item, at(x, y), at(x, y), 3, ROUGHLY);
    expect([hits(rectangle, 100, 50), hits(rectangle, 50, 50), hits(rectangle, 0, 97)]).toEqual([true, false, true]);
    expect([hits(shape('ellipse', square), 50, 0), hits(shape('ellipse', square), 5, 5)]).toEqual([true, false]);
    const far = shape('rectangle', square, { place: multiply(moved(500, 0), turned(Math.PI / 4, 50, 50)) });
    expect([hits(far, 550, 50 - 100 / Math.SQRT2), hits(far, 100, 50)]).toEqual([true, false]);
    expect(boxOfItem(far, ROUGHLY)?.left).toBeCloseTo(550 - 100 / Math.SQRT2 - 2, 3);
  });

  it('[D11] have dashes and dots as long as their line is broad, and an arrow’s head has none', () => {
    const context = recorder();
    drawItem(context, shape('line', square, { dash: 1, place: scaled(2, 2, 0, 0) }), PALETTE, ROUGHLY);
    expect(context.calls).toEqual(['dash 24 24', 'begin', 'moveTo 0 0', 'lineTo 200 200', 'stroke', 'dash']);
    const arrow = recorder();
    drawItem(arrow, shape('arrow', [0, 0, 0.5, 100, 0, 0.5], { dash: 2 }), PALETTE, ROUGHLY);
    const at = arrow.calls.indexOf('dash');
    expect(arrow.calls.slice(0, at)).toEqual(['dash 0.01 8.8', 'begin', 'moveTo 0 0', 'lineTo 100 0', 'stroke']);
    expect(arrow.calls.slice(at + 1).map((call) => call.split(' ')[0])).toEqual([
      'begin',
      'moveTo',
      'lineTo',
      'lineTo',
      'stroke',
    ]);
  });

  it('[D11] let what lies below through their fill, and are hit within it; lines and arrows have none', () => {
    const context = recorder();
    const seen: unknown[] = [];
    context.fill = () => void seen.push(['fill', context.fillStyle, context.globalAlpha]);
    context.stroke = () => void seen.push(['stroke', context.strokeStyle, context.globalAlpha]);
    drawItem(context, shape('ellipse', square, { fill: 1 }), PALETTE, ROUGHLY);
    expect(seen).toEqual([
      ['fill', 'black', 0.18],
      ['stroke', 'black', 1],
    ]);
    drawItem(context, shape('arrow', square, { fill: 1 }), PALETTE, ROUGHLY);
    expect(seen).toHaveLength(3);
    const hits = (item: Item, x: number, y: number): boolean => touches(item, at(x, y), at(x, y), 3, ROUGHLY);
    const round = shape('ellipse', square, { fill: 1, place: moved(500, 0) });
    expect([hits(round, 550, 50), hits(round, 505, 5), hits(round, 50, 50)]).toEqual([true, false, false]);
    const corner = shape('polygon', [0, 0, 0.5, 100, 0, 0.5, 100, 100, 0.5], { fill: 1 });
    expect([hits(corner, 80, 50), hits(corner, 20, 80)]).toEqual([true, false]);
  });

  it('[D11] of styles that are not known are drawn plain', () => {
    const [plain, later] = [recorder(), recorder()];
    drawItem(plain, shape('rectangle', square), PALETTE, ROUGHLY);
    drawItem(later, shape('rectangle', square, { dash: 7, fill: 9 }), PALETTE, ROUGHLY);
    expect(later.calls).toEqual(plain.calls);
  });

  it('grow thicker as they grow', () => {
    const context = recorder();
    drawItem(context, shape('line', square, { place: scaled(3, 3, 0, 0) }), PALETTE, ROUGHLY);
    expect([context.lineWidth, context.calls[2]]).toEqual([12, 'lineTo 300 300']);
  });

  it('of a highlighter let through what is below, in one go', () => {
    const context = recorder();
    const alphas: number[] = [];
    const stroked = context.stroke.bind(context);
    context.stroke = () => {
      alphas.push(context.globalAlpha);
      stroked();
    };
    drawItem(context, shape('highlighter', [0, 0, 0.5, 10, 0, 0.5, 20, 0, 0.5]), PALETTE, ROUGHLY);
    expect([alphas, context.lineWidth, context.globalAlpha]).toEqual([[0.32], 16, 1]);
  });

  it('[V6] lets more through while it is not known to be kept, of whichever kind, and nothing of it stays behind', () => {
    const kinds = [stroke([0, 0, 1, 9, 9, 1]), stroke([0, 0, 1, 9, 9, 1], { kind: 'highlighter' })];
    for (const [i, item] of kinds.entries()) {
      const context = recorder();
      const alphas: number[] = [];
      const note = (): void => void alphas.push(context.globalAlpha);
      const traced = { fill: note, stroke: note };
      drawItem(context, item, PALETTE, ROUGHLY, traced);
      drawItem(context, item, PALETTE, ROUGHLY, traced, undefined, true);
      const [kept = 0, faint = 0] = alphas;
      expect(kept).toBe(i === 0 ? 1 : 0.32);
      expect(faint).toBeCloseTo(kept * 0.45);
      expect(context.globalAlpha).toBe(1);
    }
  });
});

describe('words', () => {
  it('of a note are broken where it ends, a text only where its author did', () => {
    const width = (part: string): number => part.length * 10;
    expect(wrap('one two three', 80, width)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghijkl', 50, width)).toEqual(['abcde', 'fghij', 'kl']);
    expect(wrap('a\n\nb', 50, width)).toEqual(['a', '', 'b']);
    const text = 'words '.repeat(20);
    const note = setWords(stroke([0, 0, 0.5], { kind: 'note', text }), ROUGHLY);
    expect(note.lines.length).toBeGreaterThan(2);
    expect(note.box.right).toBe(NOTE_WIDTH);
    expect(setWords(stroke([0, 0, 0.5], { kind: 'text', text }), ROUGHLY).lines.length).toBe(1);
  });

  it('are hit anywhere in their box, and drawn through their place', () => {
    const item = stroke([10, 10, 0.5], { kind: 'note', text: 'x', place: moved(1_000, 0) });
    const at = { x: 1_100, y: 60 };
    expect(touches(item, at, at, 0, ROUGHLY)).toBe(true);
    expect(touches(item, { x: 100, y: 60 }, { x: 100, y: 60 }, 0, ROUGHLY)).toBe(false);
    const context = recorder();
    drawItem(context, item, PALETTE, ROUGHLY);
    expect(context.calls.slice(0, 3)).toEqual(['save', 'matrix 1 0 0 1 1000 0', 'fillRect 10 10 220 140']);
    expect(context.calls.at(-1)).toBe('restore');
  });

  it('of maths are a path when the formula can be set, else its source', () => {
    const picture: Formula = {
      width: 2,
      ascent: 1,
      descent: 0.5,
      steps: [['M', 0, 0], ['Q', 0.5, -1, 1, 0], ['C', 1, 1, 2, 1, 2, 0], ['L', 0, 0], ['Z']],
    };
    const item = stroke([10, 10, 0.5], { kind: 'maths', text: 'x', size: 2 });
    const context = recorder();
    drawItem(context, item, PALETTE, { ...ROUGHLY, formula: () => picture });
    expect(context.calls.slice(1, 4)).toEqual(['begin', 'moveTo 10 30', 'curve 20 10 30 30']);
    expect(boxOfItem(item, { ...ROUGHLY, formula: () => picture })).toEqual({
      left: 10,
      top: 10,
      right: 50,
      bottom: 40,
    });
    const source = recorder();
    drawItem(source, item, PALETTE, ROUGHLY);
    expect(source.calls.some((call) => call.startsWith('text x'))).toBe(true);
  });
});

describe('rubbing out', () => {
  const long = stroke([0, 0, 0.5, 100, 0, 0.5, 200, 0, 0.5]);

  it('takes the part that the eraser touches, and leaves the ends', () => {
    const cuts = cutBy(long.points, null, { x: 100, y: 10 }, { x: 100, y: -10 }, 25);
    const pieces = keptPieces(long.points, cuts);
    expect(pieces.length).toBe(2);
    expect(pieces[0]?.slice(0, 2)).toEqual([0, 0]);
    expect(pieces[0]?.at(-3)).toBeCloseTo(75, -1);
    expect(pieces[1]?.[0]).toBeCloseTo(125, -1);
    const cut = { ...long, cuts };
    const hit = (x: number): boolean => touches(cut, { x, y: 0 }, { x, y: 0 }, 1, ROUGHLY);
    expect([hit(20), hit(100), hit(180)]).toEqual([true, false, true]);
    expect(cutBy(long.points, moved(0, 500), { x: 100, y: 0 }, { x: 100, y: 0 }, 25)).toEqual([]);
    expect(cutBy(long.points, moved(0, 500), { x: 100, y: 500 }, { x: 100, y: 500 }, 25)).toEqual(cuts);
  });

  it('joins what touches, and knows when nothing is left', () => {
    expect(joinCuts([0, 5, 20, 25], [4, 8, 25, 30])).toEqual([0, 8, 20, 30]);
    expect(isAllCut(long.points, [0, 32])).toBe(true);
    expect(isAllCut(long.points, [0, 30])).toBe(false);
    expect(keptPieces(long.points, [])[0]).toBe(long.points);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stroke } from '../documents/board-reader.ts';
import { drawBoard, type Context2D } from './board.ts';
import { FRAME, fit, panBy, toBoard, toScreen, zoomAt } from './camera.ts';
import { boxOfStroke, touches, traceStroke } from './stroke.ts';

const stroke = (points: number[], more: Partial<Stroke> = {}): Stroke => ({
  key: '1.0',
  z: 1,
  pen: 0,
  size: 4,
  pressure: false,
  sealed: true,
  erased: false,
  points,
  ...more,
});

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
    moveTo: note('moveTo'),
    quadraticCurveTo: note('curve'),
    arc: note('arc'),
    closePath: note('close'),
    setTransform: note('transform'),
    fillRect: note('fillRect'),
    clearRect: note('clearRect'),
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
    expect(touches(flat, at(50, 5), at(50, 5), 4)).toBe(true);
    expect(touches(flat, at(50, 30), at(50, -30), 1)).toBe(true);
    expect(touches(flat, at(50, 30), at(60, 30), 8)).toBe(false);
    expect(touches(flat, at(120, 0), at(140, 0), 8)).toBe(false);
    expect(touches(stroke([]), at(0, 0), at(0, 0), 8)).toBe(false);
    expect(boxOfStroke(flat)).toEqual({ left: -4, top: -4, right: 104, bottom: 4 });
    expect(boxOfStroke(stroke([]))).toBeNull();
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
      strokes: [stroke([0, 0, 0.5, 20, 0, 0.5]), stroke([5_000, 0, 0.5, 5_020, 0, 0.5])],
      camera: { x: -50, y: -50, zoom: 2 },
      screen: { width: 200, height: 200 },
      scale: 2,
      palette: { pens: ['black'], ground: 'white', dots: 'grey' },
    });
    expect(context.calls.slice(0, 2)).toEqual(['transform 2 0 0 2 0 0', 'fillRect 0 0 200 200']);
    expect(context.calls).toContain('transform 4 0 0 4 200 200');
    expect(context.calls.filter((call) => call === 'fill').length).toBe(2);
  });
});

import fc from 'fast-check';
import { getStroke } from 'perfect-freehand';
import { describe, expect, it } from 'vitest';
import { outlineOfInk, type Inked } from './outline.ts';

/** What the library makes of the same ink. */
function outlineOfLibrary({ points, size, pressure }: Inked): number[] {
  const input: [number, number, number][] = [];
  for (let i = 0; i + 2 < points.length; i += 3) input.push([points[i] ?? 0, points[i + 1] ?? 0, points[i + 2] ?? 0.5]);
  return getStroke(input, {
    size,
    thinning: pressure ? 0.6 : 0.35,
    smoothing: 0.5,
    streamline: 0.4,
    simulatePressure: !pressure,
    last: true,
  }).flatMap(([x = 0, y = 0]) => [x, y]);
}

const ours = (ink: Inked): number[] => {
  const { data, length } = outlineOfInk(ink);
  return [...data.subarray(0, length)];
};

function same(ink: Inked): void {
  const [one, other] = [ours(ink), outlineOfLibrary(ink)];
  expect(one.length).toBe(other.length);
  // Lengths are computed by a root here and by hypot there: a hair's breadth of difference.
  expect(Math.max(0, ...one.map((value, i) => Math.abs(value - (other[i] ?? Infinity))))).toBeLessThan(1e-6);
}

/** As the document has it: quarters of a pixel. */
const place = fc.integer({ min: -8_000, max: 8_000 }).map((quarters) => quarters / 4);
const near = fc.integer({ min: -60, max: 60 }).map((quarters) => quarters / 4);
const pressure = fc.integer({ min: 0, max: 255 }).map((value) => value / 255);

describe('outline of ink', () => {
  it('is perfect-freehand’s, number by number, for hands that go anywhere', () => {
    fc.assert(
      fc.property(
        place,
        place,
        fc.array(fc.tuple(near, near, pressure), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(3, 5, 10, 40),
        fc.boolean(),
        (x, y, moves, size, real) => {
          const points = [x, y, moves[0]?.[2] ?? 0.5];
          let [px, py] = [x, y];
          for (const [dx, dy, by] of moves) points.push((px += dx), (py += dy), by);
          same({ points, size, pressure: real });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('and for straight lines, sharp turns, rest, returns to the beginning, and lines of two points', () => {
    const line = (...at: number[]): number[] => at.flatMap((x) => [x, 0, 0.5]);
    for (const points of [
      line(0, 40),
      line(0, 1),
      line(0, 1, 0),
      line(0, 20, 0),
      line(0, 20, 0, 20, 0),
      line(0, 10, 10, 10, 30, 30),
      line(5, 5, 5, 6, 200, 201),
      Array.from({ length: 200 }, (_, i) => [40 * Math.cos(i / 3), 40 * Math.sin(i / 3), (i % 7) / 7]).flat(),
    ])
      for (const size of [3, 5, 10]) for (const real of [true, false]) same({ points, size, pressure: real });
  });
});

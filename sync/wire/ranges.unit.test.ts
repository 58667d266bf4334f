import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ranges } from './ranges.ts';

describe('ranges', () => {
  it('holds what a plain set holds, and tells what was new', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 12 })), { maxLength: 30 }), (adds) => {
        const ranges = new Ranges();
        const set = new Set<number>();
        for (const [from, length] of adds) {
          const expected: number[] = [];
          for (let i = from; i < from + length; i += 1) if (!set.has(i)) expected.push(i);
          const fresh = ranges
            .add(from, from + length)
            .flatMap(([a, b]) => Array.from({ length: b - a }, (_, i) => a + i));
          expect(fresh).toEqual(expected);
          for (const value of expected) set.add(value);
          expect([...ranges].flatMap(([a, b]) => Array.from({ length: b - a }, (_, i) => a + i))).toEqual(
            [...set].sort((a, b) => a - b),
          );
          expect(ranges.covers(from, from + length)).toBe(true);
          expect(ranges.covers(from, 100)).toBe(false);
        }
        const bounds = [...ranges];
        for (const [i, [start]] of bounds.entries()) if (i > 0) expect(start).toBeGreaterThan(bounds[i - 1]?.[1] ?? 0);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isZone } from './check.ts';
import { idFrom, lessonCodeFrom } from './ids.ts';
import { shareOf, splitGross, tutorPartOfRefund } from './money.ts';
import { impossible, never } from './never.ts';
import { same } from './same.ts';

const paise = fc.integer({ min: 1, max: 10_000_000 });

describe('money', () => {
  it('PO2: 80,000 is 8,000 for the platform and 72,000 for the tutor', () => {
    expect(splitGross(80_000, 1_000)).toEqual({ commission: 8_000, share: 72_000 });
  });

  it('PO1: rounds the commission half up and gives the tutor the complement', () => {
    expect(splitGross(101, 1_000)).toEqual({ commission: 10, share: 91 });
    expect(splitGross(105, 1_000)).toEqual({ commission: 11, share: 94 });
    expect(shareOf(101, 5_000)).toBe(51);
  });

  it('PO1: commission and share always add up to the gross', () => {
    fc.assert(
      fc.property(paise, fc.integer({ min: 0, max: 10_000 }), (gross, bps) => {
        const { commission, share } = splitGross(gross, bps);
        expect(commission + share).toBe(gross);
        expect(Math.min(commission, share)).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(commission)).toBe(true);
      }),
      { seed: 20261121, numRuns: 500 },
    );
  });

  it('splits a refund so that the tutor never gives back more than the share', () => {
    expect(tutorPartOfRefund(101, 91, 101)).toBe(91);
    expect(tutorPartOfRefund(33, 91, 101)).toBe(29);
    fc.assert(
      fc.property(paise, fc.double({ min: 0, max: 1, noNaN: true }), (gross, part) => {
        const { share } = splitGross(gross, 1_000);
        const refund = Math.round(gross * part);
        const tutorPart = tutorPartOfRefund(refund, share, gross);
        expect(tutorPart).toBeLessThanOrEqual(Math.min(share, refund));
        if (refund === gross) expect(tutorPart).toBe(share);
      }),
      { seed: 20261121, numRuns: 500 },
    );
  });
});

describe('ids', () => {
  it('HA2: the same name gives the same UUIDv5', () => {
    const id = idFrom('command', 0);
    expect(idFrom('command', 0)).toBe(id);
    expect(idFrom('command', 1)).not.toBe(id);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('parts of a name are not run together', () => {
    expect(idFrom('ab', 'c')).not.toBe(idFrom('a', 'bc'));
  });

  it('a lesson code has no look-alikes', () => {
    expect(lessonCodeFrom('lesson-1')).toMatch(/^nx-[a-hjkmnp-z2-9]{8}$/);
  });
});

describe('same', () => {
  it('compares plain data whatever the order of the keys', () => {
    expect(same({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).toBe(true);
    expect(same({ a: 1 }, { a: 1, b: undefined })).toBe(false);
    expect(same({ a: 1, b: 2 }, { a: 1, c: 2 })).toBe(false);
    expect(same([1, 2], [2, 1])).toBe(false);
    expect(same([], {})).toBe(false);
    expect(same(null, {})).toBe(false);
  });
});

it('knows zones by asking the runtime', () => {
  expect(isZone('Asia/Kolkata')).toBe(true);
  expect(isZone('Asia/Nowhere')).toBe(false);
});

it('what cannot be throws', () => {
  expect(() => impossible({ type: 'BookingClosed' }, { kind: 'none' })).toThrow('BookingClosed cannot follow');
  // @ts-expect-error A value that the types rule out.
  expect(() => never('surprise')).toThrow('surprise');
});

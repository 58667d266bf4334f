import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { DAY, HOUR, MINUTE, START } from '../shared/times.ts';
import { cancellationOf } from './cancellation.ts';

const booking = { startsAt: START, price: 80_000, policy: POLICY_2026_11, confirmedAt: START - 7 * DAY };
const quote = (now: number, by: 'student' | 'tutor' | 'platform' = 'student', change: Partial<typeof booking> = {}) =>
  cancellationOf({ ...booking, ...change }, by, now);

describe('what a student gets back', () => {
  it.each([
    ['BO15', 'a day before, exactly', START - 24 * HOUR, 100, 80_000, 'tier-24h'],
    ['BO16', 'a millisecond later', START - 24 * HOUR + 1, 50, 40_000, 'tier-4h'],
    ['BO16', 'four hours before, exactly', START - 4 * HOUR, 50, 40_000, 'tier-4h'],
    ['BO17', 'a millisecond later', START - 4 * HOUR + 1, 0, 0, 'too-late'],
    ['BO17', 'just before the start', START - 1, 0, 0, 'too-late'],
  ] as const)('%s: %s', (_, __, now, refundPct, refund, rule) =>
    expect(quote(now)).toEqual({ refundPct, refund, rule }),
  );

  it('BO14: within 15 minutes of the confirmation all of it, however near the start', () => {
    const confirmedAt = START - HOUR;
    const all = { refundPct: 100, refund: 80_000, rule: 'grace' };
    expect(quote(confirmedAt + 15 * MINUTE, 'student', { confirmedAt })).toEqual(all);
    expect(quote(confirmedAt + 15 * MINUTE + 1, 'student', { confirmedAt }).rule).toBe('too-late');
  });

  it('BO16: half of an odd price is rounded up', () =>
    expect(quote(START - 5 * HOUR, 'student', { price: 101 }).refund).toBe(51));

  it('BO13: nothing when nothing was paid', () =>
    expect(cancellationOf({ ...booking, confirmedAt: null }, 'student', START - DAY)).toEqual({
      refundPct: 100,
      refund: 0,
      rule: 'not-paid',
    }));
});

it('BO18: tutor and platform give all of it back at any time', () => {
  for (const now of [START - 30 * DAY, START - 1, START + HOUR]) {
    expect(quote(now, 'tutor')).toEqual({ refundPct: 100, refund: 80_000, rule: 'by-tutor' });
    expect(quote(now, 'platform')).toEqual({ refundPct: 100, refund: 80_000, rule: 'by-platform' });
  }
});

it('BO14–BO17: waiting never gives a student more back, once the grace is over', () => {
  const time = fc.integer({ min: START - 8 * DAY, max: START });
  fc.assert(
    fc.property(time, time, fc.integer({ min: 111, max: 10_000_000 }), (a, b, price) => {
      const confirmedAt = START - 9 * DAY;
      const early = quote(Math.min(a, b), 'student', { price, confirmedAt });
      const late = quote(Math.max(a, b), 'student', { price, confirmedAt });
      expect(late.refund).toBeLessThanOrEqual(early.refund);
      expect(Number.isInteger(early.refund)).toBe(true);
      expect(early.refund).toBeLessThanOrEqual(price);
    }),
    { seed: 20261121, numRuns: 300 },
  );
});

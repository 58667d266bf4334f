import { describe, expect, test } from 'vitest';
import { cancellationOf } from '#events/booking/decide.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { cancelTerms } from './cancel-terms.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 21, 13, 0);

describe('the rows before a booking say what cancelling will do', () => {
  test('far ahead: all, half, nothing', () => {
    expect(cancelTerms(POLICY_2026_11, START, 80_000, START - 48 * HOUR)).toEqual([
      { until: START - 24 * HOUR, refundPct: 100, refund: 80_000 },
      { until: START - 4 * HOUR, refundPct: 50, refund: 40_000 },
      { until: null, refundPct: 0, refund: 0 },
    ]);
  });
  test('close to the lesson a row that is over is left out', () => {
    expect(cancelTerms(POLICY_2026_11, START, 80_000, START - 6 * HOUR).map((term) => term.refundPct)).toEqual([50, 0]);
    expect(cancelTerms(POLICY_2026_11, START, 80_000, START - HOUR).map((term) => term.refundPct)).toEqual([0]);
  });
  test('each row gives what the domain gives until its very end (BO14–BO18)', () => {
    const confirmedAt = START - 60 * HOUR;
    for (const price of [80_000, 33_333, 1]) {
      for (const term of cancelTerms(POLICY_2026_11, START, price, START - 48 * HOUR)) {
        const at = term.until ?? START - HOUR;
        const quote = cancellationOf({ startsAt: START, price, policy: POLICY_2026_11, confirmedAt }, 'student', at);
        expect(quote).toMatchObject({ refund: term.refund, refundPct: term.refundPct });
      }
    }
  });
});

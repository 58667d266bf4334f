import { describe, expect, it } from 'vitest';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { answerByOf, moveTerms } from './move-terms.ts';

const HOUR = 3_600_000;
const start = Date.parse('2026-11-20T12:30:00Z');
const booking = { startsAt: start, price: 80_000, confirmedAt: start - 200 * HOUR, refundCapPct: 100 };
const terms = (hoursBefore: number, by: 'student' | 'tutor' = 'student', over = {}) =>
  moveTerms({ ...booking, ...over }, POLICY_2026_11, by, start - hoursBefore * HOUR);

describe('moving a lesson', () => {
  it('is the student’s alone until 12 hours before, exactly', () => {
    expect(terms(12).alone).toBe(true);
    expect(terms(11.99).alone).toBe(false);
    expect(terms(100, 'tutor').alone).toBe(false);
  });

  it('never gives a student more back than cancelling now would', () => {
    expect(terms(30)).toMatchObject({ capPct: 100, cap: 80_000 });
    expect(terms(13)).toMatchObject({ capPct: 50, cap: 40_000 });
    expect(terms(3)).toMatchObject({ capPct: 0, cap: 0 });
    expect(terms(30, 'student', { refundCapPct: 50 })).toMatchObject({ capPct: 50, cap: 40_000 });
  });

  it('by the tutor leaves the student’s right as it is', () => {
    expect(terms(3, 'tutor')).toMatchObject({ capPct: 100, cap: 80_000 });
    expect(terms(3, 'tutor', { refundCapPct: 50 })).toMatchObject({ capPct: 50, cap: 40_000 });
  });

  it('waits for an answer a day, at latest until the earlier of the two starts', () => {
    const now = start - 48 * HOUR;
    expect(answerByOf(POLICY_2026_11, start, start + 90 * HOUR, now)).toBe(now + 24 * HOUR);
    expect(answerByOf(POLICY_2026_11, start, start - 40 * HOUR, now)).toBe(start - 40 * HOUR);
  });
});

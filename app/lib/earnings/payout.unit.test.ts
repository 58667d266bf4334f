import { describe, expect, it } from 'vitest';
import type { EarningRow } from '#projections/queries.ts';
import { earnings } from '../messages/en/earnings.ts';
import { byRelease, nextRelease, placeOf, reasonOf, sumsOf } from './payout.ts';

const HOUR = 3_600_000;
const now = Date.parse('2026-11-20T12:10:00Z');
const viewer = { zone: 'Asia/Kolkata', now };

function row(over: Partial<EarningRow> = {}): EarningRow {
  return {
    bookingId: 'b',
    tutorId: 't',
    studentName: 'Rohan Mehta',
    subject: 'JEE maths',
    startsAt: now + 20 * HOUR,
    minutes: 60,
    code: null,
    gross: 80_000,
    commission: 8_000,
    share: 72_000,
    state: 'held',
    t0: null,
    releaseAt: null,
    releasedAt: null,
    transferId: null,
    reversed: 0,
    owed: 0,
    clawback: 0,
    pauses: [],
    settlementId: null,
    disputeState: null,
    outcome: null,
    ...over,
  };
}
const running = (hoursAgo: number, over: Partial<EarningRow> = {}): EarningRow =>
  row({
    state: 'hold-running',
    startsAt: now - (hoursAgo + 1) * HOUR,
    t0: now - hoursAgo * HOUR,
    releaseAt: now + (72 - hoursAgo) * HOUR,
    outcome: 'held',
    ...over,
  });
const why = (one: EarningRow) => reasonOf(one, viewer, earnings.why);

describe('why a payout is where it is', () => {
  it('counts the 72 hours from the lesson, never from the payment', () => {
    expect(why(row()).title).toBe('72 hours after the lesson: about Tue 24 Nov, 2:40 pm IST');
    expect(why(row()).waited).toBeNull();
  });

  it('shows how much of the wait is over and what is left', () => {
    const reason = why(running(58.15));
    expect(reason.title).toBe('Sat 21 Nov, 7:31 am IST'.replace('Sat 21 Nov', 'Tomorrow'));
    expect(reason.detail).toBe('13 h 51 min left of 72 hours');
    expect(reason.waited).toBeCloseTo(0.8076, 3);
  });

  it('never counts beyond the end of the wait', () => {
    const reason = why(running(80));
    expect(reason.waited).toBe(1);
    expect(reason.detail).toBe(earnings.why.over);
  });

  it('says who has to decide when it does not move by itself', () => {
    expect(why(row({ outcome: 'unclear', startsAt: now - HOUR })).frozen).toBe(true);
    expect(why(row({ state: 'failed' })).frozen).toBe(true);
    expect(why(running(10)).frozen).toBe(false);
  });

  it('freezes what is disputed, and says that the tutor may answer', () => {
    const open = running(10, { state: 'disputed', disputeState: 'opened' });
    expect(why(open)).toMatchObject({ frozen: true, inCase: true, detail: earnings.why.disputedAnswer });
    expect(why({ ...open, disputeState: 'under-review' }).detail).toBe(earnings.why.disputedDetail);
  });

  it('says why it rests and until when; a pause that is over stands in the way of nothing', () => {
    const rests = (until: number | null) => why(running(10, { pauses: [{ reason: 'bank-changed', until }] }));
    expect(rests(now + 3 * HOUR).title).toBe('Rests until today, 8:40 pm IST');
    expect(rests(null)).toMatchObject({ sign: 'paused', title: 'Rests for now', frozen: true });
    expect(rests(now - 1).frozen).toBe(false);
    const released = row({ state: 'released', releasedAt: now, pauses: [{ reason: 'chargeback', until: null }] });
    expect(why(released).frozen).toBe(false);
  });

  it('takes what a bank took back off what is the tutor’s', () => {
    const taken = row({ state: 'settled', clawback: 72_000, settlementId: 'setl_1' });
    expect(why(taken).detail).toContain('₹720.00');
    expect(sumsOf([taken], now).settled.amount).toBe(0);
  });

  it('tells a late cancellation and a missing student apart', () => {
    expect(why(running(1, { outcome: 'cancelled-late' })).sign).toBe('cancelled');
    expect(why(running(1, { outcome: 'student-no-show' })).detail).toContain('did not come');
  });
});

describe('sums and order', () => {
  const rows = [
    running(10),
    running(60),
    row({ outcome: 'unclear' }),
    row({ state: 'released', releasedAt: now }),
    row({ state: 'settled' }),
    row({ state: 'reversed', reversed: 72_000 }),
    running(5, { reversed: 36_000, outcome: 'cancelled-late' }),
  ];

  it('adds what is the tutor’s in each place, after reversals', () => {
    const sums = sumsOf(rows, now);
    expect(sums.held).toEqual({ amount: 72_000 * 3 + 36_000, lessons: 4 });
    expect(sums.released.amount).toBe(72_000);
    expect(sums.settled.amount).toBe(72_000);
    expect(sums.gone.amount).toBe(0);
    expect(sums.frozen).toBe(72_000);
  });

  it('leaves what is left on hold while a part of it goes back', () => {
    const partly = row({ state: 'reversing', reversed: 36_000 });
    expect(placeOf(partly)).toBe('held');
    expect(sumsOf([partly], now).held.amount).toBe(36_000);
  });

  it('counts nothing of a payout that was called off', () => {
    expect(sumsOf([row({ state: 'cancelled' })], now).gone).toEqual({ amount: 0, lessons: 1 });
  });

  it('puts first what waits for a decision, then what comes free first', () => {
    const held = byRelease(
      rows.filter((one) => placeOf(one) === 'held'),
      now,
    );
    expect(held.map((one) => one.outcome)).toEqual(['unclear', 'held', 'held', 'cancelled-late']);
    expect(held[1]?.releaseAt).toBe(now + 12 * HOUR);
  });

  it('names the next release', () => {
    expect(nextRelease(rows, now)).toEqual({ at: now + 12 * HOUR, amount: 72_000 });
    expect(nextRelease([], now)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import type { EarningRow } from '#projections/queries.ts';
import { monthAfter, releaseDays, weeksOf } from './release-days.ts';

/** Sun 22 Nov 2026, 11 pm in India. */
const NOW = Date.UTC(2026, 10, 22, 17, 30);
const HOUR = 3_600_000;

const row = (over: Partial<EarningRow>): EarningRow => ({
  bookingId: 'b',
  tutorId: 't',
  studentName: 'Asha',
  subject: 'Mathematics',
  startsAt: NOW - 48 * HOUR,
  minutes: 60,
  code: 'nx-1',
  gross: 80_000,
  commission: 8_000,
  share: 72_000,
  state: 'hold-running',
  t0: NOW - 47 * HOUR,
  releaseAt: NOW + 25 * HOUR,
  releasedAt: null,
  transferId: 'trf_1',
  reversed: 0,
  owed: 0,
  clawback: 0,
  pauses: [],
  settlementId: null,
  disputeState: null,
  outcome: 'held',
  ...over,
});

describe('the calendar of a tutor’s money', () => {
  it('puts what comes free and what was released on its day, in the viewer’s zone', () => {
    const rows = [
      row({}),
      row({ reversed: 22_000 }),
      row({ state: 'released', releasedAt: NOW - 24 * HOUR }),
      row({ state: 'settled', releasedAt: NOW - 24 * HOUR }),
    ];
    expect(releaseDays(rows, 'Asia/Kolkata', NOW)).toMatchObject([
      { day: '2026-11-21', expected: 0, released: 144_000 },
      { day: '2026-11-24', expected: 122_000, released: 0 },
    ]);
    // 18:30 UTC on the 23rd is past midnight in India, and not in London.
    expect(releaseDays([row({})], 'Europe/London', NOW).map(({ day }) => day)).toEqual(['2026-11-23']);
  });

  it('names no day for what waits for its lesson or for somebody, or is gone', () => {
    const rows = [
      row({ state: 'held', releaseAt: null }),
      row({ state: 'disputed' }),
      row({ state: 'cancelled' }),
      row({ state: 'reversed' }),
      row({ pauses: [{ reason: 'bank-changed', until: null }] }),
    ];
    expect(releaseDays(rows, 'Asia/Kolkata', NOW)).toEqual([]);
  });

  it('lays out months from Monday to Sunday, leap years too', () => {
    expect(weeksOf('2026-11')[0]).toEqual([null, null, null, null, null, null, '2026-11-01']);
    expect(weeksOf('2026-11').at(-1)).toEqual(['2026-11-30', null, null, null, null, null, null]);
    expect(weeksOf('2028-02').flat().filter(Boolean)).toHaveLength(29);
    expect(weeksOf('2027-02')).toHaveLength(4);
    expect([monthAfter('2026-12', 1), monthAfter('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
  });
});

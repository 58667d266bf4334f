import { describe, expect, it } from 'vitest';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { reportingOf } from './report.ts';

const MINUTE = 60_000;
const start = Date.parse('2026-11-20T12:30:00Z');
const held = { state: 'held', releaseAt: null, reversed: 0, owed: 0 } as const;
const booking = { state: 'in-progress', startsAt: start } as const;
const at = (now: number, payout: Parameters<typeof reportingOf>[1] = held) =>
  reportingOf(booking, payout, null, POLICY_2026_11, now);

describe('when a problem can be reported', () => {
  it('from 15 minutes after the start, not a millisecond before', () => {
    expect(at(start + 15 * MINUTE - 1)).toEqual({ kind: 'early', from: start + 15 * MINUTE });
    expect(at(start + 15 * MINUTE)).toEqual({ kind: 'open', until: null });
  });

  it('until the hold ends', () => {
    const running = { ...held, state: 'hold-running', releaseAt: start + 90 * MINUTE } as const;
    expect(at(start + 90 * MINUTE - 1, running)).toEqual({ kind: 'open', until: start + 90 * MINUTE });
    expect(at(start + 90 * MINUTE, running)).toEqual({ kind: 'late' });
    expect(at(start + 80 * MINUTE, { ...running, state: 'releasing' })).toEqual({ kind: 'late' });
  });

  it('once, and only while money waits', () => {
    const later = start + 60 * MINUTE;
    expect(reportingOf(booking, held, { disputeId: 'd' }, POLICY_2026_11, later).kind).toBe('exists');
    expect(reportingOf({ ...booking, state: 'cancelled' }, held, null, POLICY_2026_11, later).kind).toBe('nothing');
    expect(at(later, { ...held, state: 'reversed' }).kind).toBe('nothing');
    expect(at(later, { ...held, reversed: 100 }).kind).toBe('nothing');
    expect(at(later, null).kind).toBe('nothing');
  });
});

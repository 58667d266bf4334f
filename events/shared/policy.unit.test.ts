import { describe, expect, it } from 'vitest';
import { POLICIES, POLICY_2026_11, policyAt } from './policy.ts';

describe('the policy in force', () => {
  const next = { ...POLICY_2026_11, version: 'next', commissionBps: 900 };
  const table = [
    { from: 1_000, policy: POLICY_2026_11 },
    { from: 2_000, policy: next },
  ] as const;
  it('PL1: is the last one that has begun, from its first millisecond on', () => {
    expect(policyAt(1_999, table).version).toBe('2026-11');
    expect(policyAt(2_000, table).version).toBe('next');
    expect(policyAt(9e15, table).version).toBe('next');
  });
  it('PL1: before the first version it is the first', () => expect(policyAt(0, table).version).toBe('2026-11'));
  it('PL2: the table is in order, and each version has a name of its own', () => {
    const starts = POLICIES.map(({ from }) => from);
    expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
    expect(new Set(POLICIES.map(({ policy }) => policy.version)).size).toBe(POLICIES.length);
  });
  it('PL3: 2026-11 never changes: bookings were made under these numbers', () =>
    expect(POLICY_2026_11).toEqual({
      version: '2026-11',
      commissionBps: 1_000,
      holdMs: 259_200_000,
      graceMs: 900_000,
      cancelTiers: [
        { beforeMs: 86_400_000, refundPct: 100 },
        { beforeMs: 14_400_000, refundPct: 50 },
      ],
      rescheduleBeforeMs: 43_200_000,
      payWithinMs: 600_000,
      payWithinAfterAcceptMs: 86_400_000,
      payLatestBeforeStartMs: 7_200_000,
      acceptWithinMs: 86_400_000,
      noShowAfterMs: 900_000,
      opensBeforeMs: 900_000,
      closesAfterMs: 900_000,
      allGoneMs: 600_000,
      heldPct: 50,
      rescheduleAnswerMs: 86_400_000,
      disputeOpensAfterStartMs: 900_000,
      disputeAnswerMs: 172_800_000,
      disputeDecideMs: 259_200_000,
      secondPersonAbove: 500_000,
      accountCoolOffMs: 86_400_000,
    }));
});

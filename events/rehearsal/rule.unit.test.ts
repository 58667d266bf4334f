import { describe, expect, it } from 'vitest';
import { POLICY_2026_11 } from '../shared/policy.ts';
import { HOUR, MINUTE } from '../shared/times.ts';
import { changesOf, policyWith, ruleOf, ruleProblem, type RuleChanges } from './rule.ts';

const IN_FORCE = ruleOf(POLICY_2026_11);
const problem = (changes: RuleChanges): string | undefined => ruleProblem({ ...IN_FORCE, ...changes })?.code;

describe('a rule to rehearse', () => {
  it('[RH1] may be the one in force, and what lies on its bounds', () => {
    expect(problem({})).toBeUndefined();
    expect(problem({ commissionBps: 0, holdMs: 0, graceMs: 0, heldPct: 100, secondPersonAbove: 0 })).toBeUndefined();
    expect(problem({ cancelTiers: [] })).toBeUndefined();
  });

  it('[RH1] is refused with a code for each part that makes no sense', () => {
    const wrong: readonly (readonly [RuleChanges, string])[] = [
      [{ commissionBps: 5_001 }, 'commission-invalid'],
      [{ commissionBps: 0.5 }, 'commission-invalid'],
      [{ holdMs: -1 }, 'hold-invalid'],
      [{ graceMs: Number.NaN }, 'grace-invalid'],
      [{ noShowAfterMs: 4 * MINUTE }, 'no-show-invalid'],
      [{ heldPct: 0 }, 'held-share-invalid'],
      [{ secondPersonAbove: -1 }, 'second-person-invalid'],
      [{ cancelTiers: [{ beforeMs: HOUR, refundPct: 101 }] }, 'tier-invalid'],
      [
        { cancelTiers: Array.from({ length: 6 }, (_, n) => ({ beforeMs: (9 - n) * HOUR, refundPct: 1 })) },
        'tiers-too-many',
      ],
      [{ cancelTiers: [1, 2].map((hour) => ({ beforeMs: hour * HOUR, refundPct: 50 })) }, 'tiers-order'],
      [{ cancelTiers: [2, 1].map((hour) => ({ beforeMs: hour * HOUR, refundPct: 50 / hour })) }, 'tiers-order'],
    ];
    for (const [changes, code] of wrong) expect(problem(changes), JSON.stringify(changes)).toBe(code);
  });

  it('[RH2] changes only what differs, and without a change leaves the policy itself', () => {
    expect(changesOf(IN_FORCE, IN_FORCE)).toEqual({});
    expect(changesOf(IN_FORCE, { ...IN_FORCE, cancelTiers: [...IN_FORCE.cancelTiers] })).toEqual({});
    expect(changesOf(IN_FORCE, { ...IN_FORCE, heldPct: 60, cancelTiers: [] })).toEqual({
      heldPct: 60,
      cancelTiers: [],
    });
    expect(policyWith(POLICY_2026_11, {})).toBe(POLICY_2026_11);
    expect(policyWith(POLICY_2026_11, { heldPct: 60 })).toEqual({ ...POLICY_2026_11, heldPct: 60 });
  });
});

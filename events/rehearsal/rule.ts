/** What a rehearsal may change of the rules, and when such a rule makes sense. Rules RH1–RH3 of projections/SPEC.md. */
import type { Policy } from '../shared/policy.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';

/** The part of a policy that a rehearsal may change. What is not here stays as each booking has it. */
export type Rule = Pick<
  Policy,
  'commissionBps' | 'holdMs' | 'graceMs' | 'cancelTiers' | 'noShowAfterMs' | 'heldPct' | 'secondPersonAbove'
>;

/** Only what was changed, laid over each booking's own policy. */
export type RuleChanges = Partial<Rule>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Bounds of a rehearsed rule; both ends are allowed. */
export const RULE_BOUNDS = {
  commissionBps: { least: 0, most: 5_000 },
  holdMs: { least: 0, most: 30 * DAY },
  graceMs: { least: 0, most: DAY },
  noShowAfterMs: { least: 5 * MINUTE, most: 60 * MINUTE },
  heldPct: { least: 1, most: 100 },
  secondPersonAbove: { least: 0, most: 100_000_000 },
  tierBeforeMs: { least: 0, most: 60 * DAY },
} as const;

export const MAX_TIERS = 5;

export const ruleOf = (policy: Policy): Rule => {
  const { commissionBps, holdMs, graceMs, cancelTiers, noShowAfterMs, heldPct, secondPersonAbove } = policy;
  return { commissionBps, holdMs, graceMs, cancelTiers, noShowAfterMs, heldPct, secondPersonAbove };
};

const sameTiers = (a: Rule['cancelTiers'], b: Rule['cancelTiers']): boolean =>
  a.length === b.length && a.every((tier, n) => tier.beforeMs === b[n]?.beforeMs && tier.refundPct === b[n]?.refundPct);

/** What `next` changes of `inForce`. */
export function changesOf(inForce: Rule, next: Rule): RuleChanges {
  const { cancelTiers, ...figures } = next;
  const changed = Object.fromEntries(
    Object.entries(figures).filter(([name, value]) => inForce[name as keyof typeof figures] !== value),
  ) as RuleChanges;
  return sameTiers(inForce.cancelTiers, cancelTiers) ? changed : { ...changed, cancelTiers };
}

/** A booking's own policy with the changes on it. Without changes it is the very same policy. */
export const policyWith = (own: Policy, changes: RuleChanges): Policy =>
  Object.keys(changes).length === 0 ? own : { ...own, ...changes };

/** Why this rule cannot be rehearsed; null when it can. */
export function ruleProblem(rule: Rule): Refusal | null {
  const within = (name: keyof typeof RULE_BOUNDS, value: number): boolean =>
    Number.isSafeInteger(value) && value >= RULE_BOUNDS[name].least && value <= RULE_BOUNDS[name].most;
  if (!within('commissionBps', rule.commissionBps))
    return refuse('commission-invalid', 'The commission is between 0 and 50 %.');
  if (!within('holdMs', rule.holdMs)) return refuse('hold-invalid', 'The hold is between 0 hours and 30 days.');
  if (!within('graceMs', rule.graceMs))
    return refuse('grace-invalid', 'The free time right after booking is between 0 minutes and a day.');
  if (!within('noShowAfterMs', rule.noShowAfterMs))
    return refuse('no-show-invalid', 'The wait for someone who is late is between 5 and 60 minutes.');
  if (!within('heldPct', rule.heldPct))
    return refuse('held-share-invalid', 'The share that must be held is between 1 and 100 %.');
  if (!within('secondPersonAbove', rule.secondPersonAbove))
    return refuse('second-person-invalid', 'The limit for one person is between ₹0 and ₹10,00,000.');
  return tiersProblem(rule.cancelTiers, within);
}

function tiersProblem(
  tiers: Rule['cancelTiers'],
  within: (name: 'tierBeforeMs', value: number) => boolean,
): Refusal | null {
  if (tiers.length > MAX_TIERS) return refuse('tiers-too-many', `There are at most ${MAX_TIERS} tiers.`);
  for (const [n, { beforeMs, refundPct }] of tiers.entries()) {
    if (!within('tierBeforeMs', beforeMs) || !Number.isInteger(refundPct) || refundPct < 0 || refundPct > 100)
      return refuse('tier-invalid', 'A tier is a time of up to 60 days before the lesson and 0 to 100 %.');
    const earlier = tiers[n - 1];
    // The first tier that is reached decides, so a later one that gives more would never be what anyone meant.
    if (earlier && (earlier.beforeMs <= beforeMs || earlier.refundPct < refundPct))
      return refuse('tiers-order', 'Tiers run from the longest time to the shortest, and never give back more later.');
  }
  return null;
}

/** What a student gets back, as rows that grow less: the same tiers that decide when they cancel. */
import type { Policy } from '#events/shared/policy.ts';

export type CancelPolicy = Pick<Policy, 'graceMs' | 'cancelTiers'>;

export interface CancelTerm {
  /** Instant until which it holds; null for the last row. */
  readonly until: number | null;
  readonly refundPct: number;
  /** Paise. */
  readonly refund: number;
}

/** The tiers that can still be reached at `now`. The grace right after booking is told apart, as it has no date yet. */
export function cancelTerms(policy: CancelPolicy, startsAt: number, price: number, now: number): readonly CancelTerm[] {
  const open = policy.cancelTiers
    .map(({ beforeMs, refundPct }) => ({
      until: startsAt - beforeMs,
      refundPct,
      refund: Math.floor((price * refundPct + 50) / 100),
    }))
    .filter(({ until }) => until > now)
    .toSorted((one, other) => one.until - other.until);
  return [...open, { until: null, refundPct: 0, refund: 0 }];
}

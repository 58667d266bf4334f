import { shareOf } from '../shared/money.ts';
import type { Policy } from '../shared/policy.ts';
import type { CancelledBy } from './events.ts';

/** What of a booking decides the money of a cancellation. Instants in business ms, price in paise. */
export interface CancellationTerms {
  readonly startsAt: number;
  readonly price: number;
  readonly policy: Policy;
  /** When it was confirmed by a payment; null while nothing was paid. */
  readonly confirmedAt: number | null;
}

export interface CancellationQuote {
  /** Percent of the price that goes back. */
  readonly refundPct: number;
  /** Paise that go back; 0 when nothing was paid. */
  readonly refund: number;
  /** `not-paid`, `by-tutor`, `by-platform`, `grace`, `tier-24h`, `tier-4h` (from the policy's tiers), `too-late`. */
  readonly rule: string;
}

const HOUR = 3_600_000;

/**
 * What a cancellation by `by` at `now` gives back (rules BO14–BO18). Bounds are included: exactly 24 h before the start
 * is still "until 24 h before", exactly 15 minutes after booking is still within the grace.
 */
export function cancellationOf(booking: CancellationTerms, by: CancelledBy, now: number): CancellationQuote {
  const { startsAt, price, policy, confirmedAt } = booking;
  if (confirmedAt === null) return { refundPct: 100, refund: 0, rule: 'not-paid' };
  const quote = (refundPct: number, rule: string): CancellationQuote => ({
    refundPct,
    refund: shareOf(price, refundPct * 100),
    rule,
  });
  if (by !== 'student') return quote(100, `by-${by}`);
  if (now - confirmedAt <= policy.graceMs) return quote(100, 'grace');
  const tier = policy.cancelTiers.find(({ beforeMs }) => startsAt - now >= beforeMs);
  return tier ? quote(tier.refundPct, `tier-${tier.beforeMs / HOUR}h`) : quote(0, 'too-late');
}

import { shareOf } from '../shared/money.ts';
import type { Policy } from '../shared/policy.ts';
import type { BookingState, CancelledBy } from './events.ts';

/** What of a booking decides the money of a cancellation. Instants in business ms, price in paise. */
export interface CancellationTerms {
  readonly startsAt: number;
  readonly price: number;
  readonly policy: Policy;
  /** When it was confirmed by a payment; null while nothing was paid. */
  readonly confirmedAt: number | null;
  /** A move by the student leaves at most this to give back, percent; 100 or nothing: never moved by them. */
  readonly refundCapPct?: number;
}

export interface CancellationQuote {
  /** Percent of the price that goes back. */
  readonly refundPct: number;
  /** Paise that go back; 0 when nothing was paid. */
  readonly refund: number;
  /** `not-paid`, `by-tutor`, `by-platform`, `grace`, `tier-24h`, `tier-4h` (from the policy's tiers), `too-late`, `moved`. */
  readonly rule: string;
}

const HOUR = 3_600_000;

/**
 * What a cancellation by `by` at `now` gives back (rules BO14–BO18, BO36). Bounds are included: exactly 24 h before the start
 * is still "until 24 h before", exactly 15 minutes after booking is still within the grace.
 */
export function cancellationOf(booking: CancellationTerms, by: CancelledBy, now: number): CancellationQuote {
  const { startsAt, price, policy, confirmedAt, refundCapPct = 100 } = booking;
  if (confirmedAt === null) return { refundPct: 100, refund: 0, rule: 'not-paid' };
  const quote = (refundPct: number, rule: string): CancellationQuote => ({
    refundPct,
    refund: shareOf(price, refundPct * 100),
    rule,
  });
  if (by !== 'student') return quote(100, `by-${by}`);
  const capped = (refundPct: number, rule: string): CancellationQuote =>
    refundPct > refundCapPct ? quote(refundCapPct, 'moved') : quote(refundPct, rule);
  if (now - confirmedAt <= policy.graceMs) return capped(100, 'grace');
  const tier = policy.cancelTiers.find(({ beforeMs }) => startsAt - now >= beforeMs);
  return tier ? capped(tier.refundPct, `tier-${tier.beforeMs / HOUR}h`) : capped(0, 'too-late');
}

/** What `cancellationOf` asks of a booking as it is now. */
export function cancellationTerms(state: Exclude<BookingState, { kind: 'none' }>): CancellationTerms {
  const { startsAt, price, policy } = state.terms;
  const paid = 'confirmedAt' in state ? state : { confirmedAt: null, refundCapPct: 100 };
  return { startsAt, price, policy, confirmedAt: paid.confirmedAt, refundCapPct: paid.refundCapPct };
}

/** Whether a problem with a lesson can be reported now. The streams decide in the end; this is what a page may offer. Pure. */
import type { Policy } from '#events/shared/policy.ts';
import type { BookingRow, DisputeRow, EarningRow } from '#projections/queries.ts';

export type Reporting =
  /** `until` is the end of the hold; null while the 72 hours have not begun. */
  | { readonly kind: 'open'; readonly until: number | null }
  | { readonly kind: 'early'; readonly from: number }
  | { readonly kind: 'late' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'nothing' };

type Payout = Pick<EarningRow, 'state' | 'releaseAt' | 'reversed' | 'owed'>;

/** @param now business ms */
export function reportingOf(
  booking: Pick<BookingRow, 'state' | 'startsAt'>,
  payout: Payout | null,
  dispute: Pick<DisputeRow, 'disputeId'> | null,
  policy: Pick<Policy, 'disputeOpensAfterStartMs'>,
  now: number,
): Reporting {
  if (dispute) return { kind: 'exists' };
  if (!['confirmed', 'in-progress', 'completed'].includes(booking.state)) return { kind: 'nothing' };
  const from = booking.startsAt + policy.disputeOpensAfterStartMs;
  if (now < from) return { kind: 'early', from };
  switch (payout?.state) {
    case 'planned':
    case 'transfer-pending':
    case 'failed':
    case 'held':
    case 'hold-running':
      if (payout.reversed > 0 || payout.owed > 0) return { kind: 'nothing' };
      if (payout.releaseAt !== null && now >= payout.releaseAt) return { kind: 'late' };
      return { kind: 'open', until: payout.releaseAt };
    case 'releasing':
    case 'released':
    case 'settled':
      return { kind: 'late' };
    default:
      return { kind: 'nothing' };
  }
}

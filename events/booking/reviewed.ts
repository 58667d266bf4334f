import { never } from '../shared/never.ts';
import { refuse } from '../shared/refusal.ts';
import type { BookingCommandOf, BookingDecision, ExistingBooking } from './decide.ts';
import { over } from './over.ts';

/** Rule BO40: what people decided about an unclear lesson, once. */
export function decideReviewed(
  { data, now }: BookingCommandOf<'DecideReviewedBooking'>,
  state: ExistingBooking,
): BookingDecision {
  const { bookingId, refund, reason } = data;
  switch (state.kind) {
    case 'under-review': {
      const { price } = state.terms;
      if (!Number.isSafeInteger(refund) || refund < 0 || refund > price)
        return refuse('refund-invalid', 'What goes back is between nothing and the price, in whole paise.');
      if (refund === 0) return [{ type: 'BookingCompleted', data: { bookingId, outcome: 'reviewed', t0: now } }];
      const refundPct = Math.floor((refund * 100) / price);
      const back = { rule: 'review', refundPct, refund, cancelledAt: now };
      return [{ type: 'BookingCancelled', data: { bookingId, by: 'platform', reason, ...back } }];
    }
    case 'completed':
    case 'closed':
      if (state.outcome === 'reviewed' && refund === 0) return [];
      return refuse('already-completed', 'The outcome of this lesson is decided already.');
    case 'cancelled':
      if (state.cancellation.rule === 'review' && state.cancellation.refund === refund) return [];
      return refuse('already-cancelled', 'This booking is cancelled already.');
    case 'requested':
    case 'awaiting-payment':
    case 'confirmed':
    case 'in-progress':
      return refuse('not-under-review', 'This booking is not under review.');
    case 'declined':
    case 'expired':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

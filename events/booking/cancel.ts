import { never } from '../shared/never.ts';
import { refuse } from '../shared/refusal.ts';
import { cancellationOf, cancellationTerms } from './cancellation.ts';
import type { BookingCommandOf, BookingDecision, ExistingBooking } from './decide.ts';
import { elsewhere, inTheLesson } from './lesson-time.ts';
import { over } from './over.ts';

/** Rules BO13–BO20, BO36. */
export function cancel({ data, now }: BookingCommandOf<'CancelBooking'>, state: ExistingBooking): BookingDecision {
  const { bookingId, by, reason } = data;
  const agreed = (): BookingDecision => {
    const quote = cancellationOf(cancellationTerms(state), by, now);
    return [{ type: 'BookingCancelled', data: { bookingId, by, reason, ...quote, cancelledAt: now } }];
  };
  switch (state.kind) {
    case 'requested':
    case 'awaiting-payment':
      return agreed();
    case 'confirmed':
      if (by === 'student' && now >= state.terms.startsAt)
        return refuse('lesson-started', 'The time of the lesson has come. What happens in it decides about the money.');
      return agreed();
    case 'in-progress':
      if (by === 'student')
        return refuse('lesson-started', 'The lesson has begun, so it cannot be cancelled. You can report a problem.');
      return agreed();
    case 'under-review':
      if (by !== 'platform') return refuse('under-review', 'We are looking into this lesson and will decide about it.');
      return agreed();
    case 'completed':
    case 'closed':
      return refuse('already-completed', 'The lesson is over. You can report a problem with it instead.');
    case 'cancelled':
      if (state.cancellation.by === by) return [];
      return refuse('already-cancelled', 'This booking is cancelled already.');
    case 'declined':
    case 'expired':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

/** Rules BO23–BO24: all of it goes back, whatever the time. */
export function cancelUntaught(
  { data, now }: BookingCommandOf<'CancelUntaughtBooking'>,
  state: ExistingBooking,
): BookingDecision {
  const { bookingId, outcome, lessonId } = data;
  const gone = elsewhere(state, lessonId);
  if (gone) return gone;
  switch (state.kind) {
    case 'confirmed':
    case 'in-progress':
    case 'under-review': {
      if (now < state.terms.startsAt) return refuse('too-early', 'The time of this lesson has not come yet.');
      const by = outcome === 'tutor-no-show' ? 'tutor' : 'platform';
      const reason = outcome === 'tutor-no-show' ? 'The tutor did not come.' : 'Nobody came.';
      const refund = state.terms.price;
      const back = { rule: outcome, refundPct: 100, refund, cancelledAt: now };
      return inTheLesson(state, now, { type: 'BookingCancelled', data: { bookingId, by, reason, ...back } });
    }
    case 'cancelled':
      if (state.cancellation.rule === outcome) return [];
      return refuse('already-cancelled', 'This booking is cancelled already.');
    case 'completed':
    case 'closed':
      return refuse('already-completed', 'The outcome of this lesson is decided already.');
    case 'requested':
    case 'awaiting-payment':
      return refuse('not-confirmed', 'This booking is not paid yet.');
    case 'declined':
    case 'expired':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

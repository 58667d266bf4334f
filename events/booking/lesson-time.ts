import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { BookingCommandOf, BookingDecision, ExistingBooking } from './decide.ts';
import { over } from './over.ts';

const MINUTE_MS = 60_000;

const notConfirmed = (): Refusal => refuse('not-confirmed', 'This booking is not paid yet.');
const decided = (): Refusal => refuse('already-completed', 'The outcome of this lesson is decided already.');

/** Rule BO21. */
export function start({ data }: BookingCommandOf<'StartBooking'>, state: ExistingBooking): BookingDecision {
  switch (state.kind) {
    case 'confirmed':
      return [{ type: 'BookingStarted', data: { bookingId: data.bookingId } }];
    case 'in-progress':
    case 'under-review':
    case 'completed':
    case 'closed':
      return [];
    case 'requested':
    case 'awaiting-payment':
      return notConfirmed();
    case 'declined':
    case 'expired':
    case 'cancelled':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

/** Rule BO22. From `confirmed` too: a student who never came, or one seat of a lesson that began before it was paid. */
export function complete({ data, now }: BookingCommandOf<'CompleteBooking'>, state: ExistingBooking): BookingDecision {
  const { bookingId, outcome, t0 } = data;
  switch (state.kind) {
    case 'confirmed':
    case 'in-progress':
    case 'under-review': {
      const { startsAt, minutes } = state.terms;
      if (now < startsAt) return refuse('too-early', 'The time of this lesson has not come yet.');
      if (t0 < startsAt || t0 > Math.max(now, startsAt + minutes * MINUTE_MS))
        return refuse('t0-invalid', 'The hold cannot start before the lesson, nor in the future.');
      return [{ type: 'BookingCompleted', data: { bookingId, outcome, t0 } }];
    }
    case 'completed':
    case 'closed':
      return state.outcome === outcome && state.t0 === t0 ? [] : decided();
    case 'requested':
    case 'awaiting-payment':
      return notConfirmed();
    case 'declined':
    case 'expired':
    case 'cancelled':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

/** Rule BO25. */
export function review({ data, now }: BookingCommandOf<'ReviewBooking'>, state: ExistingBooking): BookingDecision {
  const { bookingId, outcome } = data;
  switch (state.kind) {
    case 'confirmed':
    case 'in-progress':
      if (now < state.terms.startsAt) return refuse('too-early', 'The time of this lesson has not come yet.');
      return [{ type: 'BookingUnderReview', data: { bookingId, outcome } }];
    case 'under-review':
      return [];
    case 'completed':
    case 'closed':
      return decided();
    case 'requested':
    case 'awaiting-payment':
      return notConfirmed();
    case 'declined':
    case 'expired':
    case 'cancelled':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

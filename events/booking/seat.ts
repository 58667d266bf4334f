import { never } from '../shared/never.ts';
import { refuse, REQUEST_ID_REUSED } from '../shared/refusal.ts';
import { same } from '../shared/same.ts';
import type { BookingCommandOf, BookingDecision, ExistingBooking } from './decide.ts';
import type { BookingState } from './events.ts';
import { over } from './over.ts';
import { answerBy, payByOf, requestProblem } from './request.ts';

export function request({ data, now }: BookingCommandOf<'RequestBooking'>, state: BookingState): BookingDecision {
  const { bookingId, tutorId, studentId, bookedBy, offerId, subject, startsAt, minutes } = data;
  const { seats, price, mode, policy, note } = data;
  const asked = { bookingId, tutorId, studentId, bookedBy, offerId, subject, startsAt, minutes, seats, price };
  const terms = { ...asked, mode, policy, note, requestedAt: now };
  if (state.kind === 'none') return requestProblem(terms) ?? [{ type: 'BookingRequested', data: terms }];
  const { firstStartsAt, requestedAt, ...before } = state.terms;
  if (same({ ...terms, requestedAt }, { ...before, startsAt: firstStartsAt, requestedAt })) return [];
  return refuse(REQUEST_ID_REUSED, 'This form was sent before with other details. Open the slot again and book anew.');
}

export function accept({ data, now }: BookingCommandOf<'AcceptBooking'>, state: ExistingBooking): BookingDecision {
  const { bookingId, lessonId } = data;
  switch (state.kind) {
    case 'requested': {
      if (now >= state.terms.startsAt) return refuse('time-passed', 'The time of this lesson has passed.');
      if (state.terms.mode === 'accept' && now >= answerBy(state.terms))
        return refuse('request-lapsed', 'The time to accept this request is over.');
      return [{ type: 'BookingAccepted', data: { bookingId, lessonId, payBy: payByOf(state.terms, now) } }];
    }
    case 'awaiting-payment':
    case 'confirmed':
    case 'in-progress':
    case 'under-review':
    case 'completed':
    case 'closed':
      if (state.lessonId === lessonId) return [];
      return refuse('already-accepted', 'This booking was accepted already, for another lesson.');
    case 'declined':
    case 'expired':
    case 'cancelled':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

export function decline({ data, now }: BookingCommandOf<'DeclineBooking'>, state: ExistingBooking): BookingDecision {
  if (state.kind === 'declined') return [];
  if (state.kind === 'cancelled' || state.kind === 'expired') return over(state);
  if (state.kind !== 'requested') return refuse('already-accepted', 'This request was accepted already.');
  if (data.reason === 'lapsed' && now < answerBy(state.terms))
    return refuse('not-due', 'There is still time to answer this request.');
  return [{ type: 'BookingDeclined', data: { bookingId: data.bookingId, reason: data.reason } }];
}

export function confirm({ data, now }: BookingCommandOf<'ConfirmBooking'>, state: ExistingBooking): BookingDecision {
  switch (state.kind) {
    case 'requested':
      return refuse('not-accepted', 'This booking has no seat yet, so it cannot be confirmed.');
    case 'awaiting-payment': {
      if (data.amount !== state.terms.price)
        return refuse('amount-mismatch', 'The amount paid is not the price of this booking.');
      const { bookingId } = data;
      return [{ type: 'BookingConfirmed', data: { bookingId, lessonId: state.lessonId, confirmedAt: now } }];
    }
    case 'confirmed':
    case 'in-progress':
    case 'under-review':
    case 'completed':
    case 'closed':
      return [];
    case 'declined':
    case 'expired':
    case 'cancelled':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

export function expire({ data, now }: BookingCommandOf<'ExpireBooking'>, state: ExistingBooking): BookingDecision {
  switch (state.kind) {
    case 'requested':
      return refuse('not-accepted', 'This booking has no seat yet, so there is nothing to expire.');
    case 'awaiting-payment':
      if (now < state.payBy) return refuse('not-due', 'The seat is still kept for paying.');
      return [{ type: 'BookingExpired', data: { bookingId: data.bookingId } }];
    case 'expired':
      return [];
    case 'confirmed':
    case 'in-progress':
    case 'under-review':
    case 'completed':
    case 'closed':
      return refuse('already-paid', 'This booking is paid, so it cannot expire.');
    case 'declined':
    case 'cancelled':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

import { never } from '../shared/never.ts';
import { isRefusal, refuse, type Refusal } from '../shared/refusal.ts';
import type { BookingCommandOf, BookingDecision, ExistingBooking } from './decide.ts';
import type { BookingEvent } from './events.ts';
import { over } from './over.ts';
import { beforeTheLesson } from './reschedule.ts';

const MINUTE_MS = 60_000;

const notConfirmed = (): Refusal => refuse('not-confirmed', 'This booking is not paid yet.');
const decided = (): Refusal => refuse('already-completed', 'The outcome of this lesson is decided already.');

/** Rule BO39: a lesson that this booking has moved away from says nothing about it. `lessonId`: where the news is from. */
export function elsewhere(state: ExistingBooking, lessonId: string | undefined): Refusal | null {
  if (lessonId === undefined || !('lessonId' in state) || state.lessonId === lessonId) return null;
  return refuse('other-lesson', 'This booking was moved to another lesson.');
}

/** The event, after what must be said first about an open wish to move the lesson (rule BO38). */
export function inTheLesson(state: ExistingBooking, now: number, event: BookingEvent): BookingDecision {
  const first = beforeTheLesson(state, now);
  return isRefusal(first) ? first : [...first, event];
}

/** Rule BO21. */
export function start({ data, now }: BookingCommandOf<'StartBooking'>, state: ExistingBooking): BookingDecision {
  const { bookingId, lessonId } = data;
  const gone = elsewhere(state, lessonId);
  if (gone) return gone;
  switch (state.kind) {
    case 'confirmed':
      return inTheLesson(state, now, { type: 'BookingStarted', data: { bookingId } });
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
  const { bookingId, outcome, t0, lessonId } = data;
  const gone = elsewhere(state, lessonId);
  if (gone) return gone;
  switch (state.kind) {
    case 'confirmed':
    case 'in-progress':
    case 'under-review': {
      const { startsAt, minutes } = state.terms;
      if (now < startsAt) return refuse('too-early', 'The time of this lesson has not come yet.');
      if (t0 < startsAt || t0 > Math.max(now, startsAt + minutes * MINUTE_MS))
        return refuse('t0-invalid', 'The hold cannot start before the lesson, nor in the future.');
      return inTheLesson(state, now, { type: 'BookingCompleted', data: { bookingId, outcome, t0 } });
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
  const { bookingId, outcome, lessonId } = data;
  const gone = elsewhere(state, lessonId);
  if (gone) return gone;
  switch (state.kind) {
    case 'confirmed':
    case 'in-progress':
      if (now < state.terms.startsAt) return refuse('too-early', 'The time of this lesson has not come yet.');
      return inTheLesson(state, now, { type: 'BookingUnderReview', data: { bookingId, outcome } });
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

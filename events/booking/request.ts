import { isInstant, isPaise, isText, isWritable } from '../shared/check.ts';
import { BOOKABLE_AHEAD_MS } from '../shared/policy.ts';
import { refuse, textInvalid, type Refusal } from '../shared/refusal.ts';
import { LESSON_MINUTES, MAX_SEATS } from '../tutor/decide.ts';
import type { BookingTerms } from './events.ts';

const MAX_NOTE = 2_000;

/**
 * Until when a request may be answered, business ms, exclusive: by the tutor within the time of the policy and while
 * there is time left to pay; an instant one by the seat, as long as a seat is kept.
 */
export function answerBy(terms: BookingTerms): number {
  const { mode, policy, requestedAt, startsAt } = terms;
  return mode === 'accept'
    ? Math.min(requestedAt + policy.acceptWithinMs, startsAt - policy.payLatestBeforeStartMs)
    : Math.min(requestedAt + policy.payWithinMs, startsAt);
}

/** Until when the seat of a booking accepted at `now` is kept for paying, business ms, exclusive. Never after the start. */
export function payByOf(terms: BookingTerms, now: number): number {
  const { mode, policy, startsAt } = terms;
  return mode === 'accept'
    ? Math.min(now + policy.payWithinAfterAcceptMs, startsAt - policy.payLatestBeforeStartMs)
    : Math.min(now + policy.payWithinMs, startsAt);
}

/** Why this cannot be booked at all, or null. */
export function requestProblem(terms: BookingTerms): Refusal | null {
  const { startsAt, requestedAt, mode } = terms;
  if (terms.tutorId === terms.studentId || terms.tutorId === terms.bookedBy)
    return refuse('own-lesson', 'You cannot book your own lesson.');
  if (!isWritable(terms)) return textInvalid();
  if (startsAt > requestedAt + BOOKABLE_AHEAD_MS)
    return refuse('too-far-ahead', 'Lessons can be booked up to a year ahead. Choose an earlier time.');
  if (!isInstant(startsAt) || startsAt <= requestedAt)
    return refuse('time-passed', 'This time has passed. Choose a later one.');
  if (mode === 'accept' && answerBy(terms) <= requestedAt)
    return refuse('too-close-to-start', 'This tutor confirms requests first, and the start is too near for that.');
  if (!LESSON_MINUTES.includes(terms.minutes))
    return refuse('minutes-invalid', 'A lesson takes 30, 45, 60 or 90 minutes.');
  if (!Number.isInteger(terms.seats) || terms.seats < 1 || terms.seats > MAX_SEATS)
    return refuse('seats-invalid', `A lesson has 1 to ${MAX_SEATS} seats.`);
  if (!isPaise(terms.price)) return refuse('price-invalid', 'This lesson has no valid price.');
  if (!isText(terms.note, 0, MAX_NOTE)) return refuse('note-too-long', `Keep the note under ${MAX_NOTE} characters.`);
  return null;
}

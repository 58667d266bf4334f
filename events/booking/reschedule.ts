/** Moving a confirmed booking to another time, rules BO29–BO39. The calendar decides about the seat, this stream about consent. */
import { isInstant } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { BOOKABLE_AHEAD_MS } from '../shared/policy.ts';
import { refuse, REQUEST_ID_REUSED, type Refusal } from '../shared/refusal.ts';
import { cancellationOf, cancellationTerms } from './cancellation.ts';
import type { BookingCommandOf, BookingDecision, ExistingBooking } from './decide.ts';
import type { BookingEvent, BookingState, Proposal, RescheduleEnd, Side } from './events.ts';
import { over } from './over.ts';

/** Each proposal is a mail to somebody. */
export const MAX_PROPOSALS = 20;

type Confirmed = Extract<BookingState, { kind: 'confirmed' }>;

const moving = (): Refusal =>
  refuse('moving', 'This lesson is just being moved to its new time. Try again in a moment.');

/** The booking, if it is in the one state that can be moved. */
function movable(state: ExistingBooking): Confirmed | Refusal {
  switch (state.kind) {
    case 'confirmed':
      return state;
    case 'requested':
    case 'awaiting-payment':
      return refuse('not-confirmed', 'This booking is not paid yet. Cancel it and book the time that suits you.');
    case 'in-progress':
      return refuse('lesson-started', 'The lesson has begun, so it cannot be moved any more.');
    case 'under-review':
      return refuse('under-review', 'We are looking into this lesson and will decide about it.');
    case 'completed':
    case 'closed':
      return refuse('already-completed', 'The lesson is over, so it cannot be moved.');
    case 'declined':
    case 'expired':
    case 'cancelled':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

/** Rules BO29–BO32. */
export function propose({ data, now }: BookingCommandOf<'ProposeReschedule'>, state: ExistingBooking): BookingDecision {
  const { bookingId, proposalId, by, startsAt } = data;
  const booking = movable(state);
  if (!('terms' in booking)) return booking;
  const { terms, proposal, proposals } = booking;
  if (proposal?.proposalId === proposalId)
    return proposal.by === by && proposal.startsAt === startsAt
      ? []
      : refuse(REQUEST_ID_REUSED, 'This form was sent before with another time. Open the lesson and choose anew.');
  if (Object.hasOwn(proposals, proposalId)) return refuse('proposal-closed', 'This request was decided already.');
  if (now >= terms.startsAt) return refuse('lesson-started', 'The time of the lesson has come, so it stays.');
  if (proposal)
    return refuse('proposal-open', 'Another time has been asked for already. Answer or withdraw that first.');
  if (Object.keys(proposals).length >= MAX_PROPOSALS)
    return refuse('too-many-proposals', `A lesson can be moved ${MAX_PROPOSALS} times at most.`);
  const problem = timeProblem(startsAt, terms.startsAt, now);
  if (problem) return problem;
  const { rescheduleAnswerMs, rescheduleBeforeMs } = terms.policy;
  const alone = by === 'student' && terms.startsAt - now >= rescheduleBeforeMs;
  // Nobody is waited for when the student moves alone.
  const answerBy = alone ? now : Math.min(now + rescheduleAnswerMs, terms.startsAt, startsAt);
  const proposed: BookingEvent = {
    type: 'RescheduleProposed',
    data: { bookingId, proposalId, by, startsAt, answerBy, at: now },
  };
  return alone ? [proposed, agreedBy(bookingId, { proposalId, startsAt }, by, now)] : [proposed];
}

function timeProblem(startsAt: number, today: number, now: number): Refusal | null {
  if (startsAt > now + BOOKABLE_AHEAD_MS)
    return refuse('too-far-ahead', 'Lessons can be booked up to a year ahead. Choose an earlier time.');
  if (!isInstant(startsAt) || startsAt <= now)
    return refuse('time-passed', 'This time has passed. Choose a later one.');
  return startsAt === today ? refuse('same-time', 'The lesson is at this time already. Choose another one.') : null;
}

const agreedBy = (
  bookingId: string,
  { proposalId, startsAt }: Pick<Proposal, 'proposalId' | 'startsAt'>,
  by: Side,
  at: number,
): BookingEvent => ({ type: 'RescheduleAgreed', data: { bookingId, proposalId, by, startsAt, at } });

/** What a command about a proposal meets: it is open, or it ended, or there is none of this id. */
type Met =
  | { readonly kind: 'open'; readonly proposal: Proposal; readonly booking: Confirmed }
  | { readonly kind: 'ended'; readonly how: 'moved' | RescheduleEnd }
  | { readonly kind: 'no'; readonly refusal: Refusal };

function meet(state: ExistingBooking, proposalId: string): Met {
  // Whoever asks again what has happened gets the answer, also when the booking has gone on since.
  if ('proposals' in state && Object.hasOwn(state.proposals, proposalId)) {
    const how = state.proposals[proposalId];
    if (how) return { kind: 'ended', how };
  }
  const booking = movable(state);
  if (!('terms' in booking)) return { kind: 'no', refusal: booking };
  const { proposal } = booking;
  if (proposal?.proposalId !== proposalId)
    return { kind: 'no', refusal: refuse('proposal-unknown', 'There is no such request to move this lesson.') };
  return { kind: 'open', proposal, booking };
}

const closed = (): Refusal => refuse('proposal-closed', 'This request was decided already.');

/** The end that was asked for is what happened: nothing; something else did: no. */
const endedAs = (how: 'moved' | RescheduleEnd, wanted: 'moved' | RescheduleEnd): BookingDecision =>
  how === wanted ? [] : closed();

const declined = (bookingId: string, proposalId: string, reason: RescheduleEnd, at: number): BookingEvent => ({
  type: 'RescheduleDeclined',
  data: { bookingId, proposalId, reason, at },
});

/** Rules BO32, BO33. */
export function answer({ data, now }: BookingCommandOf<'AnswerReschedule'>, state: ExistingBooking): BookingDecision {
  const { bookingId, proposalId, by, agree } = data;
  const met = meet(state, proposalId);
  if (met.kind === 'no') return met.refusal;
  if (met.kind === 'ended') return endedAs(met.how, agree ? 'moved' : 'by-other-side');
  const { proposal } = met;
  if (proposal.by === by)
    return refuse('own-proposal', 'You asked for this yourself. The other side answers; you can withdraw it.');
  if (proposal.agreedAt !== null) return agree ? [] : moving();
  if (now >= proposal.answerBy)
    return refuse('proposal-lapsed', 'The time to answer is over. The lesson stays where it is.');
  return [agree ? agreedBy(bookingId, proposal, by, now) : declined(bookingId, proposalId, 'by-other-side', now)];
}

/** Rule BO33. */
export function withdraw(
  { data, now }: BookingCommandOf<'WithdrawReschedule'>,
  state: ExistingBooking,
): BookingDecision {
  const { bookingId, proposalId, by } = data;
  const met = meet(state, proposalId);
  if (met.kind === 'no') return met.refusal;
  if (met.kind === 'ended') return endedAs(met.how, 'withdrawn');
  if (met.proposal.by !== by) return refuse('not-your-proposal', 'Only who asked can withdraw it. You can answer it.');
  return met.proposal.agreedAt === null ? [declined(bookingId, proposalId, 'withdrawn', now)] : moving();
}

/** Rule BO34. */
export function lapse({ data, now }: BookingCommandOf<'LapseReschedule'>, state: ExistingBooking): BookingDecision {
  const { bookingId, proposalId } = data;
  const met = meet(state, proposalId);
  if (met.kind === 'no') return met.refusal;
  if (met.kind === 'ended') return endedAs(met.how, 'lapsed');
  if (met.proposal.agreedAt !== null) return moving();
  if (now < met.proposal.answerBy) return refuse('not-due', 'There is still time to answer.');
  return [declined(bookingId, proposalId, 'lapsed', now)];
}

/** Rules BO35, BO36. */
export function completeMove(
  { data, now }: BookingCommandOf<'CompleteReschedule'>,
  state: ExistingBooking,
): BookingDecision {
  const { bookingId, proposalId, lessonId, startsAt } = data;
  const met = meet(state, proposalId);
  if (met.kind === 'no') return met.refusal;
  if (met.kind === 'ended') return endedAs(met.how, 'moved');
  const { booking, proposal } = met;
  if (proposal.agreedAt === null) return refuse('not-agreed', 'The other side has not agreed to this time yet.');
  if (proposal.startsAt !== startsAt)
    return refuse('proposal-mismatch', 'The seat is for another time than was agreed.');
  const before = { previousLessonId: booking.lessonId, previousStartsAt: booking.terms.startsAt };
  const refundCapPct = capAfter(booking, proposal, proposal.agreedAt);
  return [
    {
      type: 'BookingRescheduled',
      data: { bookingId, proposalId, lessonId, startsAt, ...before, refundCapPct, at: now },
    },
  ];
}

/** A student's move keeps at most what cancelling gave when it was agreed; a tutor's move takes nothing from the student. */
function capAfter(booking: Confirmed, proposal: Proposal, agreedAt: number): number {
  if (proposal.by === 'tutor') return booking.refundCapPct;
  // With the cap of earlier moves in it, so it only ever falls.
  return cancellationOf(cancellationTerms(booking), 'student', agreedAt).refundPct;
}

/** Rule BO37. */
export function refuseMove(
  { data, now }: BookingCommandOf<'RefuseReschedule'>,
  state: ExistingBooking,
): BookingDecision {
  const { bookingId, proposalId, reason } = data;
  const met = meet(state, proposalId);
  if (met.kind === 'no') return met.refusal;
  if (met.kind === 'ended') return endedAs(met.how, reason);
  if (met.proposal.agreedAt === null) return refuse('not-agreed', 'The other side has not agreed to this time yet.');
  return [declined(bookingId, proposalId, reason, now)];
}

/**
 * Rule BO38: before anything happens in the lesson. A wish that nobody answered lapses with it; one that was agreed to
 * is the calendar's to decide first.
 */
export function beforeTheLesson(state: ExistingBooking, at: number): readonly BookingEvent[] | Refusal {
  if (state.kind !== 'confirmed' || !state.proposal) return [];
  const { proposalId, agreedAt } = state.proposal;
  return agreedAt === null ? [declined(state.terms.bookingId, proposalId, 'lapsed', at)] : moving();
}

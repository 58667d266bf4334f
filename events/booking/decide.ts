import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import type { Policy } from '../shared/policy.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { cancel, cancelUntaught } from './cancel.ts';
import type { BookingEvent, BookingState, CancelledBy, Side } from './events.ts';
import { complete, review, start } from './lesson-time.ts';
import { answer, completeMove, lapse, propose, refuseMove, withdraw } from './reschedule.ts';
import { decideReviewed } from './reviewed.ts';
import { accept, confirm, decline, expire, request } from './seat.ts';
import { approveCancellation, proposeCancellation, rejectCancellation } from './second-person.ts';

export { cancellationOf, cancellationTerms, type CancellationQuote, type CancellationTerms } from './cancellation.ts';
export { answerBy } from './request.ts';

export type BookingCommand =
  | Command<
      'RequestBooking',
      {
        /** The request id made by the client: the same form sent twice is the same booking. */
        bookingId: string;
        tutorId: string;
        studentId: string;
        bookedBy: string;
        offerId: string;
        subject: string;
        startsAt: number;
        minutes: number;
        seats: number;
        price: number;
        mode: 'instant' | 'accept';
        policy: Policy;
        note: string;
      }
    >
  /** Seat held: straight after the request for instant bookings, else by the tutor. */
  | Command<'AcceptBooking', { bookingId: string; lessonId: string }>
  | Command<
      'DeclineBooking',
      { bookingId: string; reason: 'seat-taken' | 'not-available' | 'already-booked' | 'by-tutor' | 'lapsed' }
    >
  | Command<'ConfirmBooking', { bookingId: string; amount: number }>
  /** The seat was not paid in time. */
  | Command<'ExpireBooking', { bookingId: string }>
  | Command<'CancelBooking', { bookingId: string; by: CancelledBy; reason: string }>
  /** By ops: cancelled at once, or a proposal where more goes back than one person may decide. */
  | Command<'ProposeCancellation', { bookingId: string; proposalId: string; by: string; reason: string }>
  | Command<'ApproveCancellation', { bookingId: string; proposalId: string; by: string }>
  | Command<'RejectCancellation', { bookingId: string; proposalId: string; by: string; reason: string }>
  /** Start and outcomes name the lesson that they come from: one that the booking has left decides nothing. */
  | Command<'StartBooking', { bookingId: string; lessonId?: string }>
  | Command<
      'CompleteBooking',
      { bookingId: string; outcome: 'held' | 'student-no-show'; t0: number; lessonId?: string }
    >
  /** Tutor did not come, or nobody did: all of it goes back. */
  | Command<'CancelUntaughtBooking', { bookingId: string; outcome: 'tutor-no-show' | 'nobody'; lessonId?: string }>
  | Command<'ReviewBooking', { bookingId: string; outcome: 'unclear' | 'failed-technically'; lessonId?: string }>
  /** What people decided about a booking under review: `refund` paise go back, nothing or up to its price. */
  | Command<'DecideReviewedBooking', { bookingId: string; refund: number; reason: string }>
  | Command<'ProposeReschedule', { bookingId: string; proposalId: string; by: Side; startsAt: number }>
  | Command<'AnswerReschedule', { bookingId: string; proposalId: string; by: Side; agree: boolean }>
  | Command<'WithdrawReschedule', { bookingId: string; proposalId: string; by: Side }>
  /** Nobody answered in time. */
  | Command<'LapseReschedule', { bookingId: string; proposalId: string }>
  /** The calendar gave the new seat. */
  | Command<'CompleteReschedule', { bookingId: string; proposalId: string; lessonId: string; startsAt: number }>
  /** The calendar refused it. */
  | Command<'RefuseReschedule', { bookingId: string; proposalId: string; reason: 'seat-taken' | 'not-available' }>
  | Command<'CloseBooking', { bookingId: string }>;

export type BookingCommandOf<Type extends BookingCommand['type']> = Extract<BookingCommand, { type: Type }>;
export type BookingDecision = readonly BookingEvent[] | Refusal;
export type ExistingBooking = Exclude<BookingState, { kind: 'none' }>;

/** Rules BO1–BO47. */
export function decide(command: BookingCommand, state: BookingState): BookingDecision {
  if (command.type === 'RequestBooking') return request(command, state);
  if (state.kind === 'none') return refuse('booking-unknown', 'There is no such booking.');
  switch (command.type) {
    case 'AcceptBooking':
      return accept(command, state);
    case 'DeclineBooking':
      return decline(command, state);
    case 'ConfirmBooking':
      return confirm(command, state);
    case 'ExpireBooking':
      return expire(command, state);
    case 'CancelBooking':
      return cancel(command, state);
    case 'ProposeCancellation':
      return proposeCancellation(command, state);
    case 'ApproveCancellation':
      return approveCancellation(command, state);
    case 'RejectCancellation':
      return rejectCancellation(command, state);
    case 'StartBooking':
      return start(command, state);
    case 'CompleteBooking':
      return complete(command, state);
    case 'CancelUntaughtBooking':
      return cancelUntaught(command, state);
    case 'ReviewBooking':
      return review(command, state);
    case 'DecideReviewedBooking':
      return decideReviewed(command, state);
    case 'ProposeReschedule':
      return propose(command, state);
    case 'AnswerReschedule':
      return answer(command, state);
    case 'WithdrawReschedule':
      return withdraw(command, state);
    case 'LapseReschedule':
      return lapse(command, state);
    case 'CompleteReschedule':
      return completeMove(command, state);
    case 'RefuseReschedule':
      return refuseMove(command, state);
    case 'CloseBooking':
      if (state.kind === 'completed') return [{ type: 'BookingClosed', data: { bookingId: command.data.bookingId } }];
      if (state.kind === 'closed') return [];
      return refuse('not-completed', 'Only a completed booking can be closed.');
    default:
      return never(command, 'booking command');
  }
}

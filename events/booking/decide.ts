import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import type { Policy } from '../shared/policy.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { cancel, cancelUntaught } from './cancel.ts';
import type { BookingEvent, BookingState, CancelledBy } from './events.ts';
import { complete, review, start } from './lesson-time.ts';
import { accept, confirm, decline, expire, request } from './seat.ts';

export { cancellationOf, type CancellationQuote, type CancellationTerms } from './cancellation.ts';
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
  | Command<'StartBooking', { bookingId: string }>
  | Command<'CompleteBooking', { bookingId: string; outcome: 'held' | 'student-no-show'; t0: number }>
  /** Tutor did not come, or nobody did: all of it goes back. */
  | Command<'CancelUntaughtBooking', { bookingId: string; outcome: 'tutor-no-show' | 'nobody' }>
  | Command<'ReviewBooking', { bookingId: string; outcome: 'unclear' | 'failed-technically' }>
  | Command<'CloseBooking', { bookingId: string }>;

export type BookingCommandOf<Type extends BookingCommand['type']> = Extract<BookingCommand, { type: Type }>;
export type BookingDecision = readonly BookingEvent[] | Refusal;
export type ExistingBooking = Exclude<BookingState, { kind: 'none' }>;

/** Rules BO1–BO28. */
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
    case 'StartBooking':
      return start(command, state);
    case 'CompleteBooking':
      return complete(command, state);
    case 'CancelUntaughtBooking':
      return cancelUntaught(command, state);
    case 'ReviewBooking':
      return review(command, state);
    case 'CloseBooking':
      if (state.kind === 'completed') return [{ type: 'BookingClosed', data: { bookingId: command.data.bookingId } }];
      if (state.kind === 'closed') return [];
      return refuse('not-completed', 'Only a completed booking can be closed.');
    default:
      return never(command, 'booking command');
  }
}

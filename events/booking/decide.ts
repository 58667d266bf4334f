import type { Command } from '../shared/command.ts';
import type { Policy } from '../shared/policy.ts';
import type { CancelledBy } from './events.ts';

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

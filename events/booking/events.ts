import type { Policy } from '../shared/policy.ts';

/** Who ended a booking before it was taught. */
export type CancelledBy = 'student' | 'tutor' | 'platform';

/** What came of the lesson for one seat (PRODUCT.md, "What came of the lesson"). */
export type Outcome =
  'held' | 'student-no-show' | 'tutor-no-show' | 'nobody' | 'unclear' | 'failed-technically' | 'cancelled-late';

/** Stream `booking-<bookingId>`: one student's seat in a slot (money.md §7.1). */
export type BookingEvent =
  | {
      readonly type: 'BookingRequested';
      readonly data: {
        readonly bookingId: string;
        readonly tutorId: string;
        readonly studentId: string;
        /** The student, or the guardian who acts for them. */
        readonly bookedBy: string;
        readonly offerId: string;
        readonly subject: string;
        readonly startsAt: number;
        readonly minutes: number;
        readonly seats: number;
        /** Price of the seat, paise. */
        readonly price: number;
        readonly mode: 'instant' | 'accept';
        readonly policy: Policy;
        readonly note: string;
        readonly requestedAt: number;
      };
    }
  | {
      readonly type: 'BookingAccepted';
      readonly data: { readonly bookingId: string; readonly lessonId: string; readonly payBy: number };
    }
  | {
      readonly type: 'BookingDeclined';
      readonly data: {
        readonly bookingId: string;
        readonly reason: 'seat-taken' | 'not-available' | 'already-booked' | 'by-tutor' | 'lapsed';
      };
    }
  | {
      readonly type: 'BookingConfirmed';
      readonly data: { readonly bookingId: string; readonly lessonId: string; readonly confirmedAt: number };
    }
  | { readonly type: 'BookingExpired'; readonly data: { readonly bookingId: string } }
  | {
      readonly type: 'BookingCancelled';
      readonly data: {
        readonly bookingId: string;
        readonly by: CancelledBy;
        readonly reason: string;
        /** The rule that decided, such as `grace`, `tier-24h`, `tier-4h`, `too-late`, `by-tutor`, `tutor-no-show`. */
        readonly rule: string;
        readonly refundPct: number;
        /** Paise that go back to the payer; 0 when nothing was paid. */
        readonly refund: number;
        readonly cancelledAt: number;
      };
    }
  | { readonly type: 'BookingStarted'; readonly data: { readonly bookingId: string } }
  | {
      readonly type: 'BookingCompleted';
      readonly data: {
        readonly bookingId: string;
        readonly outcome: 'held' | 'student-no-show';
        /** Start of the 72 hours. */
        readonly t0: number;
      };
    }
  | {
      readonly type: 'BookingUnderReview';
      readonly data: { readonly bookingId: string; readonly outcome: 'unclear' | 'failed-technically' };
    }
  | { readonly type: 'BookingClosed'; readonly data: { readonly bookingId: string } };

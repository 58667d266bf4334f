import { impossible, never } from '../shared/never.ts';
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

/** What was asked for; it never changes. */
export type BookingTerms = Extract<BookingEvent, { type: 'BookingRequested' }>['data'];
type Declined = Extract<BookingEvent, { type: 'BookingDeclined' }>['data'];
export type Cancellation = Extract<BookingEvent, { type: 'BookingCancelled' }>['data'];

interface Paid {
  readonly terms: BookingTerms;
  readonly lessonId: string;
  readonly confirmedAt: number;
}

export type BookingState =
  | { readonly kind: 'none' }
  | { readonly kind: 'requested'; readonly terms: BookingTerms }
  | { readonly kind: 'declined'; readonly terms: BookingTerms; readonly reason: Declined['reason'] }
  | {
      readonly kind: 'awaiting-payment';
      readonly terms: BookingTerms;
      readonly lessonId: string;
      /** The seat is kept until then. */
      readonly payBy: number;
    }
  | { readonly kind: 'expired'; readonly terms: BookingTerms; readonly lessonId: string }
  | ({ readonly kind: 'confirmed' } & Paid)
  | ({ readonly kind: 'in-progress' } & Paid)
  | ({ readonly kind: 'under-review'; readonly outcome: 'unclear' | 'failed-technically' } & Paid)
  | ({ readonly kind: 'completed'; readonly outcome: 'held' | 'student-no-show'; readonly t0: number } & Paid)
  | ({ readonly kind: 'closed'; readonly outcome: 'held' | 'student-no-show'; readonly t0: number } & Paid)
  | { readonly kind: 'cancelled'; readonly terms: BookingTerms; readonly cancellation: Cancellation };

export const initial: BookingState = { kind: 'none' };

export function evolve(state: BookingState, event: BookingEvent): BookingState {
  switch (event.type) {
    case 'BookingRequested':
      return state.kind === 'none' ? { kind: 'requested', terms: event.data } : impossible(event, state);
    case 'BookingAccepted': {
      if (state.kind !== 'requested') return impossible(event, state);
      const { lessonId, payBy } = event.data;
      return { kind: 'awaiting-payment', terms: state.terms, lessonId, payBy };
    }
    case 'BookingDeclined':
      if (state.kind !== 'requested') return impossible(event, state);
      return { kind: 'declined', terms: state.terms, reason: event.data.reason };
    case 'BookingConfirmed': {
      if (state.kind !== 'awaiting-payment') return impossible(event, state);
      const { lessonId, confirmedAt } = event.data;
      return { kind: 'confirmed', terms: state.terms, lessonId, confirmedAt };
    }
    case 'BookingExpired':
      if (state.kind !== 'awaiting-payment') return impossible(event, state);
      return { kind: 'expired', terms: state.terms, lessonId: state.lessonId };
    case 'BookingCancelled':
      if (state.kind === 'none') return impossible(event, state);
      return { kind: 'cancelled', terms: state.terms, cancellation: event.data };
    case 'BookingStarted':
      return { ...paidOf(state, event), kind: 'in-progress' };
    case 'BookingUnderReview':
      return { ...paidOf(state, event), kind: 'under-review', outcome: event.data.outcome };
    case 'BookingCompleted': {
      const { outcome, t0 } = event.data;
      return { ...paidOf(state, event), kind: 'completed', outcome, t0 };
    }
    case 'BookingClosed':
      return state.kind === 'completed' ? { ...state, kind: 'closed' } : impossible(event, state);
    default:
      return never(event, 'booking event');
  }
}

function paidOf(state: BookingState, event: BookingEvent): Paid {
  if (state.kind !== 'confirmed' && state.kind !== 'in-progress' && state.kind !== 'under-review')
    return impossible(event, state);
  return { terms: state.terms, lessonId: state.lessonId, confirmedAt: state.confirmedAt };
}

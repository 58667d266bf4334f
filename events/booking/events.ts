import { impossible, never } from '../shared/never.ts';
import type { Policy } from '../shared/policy.ts';

/** Who ended a booking before it was taught. */
export type CancelledBy = 'student' | 'tutor' | 'platform';

/** The two sides of a booking; a guardian acts on the student's. */
export type Side = 'student' | 'tutor';

/** Why a proposal to move a lesson came to nothing. */
export type RescheduleEnd = 'by-other-side' | 'withdrawn' | 'lapsed' | 'seat-taken' | 'not-available';

/** `reviewed`: people looked at an unclear lesson, and nothing goes back. */
export type CompletedAs = 'held' | 'student-no-show' | 'reviewed';

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
  | {
      /** Ops would give back more than one person may: a second one must agree. */
      readonly type: 'CancellationProposed';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        /** Paise that would go back. */
        readonly refund: number;
        /** The student and the tutor will read it, once it is agreed to. */
        readonly reason: string;
        readonly by: string;
        readonly at: number;
      };
    }
  | {
      /** Who agreed; what follows is `BookingCancelled`. */
      readonly type: 'CancellationApproved';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        readonly by: string;
        readonly at: number;
      };
    }
  | {
      readonly type: 'CancellationRejected';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        readonly by: string;
        readonly reason: string;
        readonly at: number;
      };
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
  | {
      readonly type: 'RescheduleProposed';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        readonly by: Side;
        /** The start that is asked for. */
        readonly startsAt: number;
        readonly answerBy: number;
        readonly at: number;
      };
    }
  | {
      /** All whose yes is needed have given it: now the calendar decides. */
      readonly type: 'RescheduleAgreed';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        /** Whose yes it was; the student's own where theirs is enough. */
        readonly by: Side;
        readonly startsAt: number;
        readonly at: number;
      };
    }
  | {
      readonly type: 'RescheduleDeclined';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        readonly reason: RescheduleEnd;
        readonly at: number;
      };
    }
  | {
      readonly type: 'BookingRescheduled';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        readonly lessonId: string;
        readonly startsAt: number;
        readonly previousLessonId: string;
        readonly previousStartsAt: number;
        /** From now on a student's cancellation gives back at most this, percent. */
        readonly refundCapPct: number;
        readonly at: number;
      };
    }
  | { readonly type: 'BookingStarted'; readonly data: { readonly bookingId: string } }
  | {
      readonly type: 'BookingCompleted';
      readonly data: {
        readonly bookingId: string;
        readonly outcome: CompletedAs;
        /** Start of the 72 hours. */
        readonly t0: number;
      };
    }
  | {
      readonly type: 'BookingUnderReview';
      readonly data: { readonly bookingId: string; readonly outcome: 'unclear' | 'failed-technically' };
    }
  | { readonly type: 'BookingClosed'; readonly data: { readonly bookingId: string } };

/** What was asked for. */
export type BookingTerms = Extract<BookingEvent, { type: 'BookingRequested' }>['data'];
/** The same in a booking's state: `startsAt` is today's start, which a move changes; nothing else ever does. */
type Terms = BookingTerms & { readonly firstStartsAt: number };
type Declined = Extract<BookingEvent, { type: 'BookingDeclined' }>['data'];
export type Cancellation = Extract<BookingEvent, { type: 'BookingCancelled' }>['data'];

/** A wish to move the lesson that is not decided yet. */
export interface Proposal {
  readonly proposalId: string;
  readonly by: Side;
  readonly startsAt: number;
  /** Business ms, exclusive. */
  readonly answerBy: number;
  /** When the last yes was given that it needs; null while it waits for one. Afterwards the calendar decides. */
  readonly agreedAt: number | null;
}

/** A cancellation by ops that waits for a second person. */
export type CancellationProposal = Omit<Extract<BookingEvent, { type: 'CancellationProposed' }>['data'], 'bookingId'>;

interface Paid {
  readonly terms: Terms;
  readonly lessonId: string;
  readonly confirmedAt: number;
  /** What a student's cancellation gives back at most, percent: no move may raise it. */
  readonly refundCapPct: number;
  /** How earlier proposals ended, by proposal id. */
  readonly proposals: Readonly<Record<string, 'moved' | RescheduleEnd>>;
  readonly cancelling: CancellationProposal | null;
  /** Cancellations that a second person did not agree with, by proposal id. */
  readonly turnedDown: readonly string[];
}

export type BookingState =
  | { readonly kind: 'none' }
  | { readonly kind: 'requested'; readonly terms: Terms }
  | { readonly kind: 'declined'; readonly terms: Terms; readonly reason: Declined['reason'] }
  | {
      readonly kind: 'awaiting-payment';
      readonly terms: Terms;
      readonly lessonId: string;
      /** The seat is kept until then. */
      readonly payBy: number;
    }
  | { readonly kind: 'expired'; readonly terms: Terms; readonly lessonId: string }
  | ({ readonly kind: 'confirmed'; readonly proposal: Proposal | null } & Paid)
  | ({ readonly kind: 'in-progress' } & Paid)
  | ({ readonly kind: 'under-review'; readonly outcome: 'unclear' | 'failed-technically' } & Paid)
  | ({ readonly kind: 'completed'; readonly outcome: CompletedAs; readonly t0: number } & Paid)
  | ({ readonly kind: 'closed'; readonly outcome: CompletedAs; readonly t0: number } & Paid)
  | { readonly kind: 'cancelled'; readonly terms: Terms; readonly cancellation: Cancellation };

export const initial: BookingState = { kind: 'none' };

export function evolve(state: BookingState, event: BookingEvent): BookingState {
  switch (event.type) {
    case 'BookingRequested':
      if (state.kind !== 'none') return impossible(event, state);
      return { kind: 'requested', terms: { ...event.data, firstStartsAt: event.data.startsAt } };
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
      const { terms } = state;
      const fresh = { refundCapPct: 100, proposals: {}, proposal: null, cancelling: null, turnedDown: [] };
      return { kind: 'confirmed', terms, lessonId, confirmedAt, ...fresh };
    }
    case 'RescheduleProposed': {
      if (state.kind !== 'confirmed' || state.proposal) return impossible(event, state);
      const { proposalId, by, startsAt, answerBy } = event.data;
      return { ...state, proposal: { proposalId, by, startsAt, answerBy, agreedAt: null } };
    }
    case 'RescheduleAgreed': {
      const { confirmed, proposal } = proposedIn(state, event);
      return { ...confirmed, proposal: { ...proposal, agreedAt: event.data.at } };
    }
    case 'RescheduleDeclined': {
      const { confirmed, proposal } = proposedIn(state, event);
      return { ...confirmed, ...ended(confirmed, proposal, event.data.reason) };
    }
    case 'BookingRescheduled': {
      const { confirmed, proposal } = proposedIn(state, event);
      const { lessonId, startsAt, refundCapPct } = event.data;
      const terms = { ...confirmed.terms, startsAt };
      return { ...confirmed, ...ended(confirmed, proposal, 'moved'), terms, lessonId, refundCapPct };
    }
    case 'BookingExpired':
      if (state.kind !== 'awaiting-payment') return impossible(event, state);
      return { kind: 'expired', terms: state.terms, lessonId: state.lessonId };
    case 'CancellationProposed': {
      if (!isCancellable(state) || state.cancelling) return impossible(event, state);
      const { bookingId: _, ...cancelling } = event.data;
      return { ...state, cancelling };
    }
    case 'CancellationApproved':
      return isCancellable(state) && state.cancelling ? state : impossible(event, state);
    case 'CancellationRejected':
      if (!isCancellable(state) || !state.cancelling) return impossible(event, state);
      return { ...state, cancelling: null, turnedDown: [...state.turnedDown, event.data.proposalId] };
    case 'BookingCancelled':
      if (state.kind === 'none') return impossible(event, state);
      return { kind: 'cancelled', terms: state.terms, cancellation: event.data };
    case 'BookingStarted':
      return { ...paidOf(state, event), kind: 'in-progress' };
    case 'BookingUnderReview':
      return { ...paidOf(state, event), kind: 'under-review', outcome: event.data.outcome };
    case 'BookingCompleted': {
      const { outcome, t0 } = event.data;
      return { ...paidOf(state, event), kind: 'completed', outcome, t0, cancelling: null };
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
  const { terms, lessonId, confirmedAt, refundCapPct, proposals, cancelling, turnedDown } = state;
  return { terms, lessonId, confirmedAt, refundCapPct, proposals, cancelling, turnedDown };
}

type Cancellable = Extract<BookingState, { kind: 'confirmed' | 'in-progress' | 'under-review' }>;

/** Paid, and what came of it not decided: what is paid back here may need two people. */
export const isCancellable = (state: BookingState): state is Cancellable =>
  state.kind === 'confirmed' || state.kind === 'in-progress' || state.kind === 'under-review';

type Confirmed = Extract<BookingState, { kind: 'confirmed' }>;

function proposedIn(state: BookingState, event: BookingEvent): { confirmed: Confirmed; proposal: Proposal } {
  if (state.kind !== 'confirmed' || !state.proposal) return impossible(event, state);
  return { confirmed: state, proposal: state.proposal };
}

function ended(
  state: Confirmed,
  { proposalId }: Proposal,
  how: 'moved' | RescheduleEnd,
): Pick<Confirmed, 'proposal' | 'proposals'> {
  return { proposal: null, proposals: { ...state.proposals, [proposalId]: how } };
}

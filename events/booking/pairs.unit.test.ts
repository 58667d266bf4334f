/** Every state of a booking with every command: what comes of it stands in the table, and a missing pair fails. */
import { expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { checkPairs } from '../shared/pairs.ts';
import { DAY, HOUR, MINUTE, START } from '../shared/times.ts';
import { decide, type BookingCommand } from './decide.ts';
import { evolve, initial, type BookingEvent, type BookingState } from './events.ts';
import * as of from './examples.ts';

const { bookingId, LATER, END, paid } = of;
const decider = { initial, evolve, decide };
/** Eight hours before the start: too late for the student to move alone, and half goes back. */
const NOW = START - 8 * HOUR;

type Kind = Exclude<BookingState['kind'], 'confirmed'>;
type Name =
  | Kind
  | 'paid'
  | 'proposed'
  | 'moving'
  | 'moved'
  | 'reviewed'
  | 'refunded'
  | 'cancelling'
  | 'cancelling-review'
  | 'turned-down';

const open = [...paid, of.proposed('student', LATER, NOW)];
const STATES: Readonly<Record<Name, readonly BookingEvent[]>> = {
  none: [],
  requested: [of.requested],
  declined: [of.requested, of.declined],
  'awaiting-payment': of.awaiting,
  expired: [...of.awaiting, of.expired],
  paid,
  proposed: open,
  moving: [...open, of.agreed('tutor', LATER, NOW)],
  moved: [...open, of.agreed('tutor', LATER, NOW), of.moved(LATER, NOW, 50)],
  cancelling: [...of.dear, of.cancellationProposed(NOW)],
  'turned-down': [...of.dear, of.cancellationProposed(NOW), of.cancellationRejected(NOW)],
  'cancelling-review': [...of.dear, of.cancellationProposed(NOW), of.started, of.underReview],
  'in-progress': [...paid, of.started],
  'under-review': [...paid, of.started, of.underReview],
  completed: [...paid, of.started, of.completed],
  reviewed: [
    ...paid,
    of.underReview,
    { type: 'BookingCompleted', data: { bookingId, outcome: 'reviewed', t0: END + DAY } },
  ],
  closed: [...paid, of.started, of.completed, of.closed],
  cancelled: [...paid, of.cancelled],
  refunded: [
    ...paid,
    of.underReview,
    {
      type: 'BookingCancelled',
      data: {
        bookingId,
        by: 'platform',
        reason: '',
        rule: 'review',
        refundPct: 50,
        refund: 40_000,
        cancelledAt: END + DAY,
      },
    },
  ],
};

type Asked = BookingCommand['type'] | 'DecideReviewedBooking: part back';
const COMMANDS: Readonly<Record<Asked, BookingCommand>> = {
  RequestBooking: of.request,
  AcceptBooking: { type: 'AcceptBooking', data: { bookingId, lessonId: 'l1' }, now: of.ASKED },
  DeclineBooking: { type: 'DeclineBooking', data: { bookingId, reason: 'by-tutor' }, now: of.ASKED },
  ConfirmBooking: { type: 'ConfirmBooking', data: { bookingId, amount: 80_000 }, now: of.ASKED + MINUTE },
  ExpireBooking: { type: 'ExpireBooking', data: { bookingId }, now: of.ASKED + HOUR },
  CancelBooking: of.cancel('student', NOW + HOUR),
  StartBooking: { type: 'StartBooking', data: { bookingId, lessonId: 'l1' }, now: START },
  CompleteBooking: {
    type: 'CompleteBooking',
    data: { bookingId, outcome: 'held', t0: END, lessonId: 'l1' },
    now: END,
  },
  CancelUntaughtBooking: {
    type: 'CancelUntaughtBooking',
    data: { bookingId, outcome: 'nobody', lessonId: 'l1' },
    now: END,
  },
  ReviewBooking: { type: 'ReviewBooking', data: { bookingId, outcome: 'unclear', lessonId: 'l1' }, now: END },
  DecideReviewedBooking: {
    type: 'DecideReviewedBooking',
    data: { bookingId, refund: 0, reason: 'It was held.' },
    now: END + DAY,
  },
  'DecideReviewedBooking: part back': {
    type: 'DecideReviewedBooking',
    data: { bookingId, refund: 40_000, reason: 'Half was held.' },
    now: END + DAY,
  },
  CloseBooking: { type: 'CloseBooking', data: { bookingId }, now: END + 4 * DAY },
  ProposeReschedule: of.propose('student', LATER, NOW),
  AnswerReschedule: of.answer('tutor', true, NOW + HOUR),
  WithdrawReschedule: of.withdraw('student', NOW + HOUR),
  LapseReschedule: of.lapse(START),
  CompleteReschedule: of.complete(LATER, NOW + HOUR),
  RefuseReschedule: of.refuseMove(NOW + HOUR),
  ProposeCancellation: of.proposeCancellation(NOW + HOUR),
  ApproveCancellation: of.approveCancellation(NOW + HOUR),
  RejectCancellation: of.rejectCancellation(NOW + HOUR),
};

const TABLE: Readonly<Record<Asked, Readonly<Record<string, string>>>> = {
  RequestBooking: {
    BookingRequested: 'none',
    nothing:
      'requested declined awaiting-payment expired paid proposed moving moved in-progress under-review completed reviewed closed cancelled refunded',
    'request-id-reused': 'cancelling turned-down cancelling-review',
  },
  AcceptBooking: {
    'booking-unknown': 'none',
    BookingAccepted: 'requested',
    'booking-over': 'declined expired cancelled refunded',
    nothing:
      'awaiting-payment paid proposed moving in-progress under-review completed reviewed closed cancelling turned-down cancelling-review',
    'already-accepted': 'moved',
  },
  DeclineBooking: {
    'booking-unknown': 'none',
    BookingDeclined: 'requested',
    nothing: 'declined',
    'already-accepted':
      'awaiting-payment paid proposed moving moved in-progress under-review completed reviewed closed cancelling turned-down cancelling-review',
    'booking-over': 'expired cancelled refunded',
  },
  ConfirmBooking: {
    'booking-unknown': 'none',
    'not-accepted': 'requested',
    'booking-over': 'declined expired cancelled refunded',
    BookingConfirmed: 'awaiting-payment',
    nothing:
      'paid proposed moving moved in-progress under-review completed reviewed closed cancelling turned-down cancelling-review',
  },
  ExpireBooking: {
    'booking-unknown': 'none',
    'not-accepted': 'requested',
    'booking-over': 'declined cancelled refunded',
    BookingExpired: 'awaiting-payment',
    nothing: 'expired',
    'already-paid':
      'paid proposed moving moved in-progress under-review completed reviewed closed cancelling turned-down cancelling-review',
  },
  CancelBooking: {
    'booking-unknown': 'none',
    BookingCancelled: 'requested awaiting-payment paid proposed moving moved cancelling turned-down',
    'booking-over': 'declined expired',
    'lesson-started': 'in-progress',
    'under-review': 'under-review cancelling-review',
    'already-completed': 'completed reviewed closed',
    nothing: 'cancelled',
    'already-cancelled': 'refunded',
  },
  StartBooking: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired cancelled refunded',
    BookingStarted: 'paid cancelling turned-down',
    'RescheduleDeclined+BookingStarted': 'proposed',
    moving: 'moving',
    'other-lesson': 'moved',
    nothing: 'in-progress under-review completed reviewed closed cancelling-review',
  },
  CompleteBooking: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired cancelled refunded',
    BookingCompleted: 'paid in-progress under-review cancelling turned-down cancelling-review',
    'RescheduleDeclined+BookingCompleted': 'proposed',
    moving: 'moving',
    'other-lesson': 'moved',
    nothing: 'completed closed',
    'already-completed': 'reviewed',
  },
  CancelUntaughtBooking: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired',
    BookingCancelled: 'paid in-progress under-review cancelling turned-down cancelling-review',
    'RescheduleDeclined+BookingCancelled': 'proposed',
    moving: 'moving',
    'other-lesson': 'moved',
    'already-completed': 'completed reviewed closed',
    'already-cancelled': 'cancelled refunded',
  },
  ReviewBooking: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired cancelled refunded',
    BookingUnderReview: 'paid in-progress cancelling turned-down',
    'RescheduleDeclined+BookingUnderReview': 'proposed',
    moving: 'moving',
    'other-lesson': 'moved',
    nothing: 'under-review cancelling-review',
    'already-completed': 'completed reviewed closed',
  },
  DecideReviewedBooking: {
    'booking-unknown': 'none',
    'not-under-review': 'requested awaiting-payment paid proposed moving moved in-progress cancelling turned-down',
    'booking-over': 'declined expired',
    BookingCompleted: 'under-review cancelling-review',
    'already-completed': 'completed closed',
    nothing: 'reviewed',
    'already-cancelled': 'cancelled refunded',
  },
  'DecideReviewedBooking: part back': {
    'booking-unknown': 'none',
    'not-under-review': 'requested awaiting-payment paid proposed moving moved in-progress cancelling turned-down',
    'booking-over': 'declined expired',
    BookingCancelled: 'under-review cancelling-review',
    'already-completed': 'completed reviewed closed',
    'already-cancelled': 'cancelled',
    nothing: 'refunded',
  },
  CloseBooking: {
    'booking-unknown': 'none',
    'not-completed':
      'requested declined awaiting-payment expired paid proposed moving moved in-progress under-review cancelled refunded cancelling turned-down cancelling-review',
    BookingClosed: 'completed reviewed',
    nothing: 'closed',
  },
  ProposeReschedule: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired cancelled refunded',
    RescheduleProposed: 'paid cancelling turned-down',
    nothing: 'proposed moving',
    'proposal-closed': 'moved',
    'lesson-started': 'in-progress',
    'under-review': 'under-review cancelling-review',
    'already-completed': 'completed reviewed closed',
  },
  AnswerReschedule: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired cancelled refunded',
    'proposal-unknown': 'paid cancelling turned-down',
    RescheduleAgreed: 'proposed',
    nothing: 'moving moved',
    'lesson-started': 'in-progress',
    'under-review': 'under-review cancelling-review',
    'already-completed': 'completed reviewed closed',
  },
  WithdrawReschedule: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired cancelled refunded',
    'proposal-unknown': 'paid cancelling turned-down',
    RescheduleDeclined: 'proposed',
    moving: 'moving',
    'proposal-closed': 'moved',
    'lesson-started': 'in-progress',
    'under-review': 'under-review cancelling-review',
    'already-completed': 'completed reviewed closed',
  },
  LapseReschedule: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired cancelled refunded',
    'proposal-unknown': 'paid cancelling turned-down',
    RescheduleDeclined: 'proposed',
    moving: 'moving',
    'proposal-closed': 'moved',
    'lesson-started': 'in-progress',
    'under-review': 'under-review cancelling-review',
    'already-completed': 'completed reviewed closed',
  },
  CompleteReschedule: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired cancelled refunded',
    'proposal-unknown': 'paid cancelling turned-down',
    'not-agreed': 'proposed',
    BookingRescheduled: 'moving',
    nothing: 'moved',
    'lesson-started': 'in-progress',
    'under-review': 'under-review cancelling-review',
    'already-completed': 'completed reviewed closed',
  },
  RefuseReschedule: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired cancelled refunded',
    'proposal-unknown': 'paid cancelling turned-down',
    'not-agreed': 'proposed',
    RescheduleDeclined: 'moving',
    'proposal-closed': 'moved',
    'lesson-started': 'in-progress',
    'under-review': 'under-review cancelling-review',
    'already-completed': 'completed reviewed closed',
  },
  ProposeCancellation: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired',
    BookingCancelled: 'paid proposed moving moved in-progress under-review',
    nothing: 'cancelling cancelling-review',
    'proposal-reused': 'turned-down',
    'already-completed': 'completed reviewed closed',
    'already-cancelled': 'cancelled refunded',
  },
  ApproveCancellation: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired',
    'proposal-unknown': 'paid proposed moving moved turned-down in-progress under-review',
    'CancellationApproved+BookingCancelled': 'cancelling cancelling-review',
    'already-completed': 'completed reviewed closed',
    'already-cancelled': 'cancelled refunded',
  },
  RejectCancellation: {
    'booking-unknown': 'none',
    'not-confirmed': 'requested awaiting-payment',
    'booking-over': 'declined expired',
    'proposal-unknown': 'paid proposed moving moved in-progress under-review',
    CancellationRejected: 'cancelling cancelling-review',
    nothing: 'turned-down',
    'already-completed': 'completed reviewed closed',
    'already-cancelled': 'cancelled refunded',
  },
};

it('BO41: every command in every state', () => {
  checkPairs(decider, STATES, COMMANDS, TABLE);
});

it('BO41: these are all the states there are', () => {
  const kinds = new Set(Object.values(STATES).map((events) => fold(decider, events).kind));
  const all: Readonly<Record<BookingState['kind'], true>> = {
    none: true,
    requested: true,
    declined: true,
    'awaiting-payment': true,
    expired: true,
    confirmed: true,
    'in-progress': true,
    'under-review': true,
    completed: true,
    closed: true,
    cancelled: true,
  };
  expect([...kinds].toSorted()).toEqual(Object.keys(all).toSorted());
});

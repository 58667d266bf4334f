/**
 * From a request to a lesson in the calendar, rules BL1–BL10 of SPEC.md.
 * One instance a booking; it follows the booking, its seat and its payment.
 */
import { answerBy } from '#events/booking/decide.ts';
import type { BookingTerms } from '#events/booking/events.ts';
import { idFrom, lessonCodeFrom } from '#events/shared/ids.ts';
import type { Fact } from '../fact.ts';
import { isMove, reactToMove } from './move-lesson.ts';
import { lostOf, withLost, type Lost } from './payout-case.ts';
import { command, type Process, type Reaction } from './process.ts';

/** What was asked for; a move changes its start. */
type Wish = BookingTerms;

type Rescheduled = Extract<Fact, { type: 'BookingRescheduled' }>['data'];

interface Paid {
  readonly providerPaymentId: string;
  readonly amount: number;
  /** What the payer's bank took, by its cases. */
  readonly lost?: Lost;
}

export type BookLesson =
  | { readonly at: 'nothing' }
  | { readonly at: 'requested'; readonly wish: Wish; readonly lessonId: string | null; readonly paid: Paid | null }
  | { readonly at: 'awaiting-payment'; readonly wish: Wish; readonly lessonId: string; readonly paid: Paid | null }
  | { readonly at: 'confirmed'; readonly wish: Wish; readonly lessonId: string; readonly paid: Paid | null }
  /** Ended without a lesson. `confirmed` tells whether it ever had one, for then the payout decides the refund. */
  | {
      readonly at: 'over';
      readonly wish: Wish;
      readonly lessonId: string | null;
      readonly paid: Paid | null;
      readonly confirmed: boolean;
    };

export const acceptTimer = (bookingId: string): string => `accept:${bookingId}`;
export const payTimer = (bookingId: string): string => `pay-by:${bookingId}`;
export const noTutorTimer = (lessonId: string): string => `no-tutor:${lessonId}`;
export const lessonTimeTimer = (lessonId: string): string => `lesson-time:${lessonId}`;

export const lateRefundId = (bookingId: string): string => idFrom('refund', bookingId, 'late');

function evolve(state: BookLesson, fact: Fact): BookLesson {
  switch (fact.type) {
    case 'BookingRequested':
      return { at: 'requested', wish: fact.data, lessonId: null, paid: null };
    case 'SeatHeld':
      if (state.at === 'requested') return { ...state, lessonId: fact.data.lessonId };
      return state.at === 'over' ? { ...state, lessonId: fact.data.lessonId } : state;
    case 'BookingAccepted':
      if (state.at !== 'requested') return state;
      return { at: 'awaiting-payment', wish: state.wish, lessonId: fact.data.lessonId, paid: state.paid };
    case 'PaymentCaptured':
      if (state.at === 'nothing') return state;
      return { ...state, paid: { providerPaymentId: fact.data.providerPaymentId, amount: fact.data.amount } };
    case 'RefundsUnfrozen': {
      if (state.at === 'nothing' || state.paid === null) return state;
      return { ...state, paid: { ...state.paid, lost: withLost(state.paid.lost ?? {}, fact.data) } };
    }
    case 'BookingConfirmed':
      if (state.at === 'nothing') return state;
      return { at: 'confirmed', wish: state.wish, lessonId: fact.data.lessonId, paid: state.paid };
    case 'BookingRescheduled':
      if (state.at !== 'confirmed') return state;
      return {
        ...state,
        wish: { ...state.wish, startsAt: fact.data.startsAt },
        lessonId: fact.data.lessonId,
      };
    case 'BookingDeclined':
    case 'BookingExpired':
    case 'BookingCancelled':
      if (state.at === 'nothing' || state.at === 'over') return state;
      return {
        at: 'over',
        wish: state.wish,
        lessonId: state.lessonId,
        paid: state.paid,
        confirmed: state.at === 'confirmed',
      };
    default:
      return state;
  }
}

function holdSeat({ wish }: { wish: Wish }): Reaction {
  return command('hold-seat', {
    type: 'HoldSeat',
    data: {
      tutorId: wish.tutorId,
      bookingId: wish.bookingId,
      studentId: wish.studentId,
      lessonId: idFrom('lesson', wish.bookingId),
      offerId: wish.offerId,
      startsAt: wish.startsAt,
      minutes: wish.minutes,
      seats: wish.seats,
    },
  });
}

function releaseSeat(wish: Wish): Reaction {
  return command('release-seat', {
    type: 'ReleaseSeat',
    data: { tutorId: wish.tutorId, bookingId: wish.bookingId },
  });
}

/**
 * Money that came for a booking that no longer is one goes back whole (late authorisation is real), except for what the
 * payer's bank took. Refused while a case of that bank is open; the end of the case brings us back here.
 */
function refundLate({ bookingId }: Wish, paid: Paid): readonly Reaction[] {
  const { providerPaymentId } = paid;
  const amount = paid.amount - lostOf(paid.lost ?? {}, paid);
  if (amount <= 0) return [];
  const refundId = lateRefundId(bookingId);
  const data = { bookingId, refundId, providerPaymentId, amount, reason: 'paid-too-late' };
  return [command('refund-late', { type: 'RequestRefund', data })];
}

/** The lesson, and the seat in it. `moveId`: what brought the booking here, if it was a move. */
function takeSeat(wish: Wish, lessonId: string, moveId?: string): readonly Reaction[] {
  const { bookingId, tutorId, studentId, subject, startsAt, minutes, seats } = wish;
  return [
    command('schedule-lesson', {
      type: 'ScheduleLesson',
      data: { lessonId, code: lessonCodeFrom(lessonId), tutorId, subject, startsAt, minutes, seats },
    }),
    command('take-seat', {
      type: 'TakeSeat',
      data: { lessonId, bookingId, studentId, ...(moveId === undefined ? {} : { moveId }) },
    }),
  ];
}

/** They end the lesson when nobody else does. */
function lessonTimers({ startsAt, minutes, policy }: Wish, lessonId: string): readonly Reaction[] {
  return [
    {
      kind: 'timer',
      key: noTutorTimer(lessonId),
      dueAt: startsAt + policy.noShowAfterMs,
      command: { type: 'EndLesson', data: { lessonId, by: 'no-tutor', policy } },
    },
    {
      kind: 'timer',
      key: lessonTimeTimer(lessonId),
      dueAt: startsAt + minutes * 60_000 + policy.closesAfterMs,
      command: { type: 'EndLesson', data: { lessonId, by: 'time', policy } },
    },
  ];
}

/** Lesson, seat in it, payout, and the lesson's timers. */
function settleIn(wish: Wish, lessonId: string, paid: Paid | null, accountId: string | null): readonly Reaction[] {
  const { bookingId, tutorId, policy } = wish;
  const reactions: Reaction[] = [...takeSeat(wish, lessonId)];
  // Without an account there is nobody to pay yet; the sweeper plans the payout once there is (SW4).
  if (paid && accountId !== null)
    reactions.push(
      command('plan-payout', {
        type: 'PlanPayout',
        data: {
          bookingId,
          tutorId,
          accountId,
          providerPaymentId: paid.providerPaymentId,
          gross: paid.amount,
          commissionBps: policy.commissionBps,
          holdMs: policy.holdMs,
        },
      }),
    );
  reactions.push(
    { kind: 'forget', keys: [payTimer(bookingId), acceptTimer(bookingId)] },
    ...lessonTimers(wish, lessonId),
  );
  return reactions;
}

/**
 * Over to the new lesson. The old one keeps its timers: others may sit in it, and without them it is cancelled and
 * refuses to end (rule BL10).
 */
function settleElsewhere(wish: Wish, { proposalId, lessonId, previousLessonId }: Rescheduled): readonly Reaction[] {
  const { bookingId } = wish;
  return [
    ...takeSeat(wish, lessonId, proposalId),
    command('give-up-old-seat', { type: 'GiveUpSeat', data: { lessonId: previousLessonId, bookingId } }),
    ...lessonTimers(wish, lessonId),
  ];
}

export const bookLesson: Process<BookLesson> = {
  name: 'book-lesson',
  initial: { at: 'nothing' },

  keyOf(fact) {
    if (isMove(fact)) return fact.data.bookingId;
    switch (fact.type) {
      case 'BookingRequested':
      case 'BookingAccepted':
      case 'BookingDeclined':
      case 'BookingConfirmed':
      case 'BookingRescheduled':
      case 'BookingExpired':
      case 'BookingCancelled':
      case 'SeatHeld':
      case 'SeatRefused':
      case 'OrderPlanned':
      case 'PaymentCaptured':
      case 'RefundsUnfrozen':
        return fact.data.bookingId;
      default:
        return null;
    }
  },

  evolve,

  needsAccountOf: (fact, state) =>
    fact.type === 'BookingConfirmed' && state.at === 'confirmed' ? state.wish.tutorId : null,

  react(fact, state, { accountId }) {
    if (state.at === 'nothing') return [];
    const { wish } = state;
    const { bookingId } = wish;
    if (isMove(fact)) return reactToMove(fact, wish, state.at === 'over');
    switch (fact.type) {
      case 'BookingRequested':
        return [
          holdSeat(state),
          {
            kind: 'timer',
            key: acceptTimer(bookingId),
            dueAt: answerBy(wish),
            command: { type: 'DeclineBooking', data: { bookingId, reason: 'lapsed' } },
          },
        ];
      case 'SeatHeld':
        // The booking ended while its seat was on the way.
        if (state.at === 'over') return [releaseSeat(wish)];
        if (state.at !== 'requested' || wish.mode === 'accept') return [];
        return [command('accept', { type: 'AcceptBooking', data: { bookingId, lessonId: fact.data.lessonId } })];
      case 'SeatRefused':
        return [command('decline', { type: 'DeclineBooking', data: { bookingId, reason: fact.data.reason } })];
      case 'BookingAccepted':
        return [
          command('plan-order', {
            type: 'PlanOrder',
            data: { bookingId, amount: wish.price, receipt: bookingId, payBy: fact.data.payBy },
          }),
          {
            kind: 'timer',
            key: payTimer(bookingId),
            dueAt: fact.data.payBy,
            command: { type: 'ExpireBooking', data: { bookingId } },
          },
          { kind: 'forget', keys: [acceptTimer(bookingId)] },
        ];
      case 'OrderPlanned':
        return [
          {
            kind: 'call',
            operationId: idFrom('order', bookingId),
            bookingId,
            call: { kind: 'create-order', bookingId, amount: fact.data.amount, receipt: fact.data.receipt },
          },
        ];
      case 'PaymentCaptured': {
        if (state.at === 'over') return late(state);
        if (state.at === 'confirmed') return [];
        return [command('confirm', { type: 'ConfirmBooking', data: { bookingId, amount: fact.data.amount } })];
      }
      case 'RefundsUnfrozen':
        return late(state);
      case 'BookingConfirmed':
        if (state.at !== 'confirmed') return [];
        return settleIn(wish, state.lessonId, state.paid, accountId);
      case 'BookingRescheduled':
        return state.at === 'confirmed' ? settleElsewhere(wish, fact.data) : [];
      case 'BookingDeclined':
      case 'BookingExpired':
        return [...leave(state), { kind: 'forget', keys: [payTimer(bookingId), acceptTimer(bookingId)] }];
      case 'BookingCancelled':
        // After a lesson that was not taught there is nothing to give up: its seats are facts now.
        if (fact.data.rule === 'tutor-no-show' || fact.data.rule === 'nobody') return [];
        return [...leave(state), { kind: 'forget', keys: [payTimer(bookingId), acceptTimer(bookingId)] }];
      default:
        return [];
    }
  },
};

/** Gives the seat back, and money that was captured before the end was known. */
function leave(state: BookLesson): readonly Reaction[] {
  if (state.at !== 'over') return [];
  const { wish, lessonId, confirmed } = state;
  const reactions: Reaction[] = [];
  if (lessonId !== null) reactions.push(releaseSeat(wish));
  if (confirmed && lessonId !== null)
    reactions.push(command('give-up-seat', { type: 'GiveUpSeat', data: { lessonId, bookingId: wish.bookingId } }));
  return [...reactions, ...late(state)];
}

/** What was paid for a booking that ended without ever being confirmed. */
const late = (state: BookLesson): readonly Reaction[] =>
  state.at === 'over' && state.paid !== null && !state.confirmed ? refundLate(state.wish, state.paid) : [];

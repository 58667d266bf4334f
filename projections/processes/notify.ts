/** Who hears of what in a booking, and whether by mail. Rules NO1–NO12 of SPEC.md. Words are made in notices/words.ts. */
import { answerBy } from '#events/booking/decide.ts';
import type { Side } from '#events/booking/events.ts';
import type { Fact } from '../fact.ts';
import type { Lesson, LessonKind, LessonNotice } from '../notices/notice.ts';
import { isCase, tellOfCase } from './notify-case.ts';
import { isMoney, tellOfMoney } from './notify-money.ts';
import type { Process, Reaction } from './process.ts';

interface Known extends Lesson {
  readonly bookedBy: string;
  readonly price: number;
  readonly mode: 'instant' | 'accept';
  readonly answerBy: number;
}

export interface Notify {
  readonly booking: Known | null;
  readonly method: string;
  /** The tutor's share, less what was reversed, paise. */
  readonly share: number;
  /** Refunds asked for, by id: what their later news is about. */
  readonly refunds: Readonly<Record<string, { readonly amount: number; readonly key: string }>>;
  /** Amounts of the bank's cases, by chargeback id. */
  readonly chargebacks: Readonly<Record<string, number>>;
  /** The proposal that is open: whose it is, for when, and whether the other side was asked. */
  readonly move: { readonly by: Side; readonly wanted: number; readonly asked: boolean } | null;
}

const initial: Notify = { booking: null, method: '', share: 0, refunds: {}, chargebacks: {}, move: null };

const HOUR = 3_600_000;

/** With the lesson's start: after a move its reminders are others. */
export const reminderTimer = (bookingId: string, hours: 1 | 24, startsAt: number): string =>
  `reminder:${hours}h:${bookingId}:${startsAt}`;

export const refundKey = (data: { providerPaymentId: string; reason: string }): string =>
  `${data.providerPaymentId}:${data.reason}`;

/** Writes to people about one booking. The key is the booking's unless a kind can come more than once. */
export interface Teller {
  readonly lesson: Lesson;
  readonly price: number;
  /** The student, and who pays for them. */
  readonly payer: readonly string[];
  tell(to: readonly string[], mail: boolean, about: LessonKind, key?: string): Reaction;
  tellOps(about: LessonKind, key: string): Reaction;
}

function tellerOf({ bookedBy, price, mode: _, answerBy: __, ...lesson }: Known): Teller {
  const { bookingId, studentId } = lesson;
  const notice = (to: readonly string[], mail: boolean, about: LessonKind, noticeKey: string): LessonNotice => ({
    noticeKey,
    to,
    mail,
    lesson,
    about,
  });
  return {
    lesson,
    price,
    payer: [...new Set([studentId, bookedBy])],
    tell: (to, mail, about, key = bookingId) => ({ kind: 'notice', notice: notice(to, mail, about, key) }),
    tellOps: (about, key) => ({ kind: 'notice', notice: { ...notice([], true, about, key), toRole: 'ops' } }),
  };
}

function remind({ bookingId, studentId, tutorId, startsAt }: Lesson, lesson: Lesson, hours: 1 | 24): Reaction {
  return {
    kind: 'reminder',
    key: reminderTimer(bookingId, hours, startsAt),
    dueAt: startsAt - hours * HOUR,
    notice: {
      noticeKey: `${bookingId}:${hours}h:${startsAt}`,
      to: [studentId, tutorId],
      mail: hours === 24,
      lesson,
      about: { kind: 'lesson-soon', hours },
    },
  };
}

/** Whoever books, or moves, within the hour needs no reminder of it. `now`: business ms. */
const reminders = (lesson: Lesson, now: number): readonly Reaction[] => [
  ...(lesson.startsAt - now > 25 * HOUR ? [remind(lesson, lesson, 24)] : []),
  ...(lesson.startsAt - now > 2 * HOUR ? [remind(lesson, lesson, 1)] : []),
];

const noReminders = (bookingId: string, startsAt: number): Reaction => ({
  kind: 'forget',
  keys: [
    reminderTimer(bookingId, 1, startsAt),
    reminderTimer(bookingId, 24, startsAt),
    // As they were called before lessons could be moved.
    `reminder:1h:${bookingId}`,
    `reminder:24h:${bookingId}`,
  ],
});

function evolve(state: Notify, fact: Fact): Notify {
  switch (fact.type) {
    case 'BookingRequested': {
      const { bookingId, tutorId, studentId, bookedBy, subject, startsAt, minutes, price, mode } = fact.data;
      const lesson = { bookingId, lessonId: null, tutorId, studentId, subject, startsAt, minutes };
      return { ...state, booking: { ...lesson, bookedBy, price, mode, answerBy: answerBy(fact.data) } };
    }
    case 'SeatHeld':
      return state.booking ? { ...state, booking: { ...state.booking, lessonId: fact.data.lessonId } } : state;
    case 'RescheduleProposed': {
      const { by, startsAt: wanted, answerBy: until, at } = fact.data;
      // A student who moves early enough asks nobody.
      return { ...state, move: { by, wanted, asked: until > at } };
    }
    case 'BookingRescheduled': {
      const { lessonId, startsAt } = fact.data;
      return state.booking ? { ...state, booking: { ...state.booking, lessonId, startsAt }, move: null } : state;
    }
    case 'PaymentCaptured':
      return { ...state, method: fact.data.method };
    case 'PayoutPlanned':
      return { ...state, share: fact.data.share };
    case 'TransferReversed':
      return { ...state, share: state.share - fact.data.amount };
    case 'RefundRequested': {
      const { refundId, amount } = fact.data;
      return { ...state, refunds: { ...state.refunds, [refundId]: { amount, key: refundKey(fact.data) } } };
    }
    case 'ChargebackOpened':
    case 'ChargebackReopened': {
      const { chargebackId, amount } = fact.data;
      return { ...state, chargebacks: { ...state.chargebacks, [chargebackId]: amount } };
    }
    default:
      return state;
  }
}

export const notify: Process<Notify> = {
  name: 'notify',
  initial,

  keyOf(fact) {
    if (isMoney(fact) || isCase(fact)) return fact.data.bookingId;
    switch (fact.type) {
      case 'BookingRequested':
      case 'BookingAccepted':
      case 'BookingDeclined':
      case 'BookingConfirmed':
      case 'BookingExpired':
      case 'BookingCancelled':
      case 'BookingUnderReview':
      case 'RescheduleProposed':
      case 'RescheduleAgreed':
      case 'RescheduleDeclined':
      case 'BookingRescheduled':
      case 'SeatHeld':
      case 'PayoutPlanned':
        return fact.data.bookingId;
      default:
        return null;
    }
  },

  // A state of an older program lacks the newer fields.
  evolve: (state, fact) => evolve({ ...initial, ...state }, fact),

  react(fact, state) {
    const { booking } = state;
    if (!booking) return [];
    const teller = tellerOf(booking);
    if (isMoney(fact)) return tellOfMoney(fact, state, teller);
    if (isCase(fact)) return tellOfCase(fact, state, teller);
    const { mode, answerBy: until, price } = booking;
    const { lesson, payer, tell } = teller;
    const { bookingId, tutorId } = lesson;

    switch (fact.type) {
      case 'SeatHeld':
        return mode === 'accept' ? [tell([tutorId], true, { kind: 'request-received', answerBy: until })] : [];
      case 'BookingAccepted':
        return mode === 'accept' ? [tell(payer, true, { kind: 'request-accepted', payBy: fact.data.payBy })] : [];
      case 'BookingDeclined': {
        const { reason } = fact.data;
        // The other reasons are shown at once, on the page that asked for the seat.
        if (reason !== 'by-tutor' && reason !== 'lapsed') return [];
        return [tell(payer, true, { kind: 'request-declined', reason })];
      }
      case 'BookingConfirmed':
        return [
          tell(payer, true, { kind: 'booking-confirmed', price }),
          tell([tutorId], true, { kind: 'booking-received' }),
          ...reminders(lesson, fact.data.confirmedAt),
        ];
      case 'BookingExpired':
        return [tell(payer, false, { kind: 'payment-expired' })];
      case 'BookingCancelled': {
        const { by, rule, refund } = fact.data;
        const about: LessonKind = { kind: 'booking-cancelled', by, rule, refund, price };
        return [tell([...payer, tutorId], true, about), noReminders(bookingId, lesson.startsAt)];
      }
      case 'BookingUnderReview':
        return [tell([...payer, tutorId], true, { kind: 'under-review' })];
      case 'RescheduleProposed': {
        if (!state.move?.asked) return [];
        const { by, startsAt: wanted, answerBy: openUntil, proposalId } = fact.data;
        const about: LessonKind = { kind: 'reschedule-proposed', by, wanted, answerBy: openUntil };
        return [tell(by === 'tutor' ? payer : [tutorId], true, about, proposalId)];
      }
      case 'RescheduleAgreed': {
        if (!state.move?.asked) return [];
        const { by, startsAt: wanted, proposalId } = fact.data;
        const about: LessonKind = { kind: 'reschedule-agreed', by, wanted };
        return [tell(by === 'tutor' ? payer : [tutorId], false, about, proposalId)];
      }
      case 'RescheduleDeclined': {
        const { move } = state;
        if (!move) return [];
        const { reason, proposalId } = fact.data;
        const about: LessonKind = { kind: 'reschedule-declined', reason, wanted: move.wanted };
        return [tell(move.asked ? [...payer, tutorId] : payer, true, about, proposalId)];
      }
      case 'BookingRescheduled': {
        const { previousStartsAt, refundCapPct, proposalId, at } = fact.data;
        const about: LessonKind = { kind: 'booking-moved', previously: previousStartsAt, refundCapPct };
        return [
          tell([...payer, tutorId], true, about, proposalId),
          noReminders(bookingId, previousStartsAt),
          ...reminders(lesson, at),
        ];
      }
      default:
        return [];
    }
  },
};

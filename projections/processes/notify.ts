/** Who hears of what, and whether by mail. Rules NO1–NO6 of SPEC.md. Words are made in notices/words.ts. */
import { answerBy } from '#events/booking/decide.ts';
import type { Lesson, Notice, NoticeKind } from '../notices/notice.ts';
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
}

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** How long the provider says a refund takes at most, by method, in days (razorpay.md §7). */
const REFUND_DAYS: Readonly<Record<string, number>> = { card: 10, netbanking: 10, upi: 7 };

export const reminderTimer = (bookingId: string, hours: 1 | 24): string => `reminder:${hours}h:${bookingId}`;

const refundKey = (data: { providerPaymentId: string; reason: string }): string =>
  `${data.providerPaymentId}:${data.reason}`;

export const notify: Process<Notify> = {
  name: 'notify',
  initial: { booking: null, method: '', share: 0 },

  keyOf(fact) {
    switch (fact.type) {
      case 'BookingRequested':
      case 'BookingAccepted':
      case 'BookingDeclined':
      case 'BookingConfirmed':
      case 'BookingExpired':
      case 'BookingCancelled':
      case 'BookingUnderReview':
      case 'SeatHeld':
      case 'PaymentCaptured':
      case 'PayoutPlanned':
      case 'TransferReversed':
      case 'HoldStarted':
      case 'HoldLifted':
      case 'RefundRequested':
      case 'RefundProcessed':
        return fact.data.bookingId;
      default:
        return null;
    }
  },

  evolve(state, fact) {
    switch (fact.type) {
      case 'BookingRequested': {
        const { bookingId, tutorId, studentId, bookedBy, subject, startsAt, minutes, price, mode } = fact.data;
        const lesson = { bookingId, lessonId: null, tutorId, studentId, subject, startsAt, minutes };
        return { ...state, booking: { ...lesson, bookedBy, price, mode, answerBy: answerBy(fact.data) } };
      }
      case 'SeatHeld':
        return state.booking ? { ...state, booking: { ...state.booking, lessonId: fact.data.lessonId } } : state;
      case 'PaymentCaptured':
        return { ...state, method: fact.data.method };
      case 'PayoutPlanned':
        return { ...state, share: fact.data.share };
      case 'TransferReversed':
        return { ...state, share: state.share - fact.data.amount };
      default:
        return state;
    }
  },

  react(fact, state) {
    const { booking } = state;
    if (!booking) return [];
    const { bookedBy, price, mode, answerBy: until, ...lesson } = booking;
    const { bookingId, studentId, tutorId } = lesson;
    const payer = [...new Set([studentId, bookedBy])];
    const tell = (to: readonly string[], mail: boolean, about: NoticeKind, key = bookingId): Reaction => ({
      kind: 'notice',
      notice: { noticeKey: key, to, mail, lesson, about },
    });
    const remind = (hours: 1 | 24): Reaction => {
      const notice: Notice = {
        noticeKey: bookingId,
        to: [studentId, tutorId],
        mail: hours === 24,
        lesson,
        about: { kind: 'lesson-soon', hours },
      };
      return {
        kind: 'reminder',
        key: reminderTimer(bookingId, hours),
        dueAt: lesson.startsAt - hours * HOUR,
        notice,
      };
    };
    const noReminders: Reaction = {
      kind: 'forget',
      keys: [reminderTimer(bookingId, 1), reminderTimer(bookingId, 24)],
    };

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
      case 'BookingConfirmed': {
        // Whoever books within the hour needs no reminder of it.
        const ahead = lesson.startsAt - fact.data.confirmedAt;
        return [
          tell(payer, true, { kind: 'booking-confirmed', price }),
          tell([tutorId], true, { kind: 'booking-received' }),
          ...(ahead > 25 * HOUR ? [remind(24)] : []),
          ...(ahead > 2 * HOUR ? [remind(1)] : []),
        ];
      }
      case 'BookingExpired':
        return [tell(payer, false, { kind: 'payment-expired' })];
      case 'BookingCancelled': {
        const { by, rule, refund } = fact.data;
        const about: NoticeKind = { kind: 'booking-cancelled', by, rule, refund, price };
        return [tell([...payer, tutorId], true, about), noReminders];
      }
      case 'BookingUnderReview':
        return [tell([...payer, tutorId], true, { kind: 'under-review' })];
      case 'HoldStarted':
        return [tell([tutorId], true, { kind: 'payout-on-hold', amount: state.share, releaseAt: fact.data.endsAt })];
      case 'HoldLifted':
        return [tell([tutorId], true, { kind: 'payout-released', amount: fact.data.amount })];
      case 'RefundRequested': {
        const days = REFUND_DAYS[state.method] ?? 10;
        const expectedBy = fact.meta.occurredAt + days * DAY;
        // The key names payment and reason, not the try: a refund that is tried again is no news.
        return [
          tell(payer, true, { kind: 'refund-on-its-way', amount: fact.data.amount, expectedBy }, refundKey(fact.data)),
        ];
      }
      case 'RefundProcessed':
        return [tell(payer, true, { kind: 'refund-done', amount: fact.data.amount }, fact.data.refundId)];
      default:
        return [];
    }
  },
};

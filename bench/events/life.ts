/** The commands of whole booking lives, as the product gives them: what the real deciders make of them is the event mix. */
import type { BookingCommand } from '#events/booking/decide.ts';
import type { CalendarCommand } from '#events/calendar/decide.ts';
import type { LessonCommand } from '#events/lesson/decide.ts';
import type { PaymentCommand } from '#events/payment/decide.ts';
import type { PayoutCommand } from '#events/payout/decide.ts';
import type { PersonCommand } from '#events/person/decide.ts';
import { idFrom, lessonCodeFrom } from '#events/shared/ids.ts';
import { policyAt } from '#events/shared/policy.ts';
import type { TutorCommand } from '#events/tutor/decide.ts';
import type { Offer } from '#events/tutor/events.ts';

export type Step =
  | { readonly category: 'booking'; readonly command: BookingCommand }
  | { readonly category: 'calendar'; readonly command: CalendarCommand }
  | { readonly category: 'lesson'; readonly command: LessonCommand }
  | { readonly category: 'payment'; readonly command: PaymentCommand }
  | { readonly category: 'payout'; readonly command: PayoutCommand }
  | { readonly category: 'person'; readonly command: PersonCommand }
  | { readonly category: 'tutor'; readonly command: TutorCommand };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday, 10:00 in Kolkata. */
const FIRST = Date.UTC(2026, 11, 7, 4, 30);
const NOW = FIRST - 7 * DAY;
const LESSONS_PER_TUTOR = 16;
const PRICE = 80_000;
const SHARE = 72_000;

export const tutorsFor = (lives: number): number => Math.ceil(lives / LESSONS_PER_TUTOR);

const tutorIdOf = (tutor: number): string => idFrom('bench tutor', tutor);

/** What a tutor does before the first booking. */
export function tutorSteps(tutor: number): readonly Step[] {
  const tutorId = tutorIdOf(tutor);
  const weekdays = [0, 1, 2, 3, 4, 5, 6] as const;
  const windows = weekdays.map((weekday) => ({ weekday, from: '06:00', to: '22:00', offerId: 'single' }));
  const profile = {
    slug: `tutor-${tutor}`,
    name: `Asha Rao ${tutor}`,
    headline: 'Mathematics for class 9 to 12',
    about: 'Twelve years of patience, and a board that remembers everything.',
    subjects: ['Mathematics', 'Physics'],
    levels: ['Class 10', 'Class 12'],
    languages: ['English', 'Hindi'],
    city: 'Pune',
    yearsTeaching: 12,
    education: 'M.Sc., IIT Bombay',
  };
  const offers: readonly Offer[] = [{ offerId: 'single', minutes: 60, seats: 1, price: PRICE, title: 'One-to-one' }];
  const now = NOW - DAY;
  return [
    {
      category: 'person',
      command: { type: 'RegisterPerson', data: { personId: tutorId, role: 'tutor', zone: 'Asia/Kolkata' }, now },
    },
    { category: 'tutor', command: { type: 'PublishTutorProfile', data: { tutorId, profile }, now } },
    { category: 'tutor', command: { type: 'SetOffers', data: { tutorId, offers }, now } },
    {
      category: 'calendar',
      command: { type: 'SetAvailability', data: { tutorId, zone: 'Asia/Kolkata', windows }, now },
    },
  ];
}

/**
 * Life `n` of so many. Of ten bookings, one is never paid, one is cancelled and given back, eight are taught and paid
 * out. Those that run at the same time are with different tutors, as far as there are enough.
 */
export function lifeSteps(n: number, lives: number): readonly Step[] {
  const tutors = tutorsFor(lives);
  const tutorId = tutorIdOf(n % tutors);
  const slot = Math.floor(n / tutors);
  const startsAt = FIRST + Math.floor(slot / 2) * DAY + (slot % 2) * 2 * HOUR;
  const bookingId = idFrom('bench booking', n);
  const studentId = idFrom('bench student', n);
  const lessonId = idFrom('bench lesson', n);
  const now = NOW + slot * MINUTE;
  const policy = policyAt(now);
  const booking = (command: BookingCommand): Step => ({ category: 'booking', command });
  const calendar = (command: CalendarCommand): Step => ({ category: 'calendar', command });
  const lesson = (command: LessonCommand): Step => ({ category: 'lesson', command });
  const payment = (command: PaymentCommand): Step => ({ category: 'payment', command });
  const payout = (command: PayoutCommand): Step => ({ category: 'payout', command });
  const place = { offerId: 'single', startsAt, minutes: 60, seats: 1 };

  const order = `order_${bookingId.slice(0, 14)}`;
  const providerPaymentId = `pay_${bookingId.slice(0, 14)}`;
  const transferId = `trf_${bookingId.slice(0, 14)}`;
  const requested: readonly Step[] = [
    {
      category: 'person',
      command: { type: 'RegisterPerson', data: { personId: studentId, role: 'student', zone: 'Asia/Kolkata' }, now },
    },
    booking({
      type: 'RequestBooking',
      data: {
        ...{ bookingId, tutorId, studentId, bookedBy: studentId, subject: 'Mathematics', price: PRICE },
        ...{ ...place, mode: 'instant', policy, note: 'Please help me with quadratic equations before the test.' },
      },
      now,
    }),
    calendar({ type: 'HoldSeat', data: { tutorId, bookingId, studentId, lessonId, ...place }, now }),
    booking({ type: 'AcceptBooking', data: { bookingId, lessonId }, now }),
    payment({
      type: 'PlanOrder',
      data: { bookingId, amount: PRICE, receipt: idFrom('receipt', n), payBy: now + 10 * MINUTE },
      now,
    }),
    payment({ type: 'RecordOrder', data: { bookingId, orderId: order, amount: PRICE }, now }),
  ];
  if (n % 10 === 0) {
    const late = now + 11 * MINUTE;
    return [
      ...requested,
      booking({ type: 'ExpireBooking', data: { bookingId }, now: late }),
      calendar({ type: 'ReleaseSeat', data: { tutorId, bookingId }, now: late }),
    ];
  }
  const paid: readonly Step[] = [
    ...requested,
    payment({
      type: 'ObservePayment',
      data: {
        ...{ bookingId, orderId: order, providerPaymentId, status: 'captured', amount: PRICE, currency: 'INR' },
        ...{ fee: 1_888, tax: 288, method: 'upi', reason: '', description: '' },
      },
      now,
    }),
    booking({ type: 'ConfirmBooking', data: { bookingId, amount: PRICE }, now }),
    lesson({
      type: 'ScheduleLesson',
      data: {
        lessonId,
        code: lessonCodeFrom(lessonId),
        tutorId,
        subject: 'Mathematics',
        startsAt,
        minutes: 60,
        seats: 1,
      },
      now,
    }),
    lesson({ type: 'TakeSeat', data: { lessonId, bookingId, studentId }, now }),
    payout({
      type: 'PlanPayout',
      data: {
        ...{ bookingId, tutorId, accountId: 'acc_Demo0000000001', providerPaymentId, gross: PRICE },
        ...{ commissionBps: policy.commissionBps, holdMs: policy.holdMs },
      },
      now,
    }),
    payout({ type: 'RequestTransfer', data: { bookingId, operationId: idFrom('transfer', n) }, now }),
    payout({ type: 'RecordTransfer', data: { bookingId, transferId, amount: SHARE }, now }),
  ];
  if (n % 10 === 1) {
    const later = now + HOUR;
    const operationId = idFrom('reversal', n);
    const refundId = idFrom('refund', n);
    return [
      ...paid,
      booking({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: 'I am ill.' }, now: later }),
      calendar({ type: 'ReleaseSeat', data: { tutorId, bookingId }, now: later }),
      lesson({ type: 'GiveUpSeat', data: { lessonId, bookingId }, now: later }),
      lesson({ type: 'CancelLesson', data: { lessonId, reason: 'Nobody is booked.' }, now: later }),
      payout({
        type: 'RequestReversal',
        data: { bookingId, operationId, amount: SHARE, reason: 'cancelled' },
        now: later,
      }),
      payout({
        type: 'RecordReversal',
        data: { bookingId, operationId, reversalId: `rvrsl_${n}`, amount: SHARE },
        now: later,
      }),
      payment({
        type: 'RequestRefund',
        data: { bookingId, refundId, providerPaymentId, amount: PRICE, reason: 'cancelled' },
        now: later,
      }),
      payment({
        type: 'RecordRefund',
        data: { bookingId, refundId, providerRefundId: `rfnd_${n}`, amount: PRICE },
        now: later,
      }),
    ];
  }
  const end = startsAt + HOUR;
  const due = end + policy.holdMs;
  const people = [
    { personId: tutorId, role: 'host' },
    { personId: studentId, role: 'participant' },
  ] as const;
  return [
    ...paid,
    ...people.flatMap(({ personId, role }) => {
      const connectionId = `connection of ${personId}`;
      return [
        lesson({ type: 'JoinLesson', data: { lessonId, personId, role, connectionId }, now: startsAt }),
        ...(['sent', 'received'] as const).map((direction) =>
          lesson({
            type: 'StartMedia',
            data: { lessonId, personId, connectionId, direction, at: startsAt },
            now: startsAt,
          }),
        ),
      ];
    }),
    booking({ type: 'StartBooking', data: { bookingId }, now: startsAt }),
    ...[5, 20, 40].map((minute) =>
      lesson({
        type: 'NoteWork',
        data: { lessonId, personId: studentId, surface: 'board', minute: startsAt + minute * MINUTE },
        now: startsAt + minute * MINUTE,
      }),
    ),
    lesson({ type: 'EndLesson', data: { lessonId, by: 'host', policy }, now: end }),
    booking({ type: 'CompleteBooking', data: { bookingId, outcome: 'held', t0: end }, now: end }),
    payout({ type: 'StartHold', data: { bookingId, t0: end }, now: end }),
    payout({ type: 'AuthorizeRelease', data: { bookingId, operationId: idFrom('release', n) }, now: due }),
    payout({ type: 'RecordHoldLifted', data: { bookingId, transferId, amount: SHARE }, now: due }),
    payout({ type: 'RecordSettlement', data: { bookingId, settlementId: `setl_${n}` }, now: due }),
    booking({ type: 'CloseBooking', data: { bookingId }, now: due }),
  ];
}

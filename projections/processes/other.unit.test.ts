import { describe, expect, test } from 'vitest';
import { STUDY_RULES_2026_11 } from '#events/lesson/study.ts';
import type { AnyEvent } from '#events/handling/registry.ts';
import type { Fact } from '../fact.ts';
import { commandsIn, fact, reactionsTo } from '../testing/facts.ts';
import {
  accepted,
  BOOKING,
  cancelled,
  captured,
  confirmed,
  END,
  holdLifted,
  holdStarted,
  HOUR,
  LESSON,
  planned,
  requested,
  reversed,
  seatHeld,
  START,
  unfrozen,
} from './examples.ts';
import { notify, reminderTimer } from './notify.ts';
import { MAX_REFUND_ATTEMPTS, refundPayment } from './refund-payment.ts';
import { runLesson } from './run-lesson.ts';

const refundAsked = (refundId: string): Fact =>
  fact({
    type: 'RefundRequested',
    data: { bookingId: BOOKING, refundId, providerPaymentId: 'pay_1', amount: 80_000, reason: 'grace' },
  });
const refundFailed = (refundId: string): Fact =>
  fact({ type: 'RefundFailed', data: { bookingId: BOOKING, refundId, amount: 80_000, reason: 'no balance' } });

describe('refund-payment', () => {
  test('RF1: a requested refund goes to the provider under its own id', () => {
    expect(reactionsTo(refundPayment, [refundAsked('r1')])).toMatchObject([
      { kind: 'call', operationId: 'r1', call: { kind: 'refund-payment', paymentId: 'pay_1', amount: 80_000 } },
    ]);
  });

  test('RF2: a failed refund is asked for again under a new id, with the same figures', () => {
    const [again] = reactionsTo(refundPayment, [refundAsked('r1'), refundFailed('r1')]);
    expect(again).toMatchObject({
      kind: 'timer',
      dueAt: HOUR,
      command: { type: 'RequestRefund', data: { providerPaymentId: 'pay_1', amount: 80_000, reason: 'grace' } },
    });
    expect(again).not.toMatchObject({ command: { data: { refundId: 'r1' } } });
  });

  test('RF3: and when a bank’s case is over, less what it took since', () => {
    const amountIn = (...facts: readonly Fact[]) =>
      reactionsTo(refundPayment, facts).flatMap((one) => ('command' in one ? [one.command.data] : []));
    const failed = [refundAsked('r1'), refundFailed('r1')];
    expect(reactionsTo(refundPayment, [...failed, unfrozen(80_000)])).toMatchObject([{ kind: 'forget' }]);
    expect(amountIn(...failed, unfrozen(0))).toMatchObject([{ amount: 80_000 }]);
    expect(amountIn(...failed, unfrozen(30_000), unfrozen(20_000, 'disp_2'))).toMatchObject([{ amount: 30_000 }]);
    expect(amountIn(...failed, unfrozen(80_000))).toEqual([]);
    expect(amountIn(...failed, unfrozen(80_000, 'disp_1', 'pay_2'))).toEqual([]);
    expect(amountIn(refundAsked('r1'), unfrozen(30_000), refundFailed('r1'))).toMatchObject([{ amount: 50_000 }]);
    // What was asked for after the loss was less already.
    expect(amountIn(unfrozen(30_000), refundAsked('r1'), refundFailed('r1'))).toMatchObject([{ amount: 80_000 }]);
  });

  test('RF2: not for ever', () => {
    const failures = Array.from({ length: MAX_REFUND_ATTEMPTS }, () => refundFailed('r1'));
    expect(reactionsTo(refundPayment, [refundAsked('r1'), ...failures])).toEqual([]);
  });
});

const lesson = (event: Extract<AnyEvent, { data: { lessonId: string } }>, at = 0): Fact => fact(event, at);
const scheduled = lesson({
  type: 'LessonScheduled',
  data: {
    lessonId: LESSON,
    code: 'nx-abcdefgh',
    tutorId: 't1',
    subject: 'Mathematics',
    startsAt: START,
    minutes: 60,
    seats: 3,
  },
});
const seat = (bookingId: string): Fact =>
  lesson({ type: 'SeatTaken', data: { lessonId: LESSON, bookingId, studentId: `student of ${bookingId}` } });
const joined = (connectionId: string): Fact =>
  lesson({
    type: 'ParticipantJoined',
    data: { lessonId: LESSON, personId: 'p', role: 'participant', connectionId, at: START },
  });
const left = (connectionId: string, at: number): Fact =>
  lesson({
    type: 'ParticipantLeft',
    data: { lessonId: LESSON, personId: 'p', connectionId, at, reason: 'left' },
  });
const started = lesson({ type: 'LessonStarted', data: { lessonId: LESSON, at: START } });
const ended = lesson({ type: 'LessonEnded', data: { lessonId: LESSON, at: END, by: 'host' } });

describe('run-lesson', () => {
  const givenUpSeat = (bookingId: string): Fact =>
    lesson({ type: 'SeatGivenUp', data: { lessonId: LESSON, bookingId, studentId: `student of ${bookingId}` } });
  const hostJoined = lesson({
    type: 'ParticipantJoined',
    data: { lessonId: LESSON, personId: 't1', role: 'host', connectionId: 'h1', at: START },
  });

  test('RL2: the tutor coming in is told to each student with a seat, with a key that makes it once', () => {
    const facts = [scheduled, seat('b1'), seat('b2'), givenUpSeat('b2'), seat('b3')];
    const notices = (last: Fact) =>
      reactionsTo(runLesson, [...facts, last]).flatMap((one) => (one.kind === 'notice' ? [one.notice] : []));
    expect(notices(hostJoined).map(({ to }) => to)).toEqual([['student of b1'], ['student of b3']]);
    expect(notices(hostJoined).map(({ noticeKey }) => noticeKey)).toEqual([`${LESSON}:b1`, `${LESSON}:b3`]);
    expect(notices(joined('c1'))).toEqual([]);
  });

  test('RL1: a started lesson starts the bookings of its seats', () => {
    const reactions = reactionsTo(runLesson, [
      scheduled,
      seat('b1'),
      seat('b2'),
      givenUpSeat('b2'),
      seat('b3'),
      started,
    ]);
    expect(commandsIn(reactions)).toEqual(['StartBooking', 'StartBooking']);
  });

  test('RL1: a seat taken in a running lesson is in progress at once', () => {
    expect(commandsIn(reactionsTo(runLesson, [scheduled, started, seat('b1')]))).toEqual(['StartBooking']);
    expect(commandsIn(reactionsTo(runLesson, [scheduled, started, ended, seat('b1')]))).toEqual([]);
  });

  test('RL3: all-gone is due 10 minutes after the last one left, but not before the end and 10 minutes', () => {
    const dueAfter = (at: number) => reactionsTo(runLesson, [scheduled, joined('c1'), left('c1', at)]);
    expect(dueAfter(END + 60_000)).toMatchObject([{ kind: 'timer', dueAt: END + 660_000 }]);
    expect(dueAfter(START + 60_000)).toMatchObject([{ kind: 'timer', dueAt: END + 600_000 }]);
  });

  test('RL3: who observes is not waited for', () => {
    const looksOn = lesson({
      type: 'ParticipantJoined',
      data: { lessonId: LESSON, personId: 'ops', role: 'observer', connectionId: 'c-ops', at: START },
    });
    const facts = [scheduled, joined('c1'), looksOn, left('c1', END)];
    expect(reactionsTo(runLesson, facts)).toMatchObject([{ kind: 'timer', dueAt: END + 600_000 }]);
  });

  test('RL3: leaving twice arms twice, for the first timer may find someone there', () => {
    const facts = [scheduled, joined('c1'), left('c1', START), joined('c2')];
    const keys = [left('c2', END), left('c2', END)].map((last) => reactionsTo(runLesson, [...facts, last])[0]);
    expect(keys[0]).not.toMatchObject({ key: keys[1]?.kind === 'timer' ? keys[1].key : '' });
  });

  test('RL5: the last seat given back cancels the lesson, unless someone is paying for a seat in it', () => {
    const other = fact({
      type: 'SeatHeld',
      data: {
        tutorId: 't1',
        bookingId: 'b2',
        studentId: 's2',
        lessonId: LESSON,
        offerId: 'o1',
        startsAt: START,
        minutes: 60,
        seats: 3,
      },
    });
    const released = fact({ type: 'SeatReleased', data: { tutorId: 't1', bookingId: BOOKING, lessonId: LESSON } });
    expect(commandsIn(reactionsTo(runLesson, [seatHeld(), scheduled, seat(BOOKING), released]))).toEqual([
      'CancelLesson',
    ]);
    expect(reactionsTo(runLesson, [seatHeld(), other, scheduled, seat(BOOKING), released])).toEqual([]);
    // Never paid, so there never was a lesson.
    expect(reactionsTo(runLesson, [seatHeld(), released])).toEqual([]);
  });

  test('RL7: a study room ends by time, and ten minutes after all have gone, however early that is', () => {
    const opened = lesson({
      type: 'StudyRoomOpened',
      data: {
        lessonId: LESSON,
        code: 'nx-abcdefgh',
        hostId: 's1',
        subject: '',
        startsAt: START,
        rules: STUDY_RULES_2026_11,
      },
    });
    const ending = (by: string, dueAt: number) => ({
      kind: 'timer',
      dueAt,
      command: { type: 'EndLesson', data: { by } },
    });
    expect(reactionsTo(runLesson, [opened])).toMatchObject([ending('time', START + 3 * HOUR)]);
    const gone = [opened, joined('c1'), left('c1', START + 60_000)];
    expect(reactionsTo(runLesson, gone)).toMatchObject([ending('all-gone', START + 660_000)]);
    expect(reactionsTo(runLesson, [opened, joined('c1'), joined('c2'), left('c1', START)])).toEqual([]);
  });

  test('RL4: nothing is armed while someone is there, or after the end', () => {
    expect(reactionsTo(runLesson, [scheduled, joined('c1'), joined('c2'), left('c1', END)])).toEqual([]);
    expect(reactionsTo(runLesson, [scheduled, joined('c1'), ended, left('c1', END)])).toEqual([]);
  });
});

describe('notify', () => {
  const booked = (at?: number) => [requested(), seatHeld(), accepted(), captured(), confirmed(at)];
  const kindsIn = (facts: readonly Fact[]) =>
    reactionsTo(notify, facts).flatMap((one) =>
      one.kind === 'notice' ? [`${one.notice.about.kind} to ${one.notice.to.join(', ')}`] : [],
    );

  test('NO1: a confirmed booking tells both sides', () => {
    expect(kindsIn(booked())).toEqual(['booking-confirmed to s1', 'booking-received to t1']);
  });

  test('NO2: a cancelled booking tells both sides, and its reminders are forgotten', () => {
    const facts = [...booked(), cancelled(80_000, 'grace')];
    expect(kindsIn(facts)).toEqual(['booking-cancelled to s1, t1']);
    expect(reactionsTo(notify, facts)).toContainEqual({
      kind: 'forget',
      keys: expect.arrayContaining([reminderTimer(BOOKING, 1, START), reminderTimer(BOOKING, 24, START)]),
    });
  });

  test('NO3: a refund names the latest date for the method it was paid with, and a second try is no news', () => {
    const about = (refundId: string) => reactionsTo(notify, [...booked(), refundAsked(refundId)])[0];
    expect(about('r1')).toMatchObject({
      notice: { about: { kind: 'refund-on-its-way', amount: 80_000, expectedBy: 7 * 24 * HOUR } },
    });
    expect(about('r2')).toEqual(about('r1'));
  });

  test('NO4: the tutor hears until when money is held, and when it is released', () => {
    expect(reactionsTo(notify, [...booked(), planned(), holdStarted()])).toMatchObject([
      { notice: { to: ['t1'], about: { kind: 'payout-on-hold', amount: 72_000, releaseAt: END + 72 * HOUR } } },
    ]);
    expect(reactionsTo(notify, [...booked(), planned(), reversed(36_000), holdStarted()])).toMatchObject([
      { notice: { about: { amount: 36_000 } } },
    ]);
    expect(kindsIn([...booked(), holdLifted()])).toEqual(['payout-released to t1']);
  });

  test('NO7: reminders come 24 h and 1 h before, and not to who books later than that', () => {
    const reminders = (at: number) =>
      reactionsTo(notify, booked(at)).flatMap((one) => (one.kind === 'reminder' ? [one.dueAt] : []));
    expect(reminders(START - 48 * HOUR)).toEqual([START - 24 * HOUR, START - HOUR]);
    expect(reminders(START - 20 * HOUR)).toEqual([START - HOUR]);
    expect(reminders(START - HOUR)).toEqual([]);
  });

  test('a request that needs an answer goes to the tutor, by mail', () => {
    expect(reactionsTo(notify, [requested('accept'), seatHeld()])).toMatchObject([
      { notice: { to: ['t1'], mail: true, about: { kind: 'request-received' } } },
    ]);
    expect(reactionsTo(notify, [requested(), seatHeld()])).toEqual([]);
  });
});

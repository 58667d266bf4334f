import { describe, expect, test } from 'vitest';
import { idFrom } from '#events/shared/ids.ts';
import type { Fact } from '../fact.ts';
import { commandsIn, fact, reactionsTo } from '../testing/facts.ts';
import { bookLesson, payTimer } from './book-lesson.ts';
import {
  accepted,
  BOOKING,
  cancelled,
  captured,
  confirmed,
  END,
  expired,
  HOUR,
  LESSON,
  PAY_BY,
  requested,
  seatHeld,
  START,
  unfrozen,
} from './examples.ts';

const to = (...facts: Parameters<typeof reactionsTo>[1]) => reactionsTo(bookLesson, facts);

describe('book-lesson', () => {
  test('BL1: a request asks for the seat, under a lesson id of its own, and arms the time to answer', () => {
    const reactions = to(requested());
    expect(reactions[0]).toMatchObject({
      command: { type: 'HoldSeat', data: { bookingId: BOOKING, lessonId: idFrom('lesson', BOOKING) } },
    });
    expect(reactions[1]).toMatchObject({
      kind: 'timer',
      command: { type: 'DeclineBooking', data: { reason: 'lapsed' } },
    });
  });

  test('BL2: a seat held accepts an instant booking, with the lesson the calendar names', () => {
    expect(to(requested(), seatHeld())).toMatchObject([
      { command: { type: 'AcceptBooking', data: { bookingId: BOOKING, lessonId: LESSON } } },
    ]);
  });

  test('BL2: a seat held leaves a booking that needs acceptance to the tutor', () => {
    expect(to(requested('accept'), seatHeld())).toEqual([]);
  });

  test('BL3: a seat refused declines the booking for the same reason', () => {
    const refused = fact({ type: 'SeatRefused', data: { tutorId: 't1', bookingId: BOOKING, reason: 'seat-taken' } });
    expect(to(requested(), refused)).toMatchObject([
      { command: { type: 'DeclineBooking', data: { reason: 'seat-taken' } } },
    ]);
  });

  test('BL4: acceptance plans the order, its receipt the booking id, and arms the time to pay', () => {
    const reactions = to(requested(), seatHeld(), accepted());
    expect(reactions[0]).toMatchObject({
      command: { type: 'PlanOrder', data: { amount: 80_000, receipt: BOOKING, payBy: PAY_BY } },
    });
    expect(reactions[1]).toMatchObject({ kind: 'timer', dueAt: PAY_BY, command: { type: 'ExpireBooking' } });
  });

  test('BL5: a planned order is one call, however often the fact comes', () => {
    const planned = fact({
      type: 'OrderPlanned',
      data: { bookingId: BOOKING, amount: 80_000, receipt: BOOKING, payBy: PAY_BY },
    });
    const [once] = to(requested(), planned);
    const [twice] = to(requested(), planned, planned);
    expect(once).toMatchObject({ kind: 'call', operationId: idFrom('order', BOOKING) });
    expect(twice).toEqual(once);
  });

  test('BL6: a capture confirms the booking that waits for it', () => {
    expect(commandsIn(to(requested(), seatHeld(), accepted(), captured()))).toEqual(['ConfirmBooking']);
  });

  test('BL7: a capture after the expiry goes back whole', () => {
    expect(to(requested(), seatHeld(), accepted(), expired(), captured())).toMatchObject([
      { command: { type: 'RequestRefund', data: { providerPaymentId: 'pay_1', amount: 80_000 } } },
    ]);
  });

  test('BL7: a capture that the expiry overtook goes back whole, under the same refund id', () => {
    const before = to(requested(), seatHeld(), accepted(), expired(), captured());
    const after = to(requested(), seatHeld(), accepted(), captured(), expired());
    expect(commandsIn(after)).toEqual(['ReleaseSeat', 'RequestRefund']);
    const refundIn = (reactions: typeof after) =>
      reactions.flatMap((one) => (one.kind === 'command' && one.command.type === 'RequestRefund' ? [one.command] : []));
    expect(refundIn(after)).toEqual(refundIn(before));
  });

  test('BL7: a capture that a cancellation overtook goes back whole', () => {
    expect(commandsIn(to(requested(), seatHeld(), accepted(), captured(), cancelled(0, 'not-paid')))).toEqual([
      'ReleaseSeat',
      'RequestRefund',
    ]);
  });

  test('BL7: what was refused while a bank had a case open is asked for again, less what the bank took', () => {
    const late = [requested(), seatHeld(), accepted(), expired(), captured()];
    const amountIn = (...facts: readonly Fact[]) =>
      to(...facts).map((one) => one.kind === 'command' && one.command.data);
    expect(amountIn(...late, unfrozen(0))).toMatchObject([{ amount: 80_000 }]);
    expect(amountIn(...late, unfrozen(30_000))).toMatchObject([{ amount: 50_000 }]);
    expect(amountIn(...late, unfrozen(30_000), unfrozen(20_000, 'disp_2'))).toMatchObject([{ amount: 30_000 }]);
    expect(to(...late, unfrozen(80_000))).toEqual([]);
    expect(to(...late, unfrozen(80_000, 'disp_1', 'pay_2'))).toHaveLength(1);
    const ended = to(requested(), seatHeld(), accepted(), captured(), unfrozen(30_000), expired());
    expect(ended).toContainEqual(
      expect.objectContaining({
        command: expect.objectContaining({ data: expect.objectContaining({ amount: 50_000 }) }),
      }),
    );
    expect(to(requested(), seatHeld(), accepted(), captured(), confirmed(), unfrozen(0))).toEqual([]);
  });

  test('BL8: a confirmed booking gets its lesson, seat and payout, and two timers', () => {
    const reactions = to(requested(), seatHeld(), accepted(), captured(), confirmed());
    expect(commandsIn(reactions)).toEqual(['ScheduleLesson', 'TakeSeat', 'PlanPayout']);
    const timers = reactions.flatMap((one) => (one.kind === 'timer' ? [[one.dueAt, one.command.data]] : []));
    expect(timers).toMatchObject([
      [START + 15 * 60_000, { by: 'no-tutor' }],
      [END + 15 * 60_000, { by: 'time' }],
    ]);
    expect(reactions).toContainEqual(
      expect.objectContaining({ kind: 'forget', keys: expect.arrayContaining([payTimer(BOOKING)]) }),
    );
  });

  test('BL8: without an account to pay on, everything but the payout happens', () => {
    const facts = [requested(), seatHeld(), accepted(), captured(), confirmed()];
    expect(commandsIn(reactionsTo(bookLesson, facts, { accountId: null }))).toEqual(['ScheduleLesson', 'TakeSeat']);
  });

  test('BL9: a cancelled lesson gives up calendar seat and lesson seat, and leaves the money to the payout', () => {
    const paid = [requested(), seatHeld(), accepted(), captured(), confirmed()];
    expect(commandsIn(to(...paid, cancelled(80_000, 'grace')))).toEqual(['ReleaseSeat', 'GiveUpSeat']);
  });

  test('BL9: a seat that arrives after the end is given back', () => {
    expect(commandsIn(to(requested(), cancelled(0, 'not-paid')))).toEqual([]);
    expect(commandsIn(to(requested(), cancelled(0, 'not-paid'), seatHeld()))).toEqual(['ReleaseSeat']);
  });

  test('BL9: a lesson nobody taught keeps its seats: they are facts', () => {
    const paid = [requested(), seatHeld(), accepted(), captured(), confirmed()];
    expect(to(...paid, cancelled(80_000, 'tutor-no-show', END + HOUR))).toEqual([]);
  });
});

/** The money of a booking, end to end: real database, real log, real sandbox process. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR, openWorld, PARENT, PRICE, STUDENT, STUDENT2, TUTOR, until, type World } from './testing/world.ts';
import { booksOf } from './testing/books.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

describe('a booking', () => {
  test('is paid, taught, held for 72 hours and released exactly once', async () => {
    const { sandbox, queries } = world;
    const startsAt = world.firstStart;
    const bookingId = await world.request();
    const waiting = await world.booking(bookingId, (row) => row.orderId !== null);
    expect(waiting).toMatchObject({ state: 'awaiting-payment', payment: 'ordered', studentName: 'Ravi Kumar' });

    // A card that fails first; the seat stays, and the second try goes through.
    await world.pay(bookingId, { outcome: 'failure' });
    await world.booking(bookingId, (row) => row.payment === 'failed' && row.paymentProblem !== null);
    await world.pay(bookingId);
    const confirmed = await world.booking(bookingId, (row) => row.state === 'confirmed' && row.code !== null);
    expect(confirmed).toMatchObject({ payment: 'paid', paymentProblem: null, code: expect.stringMatching(/^nx-/) });
    await booksOf(world, bookingId);

    const held = await world.payout(bookingId, (row) => row.state === 'held');
    expect(held).toMatchObject({ gross: PRICE, commission: 8_000, share: 72_000, releaseAt: null });
    const lessonId = confirmed.lessonId ?? '';
    expect(await queries.upcomingLessons(STUDENT, world.clock.now())).toMatchObject([{ lessonId }]);
    expect(await queries.freeSlots(TUTOR, startsAt, startsAt + HOUR)).toEqual([]);

    await world.teach(lessonId, startsAt, [STUDENT]);
    const running = await world.payout(bookingId, (row) => row.state === 'hold-running');
    const endedAt = (await queries.lesson(lessonId))?.endedAt ?? 0;
    expect(running).toMatchObject({ outcome: 'held', t0: endedAt, releaseAt: endedAt + 72 * HOUR });
    await booksOf(world, bookingId);

    await world.advanceTo(endedAt + 72 * HOUR - 60_000);
    await world.settled();
    expect((await queries.payout(bookingId))?.state).toBe('hold-running');
    await world.advance(61_000);
    await world.payout(bookingId, (row) => row.state === 'released');
    await world.booking(bookingId, (row) => row.state === 'closed');
    await world.advance(100 * HOUR);
    await world.settled();

    const { orders, transfers, refunds, requests } = await sandbox.state();
    expect(orders.filter((order) => order.receipt === bookingId)).toHaveLength(1);
    expect(transfers).toMatchObject([
      { recipient: world.account, amount: 72_000, on_hold: false, holdsLifted: 1, notes: { booking_id: bookingId } },
    ]);
    expect(refunds).toEqual([]);
    expect(requests.counts['PATCH /v1/transfers/:id']).toMatchObject({ committed: 1 });
    expect(await queries.earnings(TUTOR)).toMatchObject({ held: 0, released: 72_000, nextReleaseAt: null });
    await booksOf(world, bookingId);
  });

  test('RM8: its timeline has every event in log order, and nobody else’s seat', async () => {
    const [booking] = await world.queries.bookingsOf(STUDENT);
    const rows = await world.queries.timeline(booking?.bookingId ?? '');
    const types = rows.map((row) => row.type);
    expect(types.slice(0, 4)).toEqual(['BookingRequested', 'SeatHeld', 'BookingAccepted', 'OrderPlanned']);
    expect(new Set(rows.map((row) => row.lane))).toEqual(
      new Set(['booking', 'calendar', 'payment', 'payout', 'lesson']),
    );
    expect(types).toEqual(
      expect.arrayContaining(['LessonScheduled', 'ParticipantJoined', 'OutcomeDecided', 'HoldLifted']),
    );
    expect(rows.map((row) => row.position)).toEqual(rows.map((row) => row.position).toSorted());
    expect(rows.find((row) => row.type === 'BookingRequested')).toMatchObject({ actorName: 'Ravi Kumar' });
  });

  test('NO1, NO6: student and guardian have mails with the lesson as .ics, the tutor has notices of the money', async () => {
    await world.settled();
    const mails = await until('the mails', async () => {
      const inbox = await world.sandbox.inbox();
      return inbox.includes('was released to you') ? inbox : null;
    });
    expect(mails).toContain(`${STUDENT}@demo.test`);
    expect(mails).toContain(`${PARENT}@demo.test`);
    const [mail] = await world.db.query<{ calendar: string; subject: string }>(
      `SELECT calendar, subject FROM worker.mail WHERE person_id = $1 AND calendar IS NOT NULL`,
      [STUDENT],
    );
    expect(mail?.subject).toBe('Booked: Mathematics with Asha Rao');
    expect(mail?.calendar).toContain('BEGIN:VEVENT');
    const kinds = (await world.queries.notices(TUTOR, 20)).map((notice) => notice.kind);
    expect(kinds).toEqual(expect.arrayContaining(['booking-received', 'payout-on-hold', 'payout-released']));
    await world.queries.markNoticesRead(TUTOR, 5);
    expect((await world.queries.notices(TUTOR, 20)).every((notice) => notice.readAt !== null)).toBe(true);
  });

  test('BL3: of two students at the last seat one gets it, the other a refusal and no charge', async () => {
    const startsAt = world.firstStart + 10 * 24 * HOUR;
    const ids = await Promise.all([
      world.request({ startsAt, student: STUDENT }),
      world.request({ startsAt, student: STUDENT2 }),
    ]);
    const rows = await Promise.all(ids.map((id) => world.booking(id, (row) => row.state !== 'requested')));
    expect(rows.map((row) => row.state).toSorted()).toEqual(['awaiting-payment', 'declined']);
    const declined = rows.find((row) => row.state === 'declined');
    expect(declined).toMatchObject({ declineReason: 'seat-taken', payment: 'none', orderId: null });
    const { orders } = await world.sandbox.state();
    expect(orders.filter((order) => order.receipt === declined?.bookingId)).toEqual([]);
  });

  test('RP6, RP7: cancelled in grace, the share comes back first and then all of the money', async () => {
    const startsAt = world.firstStart + 11 * 24 * HOUR;
    const bookingId = await world.book({ startsAt });
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } }, STUDENT);
    const done = await world.booking(bookingId, (row) => row.payment === 'refunded');
    expect(done).toMatchObject({ state: 'cancelled', refundDue: PRICE, refunded: PRICE, cancelRule: 'grace' });
    const types = (await world.queries.timeline(bookingId)).map((row) => row.type);
    expect(types.indexOf('TransferReversed')).toBeLessThan(types.indexOf('RefundRequested'));
    expect(types.filter((type) => type === 'RefundProcessed')).toHaveLength(1);
    // The seat is free again, and the lesson that nobody has a seat in is gone.
    await until('a free slot', async () => (await world.queries.freeSlots(TUTOR, startsAt, startsAt + 1)).length > 0);
    await until(
      'no lesson',
      async () => (await world.queries.tutorLessons(TUTOR, startsAt, startsAt + 1)).length === 0,
    );
    await booksOf(world, bookingId);
  });

  test('RP8: cancelled late, half goes back and half is paid out 72 hours after the cancellation', async () => {
    const startsAt = world.firstStart + 12 * 24 * HOUR;
    const bookingId = await world.book({ startsAt });
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.advanceTo(startsAt - 10 * HOUR);
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } }, STUDENT);
    await world.booking(bookingId, (row) => row.payment === 'partly-refunded');
    const running = await world.payout(bookingId, (row) => row.state === 'hold-running');
    expect(running).toMatchObject({ reversed: 36_000, outcome: 'cancelled-late' });
    await booksOf(world, bookingId);
    await world.advanceTo((running.releaseAt ?? 0) + 1);
    await world.payout(bookingId, (row) => row.state === 'released');
    await world.settled();
    const { transfers } = await world.sandbox.state();
    expect(transfers.find((one) => one.id === running.transferId)).toMatchObject({
      amount: 72_000,
      amount_reversed: 36_000,
      on_hold: false,
    });
    await booksOf(world, bookingId);
  });

  test('BL7: a payment that arrives after the expiry goes back whole', async () => {
    const startsAt = world.firstStart + 40 * 24 * HOUR;
    const bookingId = await world.request({ startsAt });
    const { orderId } = await world.booking(bookingId, (row) => row.orderId !== null);
    await world.advance(11 * 60_000);
    await world.booking(bookingId, (row) => row.state === 'expired');
    await world.sandbox.control(`orders/${orderId}/late-authorise`, {});
    const done = await world.booking(bookingId, (row) => row.payment === 'refunded');
    expect(done).toMatchObject({ state: 'expired', refunded: PRICE, lessonId: expect.any(String), confirmedAt: null });
    await booksOf(world, bookingId);
  });

  test('RP3: a tutor who does not come: everything goes back by itself', async () => {
    const startsAt = world.firstStart + 41 * 24 * HOUR;
    const bookingId = await world.book({ startsAt });
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.advanceTo(startsAt + 16 * 60_000);
    const done = await world.booking(bookingId, (row) => row.payment === 'refunded');
    expect(done).toMatchObject({ state: 'cancelled', refunded: PRICE });
    expect((await world.queries.payout(bookingId))?.state).toBe('reversed');
    await booksOf(world, bookingId);
  });

  test('WH2, WH4: webhooks that come twice and in the wrong order change nothing', async () => {
    const startsAt = world.firstStart + 50 * 24 * HOUR;
    await world.sandbox.control('webhooks/faults', { kind: 'reorder', event: null, times: 3 });
    await world.sandbox.control('webhooks/faults', { kind: 'duplicate', event: null, times: 10 });
    const bookingId = await world.book({ startsAt });
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.sandbox.control('webhooks/faults', undefined, 'DELETE');
    await world.settled();
    const types = (await world.queries.timeline(bookingId)).map((row) => row.type);
    for (const once of ['PaymentCaptured', 'BookingConfirmed', 'PayoutPlanned', 'TransferProcessed', 'SeatTaken'])
      expect(types.filter((type) => type === once)).toHaveLength(1);
    await booksOf(world, bookingId);
  });

  test('a group lesson has its seats, its payments and its payouts, one each', async () => {
    const day = world.firstStart + 60 * 24 * HOUR;
    const startsAt = day + 8 * HOUR;
    const first = await world.book({ startsAt, offerId: 'group', student: STUDENT });
    const [slot] = await world.queries.freeSlots(TUTOR, startsAt, startsAt + 1);
    expect(slot).toMatchObject({ seats: 3, seatsLeft: 2 });
    const second = await world.book({ startsAt, offerId: 'group', student: STUDENT2 });
    const lessonId = (await world.queries.booking(first))?.lessonId ?? '';
    const lesson = await until('both seats', async () => {
      const row = await world.queries.lesson(lessonId);
      return row?.students.length === 2 && row;
    });
    expect(lesson.students.map((student) => student.name).toSorted()).toEqual(['Meera Nair', 'Ravi Kumar']);
    await world.teach(lessonId, startsAt, [STUDENT]);
    // One was there, the other was not; neither changes what the other paid for.
    await world.payout(first, (row) => row.outcome === 'held' && row.state === 'hold-running');
    await world.payout(second, (row) => row.outcome === 'student-no-show' && row.state === 'hold-running');
    const attendance = await world.queries.attendance(lessonId);
    expect(attendance.map((row) => [row.name, Math.round(row.hereMs / 60_000)])).toEqual([
      ['Asha Rao', 60],
      ['Ravi Kumar', 60],
    ]);
    const rows = await world.queries.timeline(first);
    expect(rows.filter((row) => row.data.bookingId === second)).toEqual([]);
    await booksOf(world, first);
    await booksOf(world, second);
  });

  test('SW1: what timers and processes missed, the sweeper finds', async () => {
    const pace = { timersMs: 50, outboxMs: 50, inboxMs: 50, mailMs: 3_600_000, reconcileMs: 3_600_000 };
    await world.restart({ pace: { ...pace, sweepMs: 200 } });
    const miss = (key: string) => world.db.query('DELETE FROM worker.timer WHERE key = $1', [key]);
    const startsAt = world.firstStart + 80 * 24 * HOUR;

    const unpaid = await world.request({ startsAt: startsAt + 24 * HOUR });
    await world.booking(unpaid, (row) => row.orderId !== null);
    await miss(`pay-by:${unpaid}`);
    await world.advance(12 * 60_000);
    await world.booking(unpaid, (row) => row.state === 'expired');

    const bookingId = await world.book({ startsAt });
    await world.payout(bookingId, (row) => row.state === 'held');
    const { lessonId } = await world.booking(bookingId, (row) => row.code !== null);
    await world.settled();
    await world.advanceTo(startsAt + 60_000);
    await world.give(
      {
        type: 'JoinLesson',
        data: { lessonId: lessonId ?? '', personId: TUTOR, role: 'host', connectionId: 'alone' },
      },
      TUTOR,
    );
    await miss(`no-tutor:${lessonId}`);
    await miss(`lesson-time:${lessonId}`);
    // The tutor was there, the student was not: the payout is due, counted from the scheduled end.
    await world.advanceTo(startsAt + HOUR + 20 * 60_000);
    const running = await world.payout(bookingId, (row) => row.state === 'hold-running');
    expect(running).toMatchObject({ outcome: 'student-no-show', t0: startsAt + HOUR });
    await world.settled();
    await miss(`release:${bookingId}`);
    await world.advanceTo((running.releaseAt ?? 0) + 120_000);
    await world.payout(bookingId, (row) => row.state === 'released');
    await booksOf(world, bookingId);
  });
});

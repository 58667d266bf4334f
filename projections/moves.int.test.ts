/** Moving a lesson, and onboarding a tutor, end to end: real database, real log, real sandbox process. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#events/shared/ids.ts';
import { booksOf } from './testing/books.ts';
import { HOUR, openWorld, PRICE, STUDENT, STUDENT2, TUTOR, until, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

const DAY = 24 * HOUR;

describe('a moved lesson', () => {
  test('ML4, BL10: is taught and paid at its new time; the old time is free and the old timers do no harm', async () => {
    const bookingId = await world.book({ startsAt: world.firstStart + DAY });
    const before = await world.booking(bookingId, (row) => row.code !== null);
    const to = before.startsAt + 2 * DAY;
    const proposalId = newId();
    expect(
      await world.give({ type: 'ProposeReschedule', data: { bookingId, proposalId, by: 'student', startsAt: to } }),
    ).toBeNull();
    const moved = await world.booking(bookingId, (row) => row.startsAt === to && row.code !== before.code);
    expect(moved).toMatchObject({ state: 'confirmed', reschedule: null });
    expect(moved.lessonId).not.toBe(before.lessonId);
    await world.settled();
    expect(await world.queries.freeSlots(TUTOR, before.startsAt, before.startsAt + HOUR)).toHaveLength(1);
    expect(await world.queries.freeSlots(TUTOR, to, to + HOUR)).toEqual([]);
    expect(await world.queries.lesson(before.lessonId ?? '')).toMatchObject({ state: 'cancelled' });

    // Over the old lesson's whole time, its timers included.
    await world.advanceTo(before.startsAt + DAY);
    await world.settled();
    expect(await world.queries.booking(bookingId)).toMatchObject({ state: 'confirmed' });

    await world.payout(bookingId, (row) => row.state === 'held');
    await world.teach(moved.lessonId ?? '', to, [STUDENT]);
    await world.payout(bookingId, (row) => row.state === 'hold-running');
    await world.advance(73 * HOUR);
    await world.payout(bookingId, (row) => row.state === 'released');
    await world.booking(bookingId, (row) => row.state === 'closed');
    await booksOf(world, bookingId);
  });

  test('BO36: moved when half would have gone back, cancelled from afar: half goes back, to the paisa', async () => {
    // The first free time of day that is a day or more away.
    const start = world.firstStart + Math.ceil((world.clock.now() + DAY - world.firstStart) / DAY) * DAY;
    const bookingId = await world.book({ student: STUDENT2, startsAt: start });
    await world.advanceTo(start - 13 * HOUR);
    const to = start + 5 * DAY;
    await world.give({
      type: 'ProposeReschedule',
      data: { bookingId, proposalId: newId(), by: 'student', startsAt: to },
    });
    await world.booking(bookingId, (row) => row.startsAt === to);
    await world.payout(bookingId, (row) => row.state === 'held');
    expect(await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } })).toBeNull();
    const done = await world.booking(bookingId, (row) => row.refunded > 0);
    expect(done).toMatchObject({ cancelRule: 'moved', refundDue: PRICE / 2, refunded: PRICE / 2 });
    await booksOf(world, bookingId);
    const mails = await world.db.query<{ subject: string }>(
      'SELECT subject FROM worker.mail WHERE person_id = $1 ORDER BY created_at',
      [STUDENT2],
    );
    const subjects = mails.map(({ subject }) => subject);
    for (const subject of [
      'Receipt: you paid ₹800',
      'Mathematics was moved',
      '₹400 is on its way back to you',
      '₹400 was refunded',
    ])
      expect(subjects).toContain(subject);
  });
});

describe('a tutor', () => {
  const tutorId = 'person-new-tutor';
  const details = {
    tutorId,
    legalName: 'Meera Iyer',
    businessType: 'individual',
    contactName: 'Meera Iyer',
    email: 'meera@example.com',
    phone: '9876543210',
    pan: 'ABCPI1234F',
    address: { street: '12 Beach Road', city: 'Chennai', state: 'Tamil Nadu', postalCode: '600001' },
    bank: { beneficiary: 'Meera Iyer', accountNumber: '123456789012', ifsc: 'HDFC0001234' },
  } as const;
  const typesOf = async () => (await world.store.read(`tutor-${tutorId}`)).map((event) => event.type);

  test('OT1: gets an account at the provider from their details, once', async () => {
    expect(await world.give({ type: 'SubmitPayoutDetails', data: details })).toBeNull();
    const types = await until('an account', async () => {
      const seen = await typesOf();
      return seen.includes('LinkedAccountCreated') && seen;
    });
    expect(types.slice(0, 3)).toEqual(['PayoutDetailsSubmitted', 'LinkedAccountRequested', 'LinkedAccountCreated']);
    expect(await world.give({ type: 'SubmitPayoutDetails', data: details })).toBeNull();
    await world.settled();
    expect((await typesOf()).filter((type) => type === 'LinkedAccountRequested')).toHaveLength(1);
    const rows = await world.db.query<{ request: unknown; state: unknown }>(
      `SELECT c.request, p.state FROM worker.outbound_call c, worker.process_state p
       WHERE c.kind = 'create-account' AND p.process = 'onboard-tutor' AND p.key = $1`,
      [tutorId],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/ABCPI|123456789012|Meera/);
  });
});

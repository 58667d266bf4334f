/** Who may see, decide and give back, over the real tables: one person is never enough for what is not theirs alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '#platform/log/log.server.ts';
import { createSweeper } from '#projections/effects/sweep.server.ts';
import { createServices } from '#app/server/services.server.ts';
import type { Person, Services } from '#app/server/services.ts';
import { readerOf } from '#app/server/views.server.ts';
import { studentsInReach } from '#app/server/visibility.server.ts';
import { newId } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { instituteStatement } from '#app/lib/institute/statement.ts';
import { HOUR, openWorld, PARENT, PRICE, STUDENT, STUDENT2, TUTOR, type World } from '#projections/testing/world.ts';
import { personAs, someParts } from './support/some-services.ts';

const DAY = 24 * HOUR;
const ADMIN = 'person-admin';
const POOR_TUTOR = 'person-tutor-without-account';

let world: World;
let services: Services;

const ops = personAs('person-ops', 'ops');
const ops2 = personAs('person-ops2', 'ops');
const admin = personAs(ADMIN, 'student', 'institute-admin', 'ops');

beforeAll(async () => {
  world = await openWorld();
  services = createServices(
    someParts({
      store: world.store,
      submit: world.submit,
      queries: world.queries,
      now: () => world.clock.now(),
      waitFor: async () => true,
    }),
  );
  await world.give({ type: 'FoundInstitute', data: { instituteId: 'own', name: 'Own' } });
  await world.give({ type: 'FoundInstitute', data: { instituteId: 'other', name: 'Other' } });
  await world.give({ type: 'RegisterPerson', data: { personId: ADMIN, role: 'student', zone: 'UTC' } });
  await world.give({ type: 'GrantRole', data: { personId: ADMIN, role: 'institute-admin' } });
  await world.give({ type: 'AddMember', data: { instituteId: 'own', personId: ADMIN, as: 'admin' } });
  await world.give({ type: 'AddMember', data: { instituteId: 'own', personId: STUDENT2, as: 'student' } });
  await world.give({ type: 'AddMember', data: { instituteId: 'own', personId: TUTOR, as: 'tutor' } });
  await world.give({ type: 'AddMember', data: { instituteId: 'other', personId: ADMIN, as: 'student' } });
  await world.give({ type: 'AddMember', data: { instituteId: 'other', personId: STUDENT, as: 'student' } });
  await world.settled();
}, 120_000);
afterAll(() => world.close());

describe('institutes', () => {
  it('RM9: only what somebody is an admin of is theirs to see', async () => {
    expect((await world.queries.rolesOf(ADMIN))?.institutes).toEqual(['own']);
    const reach = await studentsInReach(world.queries, admin);
    expect([...reach].toSorted()).toEqual([ADMIN, STUDENT2].toSorted());
  });

  it('RM17: an institute sees the money of its students’ lessons, and not what its people pay or earn elsewhere', async () => {
    await world.book({ student: STUDENT, startsAt: world.firstStart });
    await world.settled();
    expect(await world.queries.instituteMoney('own')).toMatchObject({ paid: 0, held: 0, released: 0 });
    const own = await world.book({ student: STUDENT2, startsAt: world.firstStart + HOUR });
    await world.settled();
    const share = PRICE * 0.9;
    expect(await world.queries.instituteMoney('own')).toMatchObject({ paid: PRICE, held: share, released: 0 });

    // A member who pays for somebody else.
    const bookingId = newId();
    const slot = world.firstStart + 2 * HOUR;
    const [seat] = await world.queries.freeSlots(TUTOR, slot, slot + 1);
    expect(seat).toBeDefined();
    await world.give(
      {
        type: 'RequestBooking',
        data: {
          bookingId,
          tutorId: TUTOR,
          studentId: STUDENT,
          bookedBy: STUDENT2,
          offerId: seat?.offerId ?? '',
          subject: 'Maths',
          startsAt: slot,
          minutes: seat?.minutes ?? 60,
          seats: seat?.seats ?? 1,
          price: PRICE,
          mode: 'instant',
          policy: POLICY_2026_11,
          note: '',
        },
      },
      STUDENT2,
    );
    await world.pay(bookingId);
    await world.booking(bookingId, (row) => row.state === 'confirmed');
    await world.settled();
    const rows = await instituteStatement(world.queries, 'own', 0, world.clock.now() + DAY);
    expect(rows.map((row) => row.bookingId)).toEqual([own]);
  });
});

describe('ops', () => {
  it('nobody decides, or looks as ops at, what is of their child or of a student of their institute', async () => {
    const child = await world.book({ student: STUDENT, startsAt: world.firstStart + DAY });
    const pupil = await world.book({ student: STUDENT2, startsAt: world.firstStart + DAY + HOUR });
    await world.settled();
    const parent = personAs(PARENT, 'guardian', 'ops');
    for (const [person, bookingId] of [
      [parent, child],
      [admin, pupil],
    ] as const) {
      expect(await services.previewResolution(person, bookingId, 10_000)).toMatchObject({ code: 'own-case' });
      const asked = { refund: 10_000, reason: 'Because' };
      expect(await services.proposeResolution(person, bookingId, asked, newId())).toMatchObject({ code: 'own-case' });
      const booking = await world.queries.booking(bookingId);
      expect(booking && (await readerOf(world.queries, person, booking))).toBe('student');
    }
    expect(await services.previewResolution(parent, pupil, 10_000)).toMatchObject({ refund: 10_000 });
  });

  it('BO44, BO46: one person cancels up to the limit, two above it; nobody for a child of theirs', async () => {
    await world.give({ type: 'RegisterPerson', data: { personId: POOR_TUTOR, role: 'tutor', zone: 'Asia/Kolkata' } });
    const limit = POLICY_2026_11.secondPersonAbove;
    // Refunds need more than came in: the provider keeps its fees.
    await world.sandbox.control('balance', { amount: 10 * limit });
    const offers = [limit, limit + 100].map((price, at) => ({
      offerId: `offer-${at}`,
      minutes: 60 as const,
      seats: 1,
      price,
      title: 'Lesson',
    }));
    await world.give({ type: 'SetOffers', data: { tutorId: POOR_TUTOR, offers } });
    const weekdays = [0, 1, 2, 3, 4, 5, 6] as const;
    const windows = weekdays.flatMap((weekday) => [
      { weekday, from: '06:00', to: '11:00', offerId: 'offer-0' },
      { weekday, from: '11:00', to: '16:00', offerId: 'offer-1' },
    ]);
    await world.give({ type: 'SetAvailability', data: { tutorId: POOR_TUTOR, zone: 'Asia/Kolkata', windows } });
    await world.settled();
    const slots = await world.queries.freeSlots(POOR_TUTOR, world.firstStart, world.firstStart + 3 * DAY);
    const bookingIds: string[] = [];
    for (const { offerId, price } of offers) {
      const slot = slots.find((one) => one.offerId === offerId);
      const bookingId = newId();
      bookingIds.push(bookingId);
      const terms = {
        bookingId,
        tutorId: POOR_TUTOR,
        studentId: STUDENT,
        bookedBy: STUDENT,
        offerId,
        subject: 'Maths',
        startsAt: slot?.startsAt ?? 0,
        minutes: 60,
        seats: 1,
        price,
        mode: 'instant' as const,
        policy: POLICY_2026_11,
        note: '',
      };
      await world.give({ type: 'RequestBooking', data: terms }, STUDENT);
      await world.pay(bookingId);
      await world.booking(bookingId, (row) => row.state === 'confirmed');
    }
    await world.settled();
    await world.advance(11 * 60_000);
    const cancel = (person: Person, bookingId: string) => {
      const what = { what: 'payout-missing', bookingId, subjectId: null, reason: 'No account' };
      return services.opsAct(person, { ...what, command: 'CancelBooking' }, newId());
    };
    const [small = '', large = ''] = bookingIds;
    expect(await cancel(personAs(PARENT, 'guardian', 'ops'), small)).toMatchObject({ code: 'own-case' });
    expect(await cancel(ops, small)).toEqual({ kind: 'done' });

    const waiting = async () => {
      await world.settled();
      return (await world.queries.stuck(world.clock.now())).filter((row) => row.bookingId === large);
    };
    const decide = (
      person: Person,
      command: 'ApproveCancellation' | 'RejectCancellation',
      subjectId: string | null,
    ) => {
      const what = { what: 'cancellation-proposed', bookingId: large, subjectId, reason: 'It can be paid.' };
      return services.opsAct(person, { ...what, command }, newId());
    };
    expect((await waiting()).map((row) => row.commands)).toEqual([['CancelBooking']]);
    expect(await cancel(ops, large)).toEqual({ kind: 'proposed' });
    const [first, ...others] = (await waiting()).filter((row) => row.what === 'cancellation-proposed');
    expect(others).toEqual([]);
    expect(first).toMatchObject({ proposedBy: ops.personId, commands: ['ApproveCancellation', 'RejectCancellation'] });
    expect(first?.detail).toContain('No account');
    expect((await world.store.read(`booking-${large}`)).at(-1)?.type).toBe('CancellationProposed');
    // Nothing moves before somebody else has agreed, and another one cannot be proposed beside it.
    expect(await cancel(ops2, large)).toMatchObject({ code: 'not-offered' });
    expect(await decide(ops, 'ApproveCancellation', first?.subjectId ?? '')).toMatchObject({ code: 'not-offered' });
    expect(
      await decide(personAs(PARENT, 'guardian', 'ops'), 'ApproveCancellation', first?.subjectId ?? ''),
    ).toMatchObject({
      code: 'own-case',
    });
    expect(await decide(ops2, 'RejectCancellation', first?.subjectId ?? '')).toEqual({ kind: 'done' });
    expect(await decide(ops2, 'ApproveCancellation', first?.subjectId ?? '')).toMatchObject({ code: 'not-offered' });
    expect((await waiting()).map((row) => row.commands)).toEqual([['CancelBooking']]);

    expect(await cancel(ops, large)).toEqual({ kind: 'proposed' });
    const again = (await waiting()).find((row) => row.what === 'cancellation-proposed');
    expect(again?.subjectId).not.toBe(first?.subjectId);
    expect(await decide(ops2, 'ApproveCancellation', again?.subjectId ?? '')).toEqual({ kind: 'done' });
    // Without a payout the sweeper asks for the refund.
    await world.advance(11 * 60_000);
    const { db, store, submit, clock } = world;
    await createSweeper({ db, store, submit, clock, log: createLog({ level: 'silent' }) }).run();
    const back = await world.booking(large, (row) => row.payment === 'refunded');
    expect(back).toMatchObject({ state: 'cancelled', cancelRule: 'by-platform', refunded: limit + 100 });
    expect(await waiting()).toEqual([]);
  });
});

describe('moving a lesson', () => {
  it('says that it is moving while the calendar has not answered, and moved once it has', async () => {
    const startsAt = world.firstStart + 3 * DAY;
    const bookingId = await world.book({ startsAt });
    await world.settled();
    const student = personAs(STUDENT, 'student');
    await world.worker.stop();
    const key = newId();
    expect(await services.proposeReschedule(student, bookingId, startsAt + HOUR, key)).toEqual({ kind: 'moving' });
    await world.restart();
    await world.settled();
    expect((await world.booking(bookingId, () => true)).startsAt).toBe(startsAt + HOUR);
    expect(await services.proposeReschedule(student, bookingId, startsAt + 2 * HOUR, newId())).toEqual({
      kind: 'moved',
    });
  });
});

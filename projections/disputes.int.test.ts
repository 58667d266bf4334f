/** Disputes end to end: real database, real log, real worker, real sandbox process. Each ends with the money where it belongs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disputeIdOf } from '#events/dispute/events.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import type { Fact } from './fact.ts';
import { booksOf } from './testing/books.ts';
import { HOUR, openWorld, PRICE, STUDENT, TUTOR, until, type World } from './testing/world.ts';

const MINUTE = 60_000;
const LIMIT = 500_000;

let world: World;
let day = 0;
const nextStart = (): number => world.firstStart + 24 * HOUR * (day += 20);
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

type Type = Fact['type'];

async function eventsOf(bookingId: string): Promise<readonly string[]> {
  const streams = ['booking', 'payment', 'payout', 'dispute'].map((lane) => world.store.read(`${lane}-${bookingId}`));
  return (await Promise.all(streams)).flat().map((event) => event.type);
}
const happened = (bookingId: string, type: Type) =>
  until(`${type} of ${bookingId}`, async () => (await eventsOf(bookingId)).includes(type));

/** Paid, with its transfer on hold. */
async function booked(): Promise<{ bookingId: string; lessonId: string; startsAt: number }> {
  const startsAt = nextStart();
  const bookingId = await world.book({ startsAt });
  await world.payout(bookingId, (row) => row.state === 'held');
  const { lessonId } = await world.booking(bookingId, (row) => row.code !== null);
  // What the platform has of its own; the payments themselves are with its bank by the time of a dispute.
  await world.sandbox.control('balance', { amount: 10 * PRICE });
  return { bookingId, lessonId: lessonId ?? '', startsAt };
}

async function taught(): Promise<string> {
  const { bookingId, lessonId, startsAt } = await booked();
  await world.teach(lessonId, startsAt, [STUDENT]);
  await happened(bookingId, 'HoldStarted');
  return bookingId;
}

const complain = (bookingId: string, startsAt = 0) =>
  world.give(
    {
      type: 'DisputePayout',
      data: {
        bookingId,
        disputeId: disputeIdOf(bookingId),
        kind: 'in-app',
        openedBy: STUDENT,
        cause: 'cut-short',
        text: 'It ended early.',
        wants: null,
        opensAt: startsAt + 15 * MINUTE,
      },
    },
    STUDENT,
  );

async function complained(bookingId: string): Promise<void> {
  expect(await complain(bookingId)).toBeNull();
  await happened(bookingId, 'DisputeOpened');
}

async function answered(bookingId: string): Promise<void> {
  await complained(bookingId);
  expect(await world.give({ type: 'AnswerDispute', data: { bookingId, by: TUTOR, text: 'It did not.' } })).toBeNull();
}

async function decided(bookingId: string, refund: number): Promise<void> {
  await world.sandbox.control('balance', { amount: 10 * PRICE });
  const decision = {
    bookingId,
    proposalId: 'p1',
    refund,
    reason: 'As we see it.',
    by: 'ops',
    secondPersonAbove: LIMIT,
  };
  expect(await world.give({ type: 'ProposeResolution', data: decision })).toBeNull();
}

/** What the provider says of the booking's money, and that nobody has to look at it. */
async function provider(bookingId: string) {
  await world.settled();
  const { transfers, refunds, reversals, balances } = await world.sandbox.state();
  const transfer = transfers.find((one) => isOf(one.notes, bookingId));
  const held = transfers.filter((one) => one.on_hold === true);
  const onHold = held.reduce((sum, one) => sum + Number(one.amount) - Number(one.amount_reversed), 0);
  expect(balances.accounts[world.account]?.held, 'what is on hold adds up').toBe(onHold);
  const stuck = (await world.queries.stuck(world.clock.now())).filter((row) => row.bookingId === bookingId);
  expect(stuck, 'nothing is stuck').toEqual([]);
  await booksOf(world, bookingId);
  return {
    transferred: transfer?.amount ?? 0,
    onHold: transfer?.on_hold ?? null,
    lifted: transfer?.holdsLifted ?? 0,
    reversed: reversals.filter((one) => one.transfer_id === transfer?.id).map((one) => one.amount),
    refunded: refunds.filter((one) => isOf(one.notes, bookingId)).map((one) => one.amount),
  };
}

const isOf = (notes: unknown, bookingId: string): boolean =>
  typeof notes === 'object' && notes !== null && 'booking_id' in notes && notes.booking_id === bookingId;

async function ordered(bookingId: string): Promise<void> {
  const types = await eventsOf(bookingId);
  for (const once of ['PayoutDisputeClosed', 'DisputeResolved'])
    expect(types.filter((type) => type === once).length, once).toBeLessThanOrEqual(1);
  const reversal = await world.db.query<{ at: number; type: string }>(
    `SELECT min(ordinal)::int8 AS at, type FROM read_model.timeline
     WHERE booking_id = $1 AND type IN ('TransferReversed', 'RefundRequested') GROUP BY type ORDER BY at`,
    [bookingId],
  );
  if (reversal.length === 2) expect(reversal.map((row) => row.type)).toEqual(['TransferReversed', 'RefundRequested']);
}

const released = { transferred: 72_000, onHold: false, lifted: 1 };
const allBack = { transferred: 72_000, onHold: true, lifted: 0, reversed: [72_000], refunded: [80_000] };

describe('a complaint', () => {
  test('RD5: for the student, all of it goes back, the tutor’s part first', async () => {
    const bookingId = await taught();
    await answered(bookingId);
    await decided(bookingId, PRICE);
    await happened(bookingId, 'BookingClosed');
    await world.advance(100 * HOUR);
    expect(await provider(bookingId)).toEqual(allBack);
    await ordered(bookingId);
  });

  test('RD6: for the tutor after the hold, the release follows the decision', async () => {
    const bookingId = await taught();
    await answered(bookingId);
    await world.advance(80 * HOUR);
    await world.settled();
    expect(await eventsOf(bookingId)).not.toContain('ReleaseAuthorized');
    await decided(bookingId, 0);
    await happened(bookingId, 'BookingClosed');
    expect(await provider(bookingId)).toEqual({ ...released, reversed: [], refunded: [] });
  });

  test('RD7: split by thirds, to the paisa', async () => {
    const bookingId = await taught();
    await answered(bookingId);
    await decided(bookingId, 26_667);
    await happened(bookingId, 'RefundProcessed');
    await world.advance(80 * HOUR);
    await happened(bookingId, 'BookingClosed');
    expect(await provider(bookingId)).toEqual({ ...released, reversed: [24_000], refunded: [26_667] });
    await ordered(bookingId);
  });

  test('RD8: withdrawn, it is released as if nothing had been', async () => {
    const bookingId = await taught();
    await complained(bookingId);
    expect(await world.give({ type: 'WithdrawDispute', data: { bookingId, by: STUDENT } }, STUDENT)).toBeNull();
    await happened(bookingId, 'PayoutDisputeClosed');
    await world.advance(80 * HOUR);
    await happened(bookingId, 'BookingClosed');
    expect(await provider(bookingId)).toEqual({ ...released, reversed: [], refunded: [] });
  });

  test('RD3: without an answer people decide after 48 hours', async () => {
    const bookingId = await taught();
    await complained(bookingId);
    await world.advance(48 * HOUR + MINUTE);
    await happened(bookingId, 'DisputeUnderReview');
    await decided(bookingId, PRICE);
    await happened(bookingId, 'BookingClosed');
    expect(await provider(bookingId)).toEqual(allBack);
  });

  test('RD12: the tutor cancels while it is open: one reversal, one refund', async () => {
    const { bookingId, startsAt } = await booked();
    // The tutor is there, so that the lesson goes on.
    await world.advanceTo(startsAt);
    const { lessonId } = await world.booking(bookingId, () => true);
    const joined = { lessonId: lessonId ?? '', personId: TUTOR, role: 'host', connectionId: 'alone' } as const;
    await world.give({ type: 'JoinLesson', data: joined }, TUTOR);
    await world.advanceTo(startsAt + 16 * MINUTE);
    expect(await complain(bookingId, startsAt)).toBeNull();
    await happened(bookingId, 'DisputeOpened');
    await world.sandbox.control('balance', { amount: 10 * PRICE });
    expect(await world.give({ type: 'CancelBooking', data: { bookingId, by: 'tutor', reason: 'ill' } })).toBeNull();
    await happened(bookingId, 'RefundProcessed');
    expect(await provider(bookingId)).toEqual(allBack);
    expect((await eventsOf(bookingId)).filter((type) => type === 'RefundRequested')).toHaveLength(1);
  });
});

describe('a complaint while the transfer is on its way', () => {
  test('RD9: the decision waits for it, then takes it back', async () => {
    const startsAt = nextStart();
    const route = { method: 'POST', route: '/v1/payments/:id/transfers' };
    await world.sandbox.control('faults', { kind: '500', ...route, times: 10_000 });
    const bookingId = await world.book({ startsAt });
    await happened(bookingId, 'TransferRequested');
    const { lessonId } = await world.booking(bookingId, (row) => row.code !== null);
    await world.teach(lessonId ?? '', startsAt, [STUDENT]);
    await happened(bookingId, 'BookingCompleted');
    await answered(bookingId);
    await decided(bookingId, PRICE);
    await happened(bookingId, 'DisputeResolved');
    expect(await eventsOf(bookingId)).not.toContain('PayoutDisputeClosed');
    await world.sandbox.control('faults', undefined, 'DELETE');
    await happened(bookingId, 'BookingClosed');
    expect(await provider(bookingId)).toEqual(allBack);
    await ordered(bookingId);
  });
});

describe('a lesson that nobody can judge by its facts', () => {
  /** Both came, and the lesson ended after a third of it. */
  async function unclear(): Promise<string> {
    const { bookingId, lessonId, startsAt } = await booked();
    await world.advanceTo(startsAt);
    for (const personId of [TUTOR, STUDENT]) {
      const role = personId === TUTOR ? ('host' as const) : ('participant' as const);
      await world.give(
        { type: 'JoinLesson', data: { lessonId, personId, role, connectionId: `of ${personId}` } },
        personId,
      );
    }
    await world.advanceTo(startsAt + 20 * MINUTE);
    const policy = POLICY_2026_11;
    expect(await world.give({ type: 'EndLesson', data: { lessonId, by: 'host', policy } }, TUTOR)).toBeNull();
    await happened(bookingId, 'DisputeUnderReview');
    return bookingId;
  }

  test('RD10: part of it goes back at once, the rest is held from the decision', async () => {
    const bookingId = await unclear();
    await decided(bookingId, 40_000);
    await happened(bookingId, 'RefundProcessed');
    await happened(bookingId, 'HoldStarted');
    await world.advance(72 * HOUR + MINUTE);
    await happened(bookingId, 'HoldLifted');
    expect(await provider(bookingId)).toEqual({ ...released, reversed: [36_000], refunded: [40_000] });
    await ordered(bookingId);
  });

  test('RD10: for the tutor it is a lesson like any other', async () => {
    const bookingId = await unclear();
    await decided(bookingId, 0);
    await happened(bookingId, 'HoldStarted');
    await world.advance(72 * HOUR + MINUTE);
    await happened(bookingId, 'BookingClosed');
    expect(await provider(bookingId)).toEqual({ ...released, reversed: [], refunded: [] });
  });
});

/** Booking and money through the whole program, by its API and the sandbox's bank; no browser. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bankState, payOrder, signIn, tutorBySlug, until, type Client, type Slot } from '../support/api.ts';
import { removeData, startProduct, type Product } from '../support/product.ts';

let product: Product;
let asha: Client;
let rohan: Client;
let kavita: Client;
let tutorId: string;
let slots: readonly Slot[];
let taken = 0;

/** A slot of that offer that no other test here has used, far enough ahead to cancel for nothing. */
function nextSlot(offerId: string): { tutorId: string; offerId: string; startsAt: number } {
  const free = slots.filter((slot) => slot.offerId === offerId && slot.startsAt > Date.now() + 30 * 3_600_000);
  const slot = free[(taken += 2)];
  if (!slot) throw new Error(`No free ${offerId} slot is left`);
  return { tutorId, offerId, startsAt: slot.startsAt };
}

async function paid(client: Client, slot: { tutorId: string; offerId: string; startsAt: number }): Promise<string> {
  const { body } = await client.book(slot);
  await payOrder(product.url, body.orderId ?? '');
  await client.bookingWhen(body.bookingId, (booking) => booking.state === 'confirmed' && booking.code !== null);
  return body.bookingId;
}

beforeAll(async () => {
  product = await startProduct();
  [asha, rohan, kavita] = (await Promise.all(
    ['student@demo.test', 'student2@demo.test', 'tutor@demo.test'].map((email) => signIn(product.url, email)),
  )) as [Client, Client, Client];
  ({ tutorId, slots } = await tutorBySlug(product.url, 'kavita-rao'));
});

afterAll(async () => {
  await product.stop();
  await removeData(product);
});

describe('a seat', () => {
  it('that two students want in the same instant goes to one; the other is refused and not charged', async () => {
    for (let round = 0; round < 5; round += 1) {
      const slot = nextSlot('hour');
      const answers = await Promise.all([asha.book(slot), rohan.book(slot)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      const refused = answers.find(({ status }) => status === 409);
      expect(refused?.body).toMatchObject({ code: expect.stringMatching(/^(seat-taken|not-available)$/) });
    }
    const orders = (await bankState(product.url)).payments.length;
    expect(orders).toBe(0);
  });

  it('is booked once when the same form is sent five times at once', async () => {
    const slot = nextSlot('hour');
    const requestId = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => asha.book(slot, requestId)));
    expect(new Set(answers.map(({ body }) => body.bookingId))).toEqual(new Set([requestId]));
    const { body } = await asha.get<{ bookings: { bookingId: string; startsAt: number }[] }>('/api/v1/bookings');
    expect(body.bookings.filter((booking) => booking.startsAt === slot.startsAt)).toHaveLength(1);
    const { body: timeline } = await asha.get<{ events: { type: string }[] }>(`/api/v1/bookings/${requestId}/timeline`);
    expect(timeline.events.filter(({ type }) => type === 'SeatHeld')).toHaveLength(1);
    expect(timeline.events.filter(({ type }) => type === 'OrderPlanned')).toHaveLength(1);
  });

  it('of a group lesson is one of three, with its own payment', async () => {
    const group = slots.find((slot) => slot.offerId === 'group' && slot.startsAt > Date.now() + 30 * 3_600_000);
    if (!group) throw new Error('No group slot');
    const slot = { tutorId, offerId: 'group', startsAt: group.startsAt };
    const first = await paid(asha, slot);
    const second = await paid(rohan, slot);
    const [one, two] = [await asha.booking(first), await rohan.booking(second)];
    expect(one.code).toBe(two.code);
    const left = (await tutorBySlug(product.url, 'kavita-rao')).slots.find(
      (free) => free.offerId === 'group' && free.startsAt === group.startsAt,
    );
    expect(left?.seatsLeft).toBe(1);
    const again = await asha.book(slot);
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: 'already-booked' });
  });

  it('of another person answers like one that does not exist', async () => {
    const bookingId = await paid(asha, nextSlot('hour'));
    const foreign = await rohan.get<{ code: string }>(`/api/v1/bookings/${bookingId}`);
    const unknown = await rohan.get<{ code: string }>(`/api/v1/bookings/${randomUUID()}`);
    expect([foreign.status, foreign.body.code]).toEqual([404, 'not-found']);
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not-found']);
    const cancelled = await rohan.post(`/api/v1/bookings/${bookingId}/cancel`, {}, { 'idempotency-key': randomUUID() });
    expect(cancelled.status).toBe(404);
  });
});

describe('money', () => {
  it('is split 80,000 = 8,000 + 72,000 and waits at the provider on hold without an end', async () => {
    const bookingId = await paid(asha, nextSlot('hour'));
    const transfer = await until('a transfer', async () =>
      (await bankState(product.url)).transfers.find(({ notes }) => notes.booking_id === bookingId),
    );
    expect(transfer).toMatchObject({ amount: 72_000, on_hold: true, on_hold_until: null });
    await until('the payout to be held', async () => {
      const { body } = await kavita.get<{ rows: { bookingId: string; state: string; commission: number }[] }>(
        '/api/v1/earnings',
      );
      return body.rows.find((row) => row.bookingId === bookingId && row.state === 'held' && row.commission === 8_000);
    });
  });

  it('goes back whole when the student cancels in time: the transfer is reversed first, then refunded, once', async () => {
    const bookingId = await paid(asha, nextSlot('hour'));
    const requestId = randomUUID();
    const answers = await Promise.all(
      [1, 2, 3].map(() => asha.post(`/api/v1/bookings/${bookingId}/cancel`, {}, { 'idempotency-key': requestId })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await asha.bookingWhen(bookingId, (booking) => booking.state === 'cancelled' && booking.refunded === 80_000);
    const { transfers, reversals, refunds, payments } = await bankState(product.url);
    const transfer = transfers.find(({ notes }) => notes.booking_id === bookingId);
    const payment = payments.find(({ id }) => id === transfer?.source);
    expect(transfer).toMatchObject({ status: 'reversed', amount_reversed: 72_000 });
    expect(reversals.filter(({ transfer_id }) => transfer_id === transfer?.id)).toHaveLength(1);
    expect(refunds.filter(({ payment_id }) => payment_id === payment?.id)).toMatchObject([{ amount: 80_000 }]);
    const { body } = await asha.get<{ events: { type: string }[] }>(`/api/v1/bookings/${bookingId}/timeline`);
    const types = body.events.map(({ type }) => type);
    expect(types.indexOf('TransferReversed')).toBeLessThan(types.indexOf('RefundRequested'));
  });

  it('paid into a booking that ran out meanwhile goes back by itself', async () => {
    const { body } = await asha.book(nextSlot('hour'));
    await asha.post(`/api/v1/bookings/${body.bookingId}/cancel`, {}, { 'idempotency-key': randomUUID() });
    await asha.bookingWhen(body.bookingId, (booking) => booking.state === 'cancelled');
    await payOrder(product.url, body.orderId ?? '');
    const back = await asha.bookingWhen(body.bookingId, (booking) => booking.refunded === 80_000, 20_000);
    expect(back.state).toBe('cancelled');
    expect((await bankState(product.url)).transfers.some(({ notes }) => notes.booking_id === body.bookingId)).toBe(
      false,
    );
  });
});

describe('kill -9', () => {
  it('between payment and confirmation loses nothing and does nothing twice', async () => {
    const { body } = await asha.book(nextSlot('hour'));
    await payOrder(product.url, body.orderId ?? '');
    await product.kill();
    const port = Number(new URL(product.url).port);
    product = await startProduct({ port, dataDir: product.dataDir });
    const booking = await asha.bookingWhen(
      body.bookingId,
      ({ state, code }) => state === 'confirmed' && code !== null,
      30_000,
    );
    expect(booking.payment).toBe('paid');
    const transfer = await until('a transfer', async () => {
      const { transfers } = await bankState(product.url);
      return transfers.find(({ notes }) => notes.booking_id === body.bookingId);
    });
    expect(transfer.amount).toBe(72_000);
    const { transfers } = await bankState(product.url);
    expect(transfers.filter(({ notes }) => notes.booking_id === body.bookingId)).toHaveLength(1);
  });
});

/** Lost replies and other trouble of the provider: whatever happens, one of each. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { booksOf } from '../testing/books.ts';
import { HOUR, openWorld, PRICE, STUDENT, until, type World } from '../testing/world.ts';

let world: World;
let day = 0;
const nextStart = (): number => world.firstStart + 24 * HOUR * (day += 20);
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

const fault = (kind: string, method: string, route: string, times = 1) =>
  world.sandbox.control('faults', { kind, method, route, times });

const LOST = ['timeout-after-commit', '500-after-commit', 'timeout-before-commit', '502-html', '429'];

describe('EF2, EF3: a call without an answer is read before it is sent again', () => {
  test.each(LOST)('%s: one order, one transfer, one lifted hold', async (kind) => {
    const startsAt = nextStart();
    await fault(kind, 'POST', '/v1/orders');
    const bookingId = await world.request({ startsAt });
    await world.booking(bookingId, (row) => row.orderId !== null);

    await fault(kind, 'POST', '/v1/payments/:id/transfers');
    await world.pay(bookingId);
    const held = await world.payout(bookingId, (row) => row.state === 'held');

    const { lessonId } = await world.booking(bookingId, (row) => row.code !== null);
    await world.teach(lessonId ?? '', startsAt, [STUDENT]);
    const running = await world.payout(bookingId, (row) => row.state === 'hold-running');
    await fault(kind, 'PATCH', '/v1/transfers/:id');
    await world.advanceTo((running.releaseAt ?? 0) + 1);
    await world.payout(bookingId, (row) => row.state === 'released');
    await world.settled();

    const { orders, transfers } = await world.sandbox.state();
    expect(orders.filter((order) => order.receipt === bookingId)).toHaveLength(1);
    const [payment] = (await world.queries.paymentsOf(STUDENT)).filter((row) => row.bookingId === bookingId);
    expect(transfers.filter((one) => one.source === payment?.providerPaymentId)).toMatchObject([
      { id: held.transferId, amount: 72_000, on_hold: false, holdsLifted: 1 },
    ]);
    await booksOf(world, bookingId);
  });

  // Half of it, so that a second reversal or refund would go through at the provider too.
  test.each(LOST)('%s: one reversal of the half, then one refund of the half', async (kind) => {
    const startsAt = nextStart();
    const bookingId = await world.book({ startsAt });
    const held = await world.payout(bookingId, (row) => row.state === 'held');
    await world.advanceTo(startsAt - 10 * HOUR);
    await fault(kind, 'POST', '/v1/transfers/:id/reversals');
    await fault(kind, 'POST', '/v1/payments/:id/refund');
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } }, STUDENT);
    await world.booking(bookingId, (row) => row.payment === 'partly-refunded');
    await world.settled();

    const { reversals, refunds } = await world.sandbox.state();
    expect(reversals.filter((one) => one.transfer_id === held.transferId)).toMatchObject([{ amount: 36_000 }]);
    const [payment] = (await world.queries.paymentsOf(STUDENT)).filter((row) => row.bookingId === bookingId);
    expect(refunds.filter((one) => one.payment_id === payment?.providerPaymentId)).toMatchObject([{ amount: 40_000 }]);
    await booksOf(world, bookingId);
  });
});

describe('when the provider says no', () => {
  test('RP2: a transfer without balance fails, is tried again later as a new operation, and goes through', async () => {
    const bookingId = await world.request({ startsAt: nextStart() });
    await world.booking(bookingId, (row) => row.orderId !== null);
    const before = await world.sandbox.control<{ balance: number }>('balance', { amount: -PRICE });
    await world.pay(bookingId);
    await world.payout(bookingId, (row) => row.state === 'failed');
    await world.sandbox.control('balance', { amount: before.balance + 10 * PRICE });
    await world.advance(11 * 60_000);
    await world.payout(bookingId, (row) => row.state === 'held');
    const types = (await world.queries.timeline(bookingId)).map((row) => row.type);
    expect(types.filter((type) => type === 'TransferRequested')).toHaveLength(2);
    await booksOf(world, bookingId);
  });

  test('EF9: a refund without balance is delayed, and goes through under the same id once there is money', async () => {
    const bookingId = await world.book({ startsAt: nextStart() });
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.sandbox.control('balance', { amount: -PRICE });
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } }, STUDENT);
    const types = async (): Promise<readonly string[]> =>
      (await world.queries.timeline(bookingId)).map((row) => row.type);
    await until('the delayed refund', async () => (await types()).includes('RefundDelayed'));
    // Asked for several times by then, and never failed.
    await until('a second try', async () => {
      const [call] = await world.db.query<{ attempts: number; problem: string }>(
        `SELECT attempts, problem FROM worker.outbound_call WHERE kind = 'refund-payment' AND booking_id = $1`,
        [bookingId],
      );
      return call && call.attempts > 2 && /enough balance/.test(call.problem);
    });
    await until('it is shown to people', async () => {
      await world.db.query('UPDATE worker.outbound_call SET created_at = 0 WHERE booking_id = $1', [bookingId]);
      const stuck = await world.queries.stuck(world.clock.now());
      return stuck.some((row) => row.bookingId === bookingId && row.what === 'call-unknown');
    });
    await world.sandbox.control('balance', { amount: 10 * PRICE });
    const done = await world.booking(bookingId, (row) => row.payment === 'refunded');
    expect(done.refunded).toBe(PRICE);
    expect((await types()).filter((type) => type.startsWith('Refund'))).toEqual([
      'RefundRequested',
      'RefundDelayed',
      'RefundProcessed',
    ]);
    await booksOf(world, bookingId);
  });

  test('RF2: a refund that the bank refuses is asked for again an hour later, and goes through', async () => {
    const bookingId = await world.book({ startsAt: nextStart() });
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.sandbox.control('refunds/pend', { times: 1 });
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } }, STUDENT);
    const pending = await until('the pending refund', async () => {
      const { refunds } = await world.sandbox.state();
      return refunds.find((one) => one.status === 'pending') ?? null;
    });
    await world.sandbox.control(`refunds/${String(pending.id)}/resolve`, { status: 'failed' });
    await until('the failed refund', async () =>
      (await world.queries.timeline(bookingId)).some((row) => row.type === 'RefundFailed'),
    );
    await booksOf(world, bookingId);
    await world.advance(HOUR + 1_000);
    const done = await world.booking(bookingId, (row) => row.payment === 'refunded');
    expect(done.refunded).toBe(PRICE);
    const told = (await world.queries.notices(STUDENT, 200)).filter(
      (notice) => notice.href === `/bookings/${bookingId}`,
    );
    expect(told.filter((notice) => notice.kind === 'refund-on-its-way')).toHaveLength(1);
    await booksOf(world, bookingId);
  });

  test('EF13: a reversal for which the tutor’s account has no money fails in the log, and is asked for again', async () => {
    const bookingId = await world.book({ startsAt: nextStart() });
    await world.payout(bookingId, (row) => row.state === 'held');
    const { balances } = await world.sandbox.state();
    const before = balances.accounts[world.account]?.balance ?? 0;
    await world.sandbox.control('balance', { account: world.account, amount: 0 });
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } }, STUDENT);
    await until('the failed reversal', async () =>
      (await world.queries.timeline(bookingId)).some((row) => row.type === 'ReversalFailed'),
    );
    expect((await world.queries.booking(bookingId))?.refunded).toBe(0);
    await world.sandbox.control('balance', { account: world.account, amount: before });
    await world.advance(24 * HOUR);
    await world.booking(bookingId, (row) => row.payment === 'refunded');
    await booksOf(world, bookingId);
  });

  test('EF6: a refund that stays pending is done when the bank has done it', async () => {
    const bookingId = await world.book({ startsAt: nextStart() });
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.sandbox.control('refunds/pend', { times: 1 });
    await world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } }, STUDENT);
    await world.booking(bookingId, (row) => row.payment === 'refunding');
    const pending = await until('the pending refund', async () => {
      const { refunds } = await world.sandbox.state();
      return refunds.find((one) => one.status === 'pending') ?? null;
    });
    expect((await world.queries.booking(bookingId))?.refunded).toBe(0);
    await world.sandbox.control(`refunds/${String(pending.id)}/resolve`, { status: 'processed' });
    await world.booking(bookingId, (row) => row.payment === 'refunded');
    await booksOf(world, bookingId);
  });

  test('stuck cases are listed with what stands in the way', async () => {
    const bookingId = await world.request({ startsAt: nextStart() });
    await world.booking(bookingId, (row) => row.orderId !== null);
    await world.sandbox.control('balance', { amount: -PRICE });
    await world.pay(bookingId);
    await world.payout(bookingId, (row) => row.state === 'failed');
    const stuck = await world.queries.stuck(world.clock.now() + 15 * 60_000);
    expect(stuck).toContainEqual(
      expect.objectContaining({ bookingId, what: 'transfer-failed', commands: ['RequestTransfer'] }),
    );
    await world.sandbox.control('balance', { amount: 10 * PRICE });
  });
});

describe('webhooks', () => {
  test('WH1: a wrong signature is refused and not stored', async () => {
    const body = Buffer.from('{"event":"payment.captured"}');
    const headers = { 'x-razorpay-signature': '0'.repeat(64), 'x-razorpay-event-id': 'evt_forged' };
    expect(await world.payments.receiveWebhook(body, headers)).toBe('bad-signature');
    expect(await world.db.query(`SELECT 1 FROM worker.webhook WHERE event_id = 'evt_forged'`)).toEqual([]);
  });

  test('the browser’s return is checked against our own order, and confirms without any webhook', async () => {
    await world.sandbox.control('webhooks/faults', { kind: 'drop', event: null, times: 1_000 });
    const bookingId = await world.request({ startsAt: nextStart() });
    const { orderId } = await world.booking(bookingId, (row) => row.orderId !== null);
    const paid = await world.sandbox.control<Record<string, Record<string, string>>>(`orders/${orderId}/pay`, {});
    const proof = findProof(paid);
    expect(await world.payments.checkReturn(bookingId, { ...proof, razorpay_signature: 'f'.repeat(64) })).toMatchObject(
      {
        code: 'signature-mismatch',
      },
    );
    expect((await world.queries.booking(bookingId))?.state).toBe('awaiting-payment');
    expect(await world.payments.checkReturn(bookingId, proof)).toEqual({ kind: 'verified' });
    await world.booking(bookingId, (row) => row.state === 'confirmed');
    await world.sandbox.control('webhooks/faults', undefined, 'DELETE');
  });

  test('RC1: an order that was paid while no webhook came is found by reading', async () => {
    await world.sandbox.control('webhooks/faults', { kind: 'drop', event: null, times: 1_000 });
    const bookingId = await world.request({ startsAt: nextStart() });
    await world.pay(bookingId);
    await world.settled();
    expect((await world.queries.booking(bookingId))?.state).toBe('awaiting-payment');
    await world.restart({ pace: { reconcileMs: 200, outboxMs: 50, timersMs: 50, inboxMs: 50 } });
    await world.booking(bookingId, (row) => row.state === 'confirmed');
    await world.sandbox.control('webhooks/faults', undefined, 'DELETE');
  });
});

type Proof = Parameters<World['payments']['checkReturn']>[1];

/** The three fields of the checkout's answer, wherever the sandbox put them. */
function findProof(value: unknown): Proof {
  if (typeof value === 'object' && value !== null) {
    const { razorpay_payment_id, razorpay_order_id, razorpay_signature }: Partial<Proof> = value;
    if (razorpay_payment_id && razorpay_order_id && razorpay_signature)
      return { razorpay_payment_id, razorpay_order_id, razorpay_signature };
    for (const inner of Object.values(value)) {
      if (typeof inner === 'object' && inner !== null) return findProof(inner);
    }
  }
  throw new Error(`No proof in ${JSON.stringify(value)}`);
}

/**
 * Where marketplaces have really lost money (money.md §12), as far as no other test has it: real database, real log, real
 * sandbox. Each ends with one effect at the provider and books that add up.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moneyTerms, type Posted } from './ledger/chart.ts';
import { dumpReadModels, resetReadModels } from './runner/read-models.server.ts';
import { booksOf } from './testing/books.ts';
import { play } from './testing/play.ts';
import { HOUR, openWorld, PRICE, STUDENT, STUDENT2, until, type World } from './testing/world.ts';

let world: World;
let day = 0;
const nextStart = (): number => world.firstStart + 24 * HOUR * (day += 20);
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

const fault = (kind: string, method: string, route: string, ms = 0) =>
  world.sandbox.control('faults', { kind, method, route, times: 1, ms });

async function typesOf(...streams: readonly string[]): Promise<readonly string[]> {
  const read = await Promise.all(streams.map((stream) => world.store.read(stream)));
  return read.flat().map((event) => event.type);
}
const happened = (stream: string, type: string) =>
  until(`${type} in ${stream}`, async () => (await typesOf(stream)).includes(type));
const times = (types: readonly string[], type: string): number => types.filter((one) => one === type).length;

/** Everything at the provider that belongs to this booking. */
async function atProvider(bookingId: string) {
  const { orders, payments, transfers, reversals, refunds } = await world.sandbox.state();
  const order = orders.filter((one) => one.receipt === bookingId);
  const paid = payments.filter((one) => order.some((its) => its.id === one.order_id) && one.status !== 'failed');
  const ofPayment = (id: unknown): boolean => paid.some((one) => one.id === id);
  const transferred = transfers.filter((one) => ofPayment(one.source));
  return {
    orders: order,
    payments: paid,
    transfers: transferred,
    reversals: reversals.filter((one) => transferred.some((its) => its.id === one.transfer_id)),
    refunds: refunds.filter((one) => ofPayment(one.payment_id)),
  };
}

async function taught(): Promise<{ bookingId: string; releaseAt: number }> {
  const startsAt = nextStart();
  const bookingId = await world.book({ startsAt });
  await world.payout(bookingId, (row) => row.state === 'held');
  const { lessonId } = await world.booking(bookingId, (row) => row.code !== null);
  await world.teach(lessonId ?? '', startsAt, [STUDENT]);
  const { releaseAt } = await world.payout(bookingId, (row) => row.state === 'hold-running');
  return { bookingId, releaseAt: releaseAt ?? 0 };
}

const cancel = (bookingId: string) =>
  world.give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } }, STUDENT);

/** Balances by account, none of them zero. */
async function ledgerOf(bookingId: string): Promise<Readonly<Record<string, number>>> {
  await world.settled();
  const rows = await world.db.query<{ account: string; balance: number }>(
    `SELECT account, sum(amount)::int8 AS balance FROM read_model.ledger_entry WHERE booking_id = $1
     GROUP BY account HAVING sum(amount) <> 0`,
    [bookingId],
  );
  return Object.fromEntries(rows.map(({ account, balance }) => [account, balance]));
}

describe('the golden case: 80,000 = 8,000 + 72,000', () => {
  // 2 % of the payment and 0.25 % of the transfer, each with 18 % GST, which is an asset and not an expense.
  const [FEE, TAX, ROUTE, ROUTE_TAX] = [1_888, 288, 212, 32];
  const fees = {
    'expense:psp_fee': FEE - TAX,
    'expense:route_fee': ROUTE - ROUTE_TAX,
    'gst:input': TAX + ROUTE_TAX,
  };
  const balance = PRICE - FEE - 72_000 - ROUTE;
  const tutor = 'tutor:person-tutor:payable';

  test('LE6: in the ledger at each step of the whole path, fees and all, as the provider has it', async () => {
    const startsAt = nextStart();
    const bookingId = await world.request({ startsAt });
    expect(await ledgerOf(bookingId)).toEqual({});
    await world.pay(bookingId);
    await world.payout(bookingId, (row) => row.state === 'held');
    const before = {
      ...fees,
      'psp:balance': balance,
      'psp:linked:person-tutor:held': 72_000,
    };
    expect(await ledgerOf(bookingId)).toEqual({ ...before, [`escrow:booking:${bookingId}`]: -PRICE });

    const { lessonId } = await world.booking(bookingId, (row) => row.code !== null);
    await world.teach(lessonId ?? '', startsAt, [STUDENT]);
    const { releaseAt } = await world.payout(bookingId, (row) => row.state === 'hold-running');
    expect(await ledgerOf(bookingId)).toEqual({
      ...before,
      [`${tutor}:held`]: -72_000,
      'platform:commission:pending': -8_000,
    });

    await world.advanceTo(releaseAt ?? 0);
    await world.payout(bookingId, (row) => row.state === 'released');
    expect(await ledgerOf(bookingId)).toEqual({
      ...fees,
      'psp:balance': balance,
      'psp:linked:person-tutor:settling': 72_000,
      [`${tutor}:released`]: -72_000,
      'revenue:commission': -8_000,
    });

    await world.advance(7 * 24 * HOUR);
    await world.restart({ pace: { outboxMs: 50, inboxMs: 50, timersMs: 50, reconcileMs: 200 } });
    await world.payout(bookingId, (row) => row.state === 'settled');
    await world.restart();
    expect(await ledgerOf(bookingId)).toEqual({ ...fees, 'psp:balance': balance, 'revenue:commission': -8_000 });
    // What is left of 8,000 after what the provider took.
    expect(balance).toBe(8_000 - FEE - ROUTE);

    const made = await atProvider(bookingId);
    expect(made.payments).toMatchObject([{ amount: PRICE, fee: FEE, tax: TAX }]);
    expect(made.transfers).toMatchObject([{ amount: 72_000, fees: ROUTE, tax: ROUTE_TAX, holdsLifted: 1 }]);
    const posted = await world.db.query<Posted & Record<string, unknown>>(
      'SELECT class, type, amount FROM read_model.ledger_entry WHERE booking_id = $1',
      [bookingId],
    );
    expect(moneyTerms(posted)).toEqual({ gross: 80_000, returned: 0, tutor: 72_000, commission: 8_000, held: 0 });
    await booksOf(world, bookingId);
  });
});

describe('the webhook is faster than the answer', () => {
  test('WH5, BL6: paid before our own call for the order was answered', async () => {
    // The line is held after the order was made; meanwhile somebody pays it, and the provider tells us.
    await fault('timeout-after-commit', 'POST', '/v1/orders', 900);
    const bookingId = await world.request({ startsAt: nextStart() });
    const orderId = await until(
      'the order at the provider',
      async () => (await atProvider(bookingId)).orders[0]?.id ?? null,
    );
    await world.sandbox.control(`orders/${String(orderId)}/pay`, {});
    await until('the webhook here', async () => {
      const rows = await world.db.query('SELECT 1 FROM worker.webhook WHERE body LIKE $1', [`%${String(orderId)}%`]);
      return rows.length > 0;
    });
    expect(await typesOf(`payment-${bookingId}`)).toEqual(['OrderPlanned']);
    await world.booking(bookingId, (row) => row.state === 'confirmed');
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.settled();
    const types = await typesOf(`payment-${bookingId}`, `payout-${bookingId}`);
    for (const once of ['OrderCreated', 'PaymentCaptured', 'PayoutPlanned', 'TransferProcessed'])
      expect(times(types, once), once).toBe(1);
    const { orders, transfers } = await atProvider(bookingId);
    expect([orders.length, transfers.length]).toEqual([1, 1]);
    await booksOf(world, bookingId);
  });

  test('WH6, EF3: transfer and refund are told of while their own answers are held back', async () => {
    const bookingId = await world.request({ startsAt: nextStart() });
    await fault('timeout-after-commit', 'POST', '/v1/payments/:id/transfers', 900);
    await world.pay(bookingId);
    await world.payout(bookingId, (row) => row.state === 'held');
    await fault('timeout-after-commit', 'POST', '/v1/payments/:id/refund', 900);
    await cancel(bookingId);
    await world.booking(bookingId, (row) => row.payment === 'refunded');
    await world.settled();
    const { transfers, reversals, refunds } = await atProvider(bookingId);
    expect([transfers.length, reversals.length, refunds.length]).toEqual([1, 1, 1]);
    await booksOf(world, bookingId);
  });
});

describe('money that came, or left, where it should not', () => {
  test('PA8: captured twice: the second payment goes back whole, once, and the lesson stays paid', async () => {
    const { book, give, paid, count, dataOf, waiting } = await play();
    await book();
    if (paid.type !== 'ObservePayment') throw new Error('not a payment');
    const again = { ...paid, data: { ...paid.data, providerPaymentId: 'pay_2' } };
    for (let news = 0; news < 3; news += 1) expect(await give(again)).toBeNull();
    expect([count('PaymentCaptured'), count('SurplusPaymentDetected')]).toEqual([1, 1]);
    expect(dataOf('RefundRequested')).toMatchObject([{ providerPaymentId: 'pay_2', amount: PRICE }]);
    expect(count('RefundProcessed')).toBe(1);
    expect(dataOf('TransferProcessed')).toMatchObject([{ amount: 72_000 }]);
    expect([count('ReversalRequested'), count('BookingConfirmed'), waiting().length]).toEqual([0, 1, 0]);
  });

  test('PA10: the bank says yes to a second attempt when the first has paid: it is never captured, and goes back by itself', async () => {
    const bookingId = await world.request({ startsAt: nextStart() });
    const { orderId } = await world.booking(bookingId, (row) => row.orderId !== null);
    await world.sandbox.control(`orders/${orderId}/pay`, { vpa: 'failure@razorpay' });
    await world.pay(bookingId);
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.sandbox.control(`orders/${orderId}/late-authorise`, {});
    await world.settled();
    expect((await atProvider(bookingId)).payments.map((one) => one.captured).toSorted()).toEqual([false, true]);
    await world.advance(4 * 24 * HOUR);
    await world.settled();
    const types = await typesOf(`payment-${bookingId}`);
    expect([times(types, 'PaymentCaptured'), times(types, 'RefundRequested')]).toEqual([1, 0]);
    const { payments, transfers, reversals } = await atProvider(bookingId);
    expect(payments.map((one) => one.status).toSorted()).toEqual(['captured', 'refunded']);
    expect([transfers.length, reversals.length]).toEqual([1, 0]);
    await booksOf(world, bookingId);
  });

  test('EF9: the reversal went through, there is no money for the refund; with money it goes out, once', async () => {
    const bookingId = await world.book({ startsAt: nextStart() });
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.sandbox.control('balance', { amount: -PRICE });
    await cancel(bookingId);
    await happened(`payment-${bookingId}`, 'RefundDelayed');
    expect((await atProvider(bookingId)).reversals).toMatchObject([{ amount: 72_000 }]);
    expect((await atProvider(bookingId)).refunds).toEqual([]);
    // Then there is money, and of all times now the answer is lost.
    await fault('timeout-after-commit', 'POST', '/v1/payments/:id/refund');
    await world.sandbox.control('balance', { amount: 20 * PRICE });
    await world.booking(bookingId, (row) => row.payment === 'refunded');
    await world.settled();
    const { refunds, reversals } = await atProvider(bookingId);
    expect(refunds).toMatchObject([{ amount: PRICE }]);
    expect(reversals).toHaveLength(1);
    expect(times(await typesOf(`payment-${bookingId}`), 'RefundProcessed')).toBe(1);
    await booksOf(world, bookingId);
  });

  test('RP2, EF3: a transfer that failed is tried again, and the answer to that one is lost', async () => {
    const bookingId = await world.request({ startsAt: nextStart() });
    await world.booking(bookingId, (row) => row.orderId !== null);
    await world.sandbox.control('balance', { amount: -PRICE });
    await world.pay(bookingId);
    await world.payout(bookingId, (row) => row.state === 'failed');
    await world.sandbox.control('balance', { amount: 20 * PRICE });
    await fault('timeout-after-commit', 'POST', '/v1/payments/:id/transfers');
    await world.advance(11 * 60_000);
    await world.payout(bookingId, (row) => row.state === 'held');
    await world.settled();
    const { transfers } = await atProvider(bookingId);
    expect(transfers.filter((one) => one.status !== 'failed')).toMatchObject([{ amount: 72_000, on_hold: true }]);
    const types = await typesOf(`payout-${bookingId}`);
    expect([times(types, 'TransferRequested'), times(types, 'TransferProcessed')]).toEqual([2, 1]);
    await booksOf(world, bookingId);
  });

  test('HC8: the bank takes it back after the release: the share is the tutor’s debt, nothing moves twice', async () => {
    const { bookingId, releaseAt } = await taught();
    await world.advanceTo(releaseAt);
    await world.payout(bookingId, (row) => row.state === 'released');
    const [payment] = (await atProvider(bookingId)).payments;
    const opened = await world.sandbox.control<{ id: string }>(`payments/${String(payment?.id)}/disputes`, {});
    await happened(`chargeback-${opened.id}`, 'ChargebackOpened');
    await world.sandbox.control(`disputes/${opened.id}/resolve`, { status: 'lost' });
    await happened(`payout-${bookingId}`, 'ClawbackRecorded');
    const ledger = await ledgerOf(bookingId);
    expect(ledger['tutor:person-tutor:receivable']).toBe(72_000);
    expect(ledger['expense:chargeback']).toBe(8_000);
    const { refunds, reversals, transfers } = await atProvider(bookingId);
    expect([refunds.length, reversals.length, transfers.length]).toEqual([0, 0, 1]);
    await booksOf(world, bookingId);
    await world.sandbox.control('balance', { amount: 20 * PRICE });
  });
});

describe('the clock', () => {
  test('TI1: jumps over a month at once: what became due happens, each thing once, and nothing that was not due', async () => {
    const held = await taught();
    const startsAt = world.clock.now() + 5 * 24 * HOUR;
    const nineInTheMorning = world.firstStart + Math.ceil((startsAt - world.firstStart) / (24 * HOUR)) * 24 * HOUR;
    const unattended = await world.book({ startsAt: nineInTheMorning });
    await world.payout(unattended, (row) => row.state === 'held');
    const unpaid = await world.request({ startsAt: nineInTheMorning + 24 * HOUR, student: STUDENT2 });
    await world.booking(unpaid, (row) => row.orderId !== null);
    const later = await world.book({ startsAt: nineInTheMorning + 40 * 24 * HOUR, student: STUDENT2 });
    await world.payout(later, (row) => row.state === 'held');
    day += 60;

    await world.advanceTo(nineInTheMorning + 30 * 24 * HOUR);
    await world.payout(held.bookingId, (row) => row.state === 'released' || row.state === 'settled');
    await world.booking(unattended, (row) => row.payment === 'refunded');
    await world.booking(unpaid, (row) => row.state === 'expired');
    await world.settled();
    expect((await atProvider(held.bookingId)).transfers).toMatchObject([{ amount: 72_000, holdsLifted: 1 }]);
    const gone = await atProvider(unattended);
    expect([gone.reversals, gone.refunds]).toMatchObject([[{ amount: 72_000 }], [{ amount: PRICE }]]);
    const released = await world.store.read(`payout-${held.bookingId}`);
    expect(
      times(
        released.map(({ type }) => type),
        'ReleaseAuthorized',
      ),
    ).toBe(1);
    expect((await world.queries.booking(later))?.state).toBe('confirmed');
    expect((await world.queries.payout(later))?.state).toBe('held');
    for (const bookingId of [held.bookingId, unattended, later]) await booksOf(world, bookingId);
  });
});

test('RU3, LE4: after all of this a full replay equals the live state, byte for byte', async () => {
  await world.settled();
  const live = await dumpReadModels(world.db);
  await world.worker.stop();
  await resetReadModels(world.db);
  await world.restart();
  await world.settled();
  expect(await dumpReadModels(world.db)).toBe(live);
  expect(live.split('\n').length).toBeGreaterThan(100);
});

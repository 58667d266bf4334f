/** The provider as the official SDK meets it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY_ID, startSandboxProcess, temporaryFolder, type RunningSandbox } from '../testing/process.ts';
import { createSdk, rejection, type Sdk } from '../testing/sdk.ts';
import { field } from '../testing/shapes.ts';

const folder = temporaryFolder();
let sandbox: RunningSandbox;
let sdk: Sdk;

beforeAll(async () => {
  sandbox = await startSandboxProcess(folder.path);
  sdk = createSdk(sandbox.url);
});
afterAll(async () => {
  await sandbox.stop();
  folder.remove();
});

const pay = (orderId: string, body: Record<string, unknown> = {}) => sandbox.control(`orders/${orderId}/pay`, body);
const makeAccount = async (email: string): Promise<string> =>
  String((await sandbox.control('accounts', { email, name: 'A tutor' })).accountId);

async function paidPayment(amount: number, orderBody: Record<string, unknown> = {}): Promise<string> {
  const order = await sdk.razorpay.orders.create({ amount, currency: 'INR', ...orderBody });
  return String((await pay(order.id)).payment_id);
}

async function eventually<T>(read: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const value = await read();
    if (found(value)) return value;
    if (tries > 100) throw new Error(`it never came about: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
const processedTransfer = (id: string) =>
  eventually(
    () => sdk.get(`/v1/transfers/${id}`),
    (transfer) => transfer.status !== 'pending' && transfer.status !== 'created',
  );

describe('orders', () => {
  it('are created, fetched, found by receipt, and show empty notes as a list', async () => {
    const order = await sdk.razorpay.orders.create({ amount: 80_000, currency: 'INR', receipt: 'booking-1' });
    expect(order).toMatchObject({
      entity: 'order',
      amount: 80_000,
      amount_paid: 0,
      amount_due: 80_000,
      currency: 'INR',
      receipt: 'booking-1',
      offer_id: null,
      status: 'created',
      attempts: 0,
      notes: [],
    });
    expect(order.id).toMatch(/^order_[A-Za-z0-9]{14}$/);
    expect(await sdk.razorpay.orders.fetch(order.id)).toEqual(order);
    const found = await sdk.razorpay.orders.all({ receipt: 'booking-1' });
    expect(found).toMatchObject({ entity: 'collection', count: 1, items: [{ id: order.id }] });
    const edited = await sdk.razorpay.orders.edit(order.id, { notes: { booking: 'b-1' } });
    expect(edited.notes).toEqual({ booking: 'b-1' });
  });

  it('keep the state paid, count attempts, and list every attempt', async () => {
    const order = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' });
    await pay(order.id, { vpa: 'failure@razorpay' });
    expect(await sdk.razorpay.orders.fetch(order.id)).toMatchObject({ status: 'attempted', attempts: 1 });
    await pay(order.id);
    expect(await sdk.razorpay.orders.fetch(order.id)).toMatchObject({ status: 'paid', attempts: 2, amount_due: 0 });
    const { items } = await sdk.razorpay.orders.fetchPayments(order.id);
    expect(items.map(({ status }) => status)).toEqual(['captured', 'failed']);
    await expect(pay(order.id)).rejects.toThrow(/already paid/);
  });

  it.each([
    [{ currency: 'INR' }, 'The amount field is required.', 'amount'],
    [{ amount: 99, currency: 'INR' }, 'The amount must be at least INR 1.00', 'amount'],
    [{ amount: 100.5, currency: 'INR' }, 'The amount must be an integer.', 'amount'],
    [{ amount: 100 }, 'The currency field is required.', 'currency'],
    [{ amount: 100, currency: 'INR', colour: 'red' }, 'colour is/are not required and should not be sent', undefined],
  ])('refuse %j', async (body, description, name) => {
    const { statusCode, error } = await rejection(sdk.post('/v1/orders', body));
    expect(statusCode).toBe(400);
    expect(error).toMatchObject({
      code: 'BAD_REQUEST_ERROR',
      description,
      source: 'business',
      step: 'payment_initiation',
      reason: 'input_validation_failed',
    });
    expect(error.field).toBe(name);
  });

  it('split at creation wait for the money, then transfer it', async () => {
    const account = await makeAccount('split@tutors.test');
    const order = await sdk.post('/v1/orders', {
      amount: 10_000,
      currency: 'INR',
      transfers: [{ account, amount: 9000, currency: 'INR', on_hold: 1 }],
    });
    expect(order.transfers).toMatchObject([{ status: 'created', source: order.id, on_hold: true }]);
    await pay(String(order.id));
    const expanded = await sdk.razorpay.orders.fetchTransferOrder(String(order.id));
    expect(expanded).toMatchObject({ id: order.id, transfers: { entity: 'collection', count: 1 } });
    const [transfer] = (await sandbox.state()).transfers.filter(({ source }) => source === order.id);
    expect(await processedTransfer(String(transfer?.id))).toMatchObject({ status: 'processed' });
  });
});

describe('ids and keys', () => {
  it('answers 400 for an unknown and for a malformed id, and for an unknown route', async () => {
    const unknown = await rejection(sdk.razorpay.orders.fetch('order_AAAAAAAAAAAAAA'));
    expect(unknown).toMatchObject({ statusCode: 400, error: { description: 'The id provided does not exist' } });
    const malformed = await rejection(sdk.razorpay.payments.fetch('pay_1'));
    expect(malformed).toMatchObject({ statusCode: 400, error: { description: 'pay_1 is not a valid id' } });
    const nowhere = await rejection(sdk.get('/v1/nothing'));
    expect(nowhere).toMatchObject({
      statusCode: 400,
      error: { description: 'The requested URL was not found on the server', source: 'NA' },
    });
  });

  it('answers 401 to a wrong key and to a wrong secret', async () => {
    const wrongKey = createSdk(sandbox.url, { key_id: 'rzp_test_other', key_secret: 'x' });
    expect(await rejection(wrongKey.razorpay.orders.all())).toMatchObject({
      statusCode: 401,
      error: { description: 'The api key provided is invalid', source: 'NA', metadata: {} },
    });
    const wrongSecret = createSdk(sandbox.url, { key_id: KEY_ID, key_secret: 'x' });
    expect(await rejection(wrongSecret.razorpay.orders.all())).toMatchObject({ statusCode: 401 });
  });
});

describe('payments', () => {
  it('are captured by themselves, with the fee and the tax inside it', async () => {
    const id = await paidPayment(100_000);
    expect(await sdk.razorpay.payments.fetch(id)).toMatchObject({
      entity: 'payment',
      status: 'captured',
      captured: true,
      method: 'upi',
      vpa: 'success@razorpay',
      fee: 2360,
      tax: 360,
      amount_refunded: 0,
      refund_status: null,
      error_code: null,
    });
  });

  it('are captured by hand when the order says so, for exactly the authorised amount, once', async () => {
    const id = await paidPayment(5000, { payment_capture: false });
    expect(await sdk.razorpay.payments.fetch(id)).toMatchObject({ status: 'authorized', fee: null, captured: false });
    expect((await rejection(sdk.razorpay.payments.capture(id, 4000, 'INR'))).error.description).toBe(
      'Capture amount must be equal to the amount authorized.',
    );
    expect(await sdk.razorpay.payments.capture(id, 5000, 'INR')).toMatchObject({ status: 'captured', fee: 118 });
    expect(await rejection(sdk.razorpay.payments.capture(id, 5000, 'INR'))).toMatchObject({ statusCode: 400 });
  });

  it('show the card only as a card', async () => {
    const order = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' });
    const { payment_id: id } = await pay(order.id, { method: 'card' });
    expect(await sdk.razorpay.payments.fetch(String(id))).not.toHaveProperty('card');
    expect(await sdk.get(`/v1/payments/${String(id)}/card`)).toMatchObject({
      entity: 'card',
      last4: '1007',
      network: 'Visa',
    });
  });

  it('may come back from failed when the bank says yes late', async () => {
    const order = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' });
    const failed = await pay(order.id, { vpa: 'failure@razorpay' });
    expect(failed.error).toMatchObject({ reason: 'payment_failed', metadata: { order_id: order.id } });
    const late = await sandbox.control(`orders/${order.id}/late-authorise`, {});
    expect(late).toMatchObject({ id: failed.payment_id, status: 'captured', error_code: null });
    expect(await sdk.razorpay.orders.fetch(order.id)).toMatchObject({ status: 'paid' });
  });
});

describe('transfers', () => {
  it('move at once but settle only after the hold is lifted, and the hold lifts once', async () => {
    const account = await makeAccount('hold@tutors.test');
    const payment = await paidPayment(100_000);
    const before = (await sandbox.state()).balances.platform.balance;
    const made = await sdk.razorpay.payments.transfer(payment, {
      transfers: [{ account, amount: 90_000, currency: 'INR', on_hold: true, notes: { op: 'op-1' } }],
    });
    expect(made).toMatchObject({ entity: 'collection', count: 1, items: [{ status: 'pending', source: payment }] });
    const id = String(made.items[0]?.id);
    expect(await processedTransfer(id)).toMatchObject({
      status: 'processed',
      fees: 266,
      tax: 41,
      on_hold: true,
      settlement_status: 'on_hold',
      notes: { op: 'op-1' },
    });
    const held = (await sandbox.state()).balances;
    expect(held.platform.balance).toBe(before - 90_266);
    expect(held.accounts[account]).toEqual({ balance: 90_000, held: 90_000, pending: 0, settled: 0 });

    await sandbox.control('settlements/run', {});
    expect((await sandbox.state()).balances.accounts[account]).toMatchObject({ held: 90_000, settled: 0 });

    const released = await sdk.razorpay.transfers.edit(id, { on_hold: false });
    expect(released).toMatchObject({ entity: 'transfer', on_hold: false, settlement_status: 'pending' });
    await sdk.razorpay.transfers.edit(id, { on_hold: 0 });
    const state = await sandbox.state();
    expect(state.transfers.find((transfer) => transfer.id === id)).toMatchObject({ holdsLifted: 1 });
    expect(state.balances.accounts[account]).toMatchObject({ held: 0, pending: 90_000 });

    await sandbox.control('settlements/run', {});
    const settled = await sdk.get(`/v1/transfers/${id}?expand[]=recipient_settlement`);
    expect(settled).toMatchObject({ settlement_status: 'settled', recipient_settlement: { amount: 90_000 } });
    const listed = await sdk.razorpay.transfers.all({
      recipient_settlement_id: String(settled.recipient_settlement_id),
    });
    expect(listed.items.map((transfer) => transfer.id)).toEqual([id]);
    expect((await sandbox.state()).balances.accounts[account]).toEqual({
      balance: 0,
      held: 0,
      pending: 0,
      settled: 90_000,
    });
  });

  it('can be put on hold after they were made, as in a dispute, and then do not settle', async () => {
    const account = await makeAccount('freeze@tutors.test');
    const payment = await paidPayment(10_000);
    const made = await sdk.razorpay.payments.transfer(payment, {
      transfers: [{ account, amount: 9000, currency: 'INR' }],
    });
    const id = String(made.items[0]?.id);
    expect(await processedTransfer(id)).toMatchObject({ on_hold: false, settlement_status: 'pending' });
    await sdk.razorpay.transfers.edit(id, { on_hold: true });
    await sandbox.control('settlements/run', {});
    expect(await sdk.get(`/v1/transfers/${id}`)).toMatchObject({ on_hold: true, settlement_status: 'on_hold' });
    expect((await sandbox.state()).balances.accounts[account]).toMatchObject({ held: 9000, pending: 0, settled: 0 });
  });

  it('refuse more than was captured, an uncaptured payment, a refunded payment, and notes nobody wrote', async () => {
    const account = await makeAccount('rules@tutors.test');
    const transfers = [{ account, amount: 600, currency: 'INR' }];
    const payment = await paidPayment(1000);
    await sdk.post(`/v1/payments/${payment}/transfers`, { transfers });
    expect((await rejection(sdk.post(`/v1/payments/${payment}/transfers`, { transfers }))).error.description).toBe(
      'The sum of amount requested for transfer is greater than the captured amount',
    );
    const uncaptured = await paidPayment(1000, { payment_capture: false });
    expect(await rejection(sdk.post(`/v1/payments/${uncaptured}/transfers`, { transfers }))).toMatchObject({
      statusCode: 400,
    });
    const refunded = await paidPayment(1000);
    await sdk.razorpay.payments.refund(refunded, { amount: 100 });
    expect(await rejection(sdk.post(`/v1/payments/${refunded}/transfers`, { transfers }))).toMatchObject({
      statusCode: 400,
    });
    const other = await paidPayment(1000);
    const odd = [{ account, amount: 600, currency: 'INR', linked_account_notes: ['missing'] }];
    expect(await rejection(sdk.post(`/v1/payments/${other}/transfers`, { transfers: odd }))).toMatchObject({
      error: { field: 'linked_account_notes' },
    });
  });

  it('fail a moment later when the balance is short', async () => {
    const account = await makeAccount('short@tutors.test');
    const payment = await paidPayment(50_000);
    await sandbox.control('balance', { amount: 10_000 });
    const made = await sdk.post(`/v1/payments/${payment}/transfers`, {
      transfers: [{ account, amount: 45_000, currency: 'INR' }],
    });
    const [transfer] = Array.isArray(made.items) ? made.items : [];
    expect(await processedTransfer(String(field(transfer, 'id')))).toMatchObject({
      status: 'failed',
      error: { step: 'balance_check', reason: 'insufficient_balance' },
    });
    expect((await sandbox.state()).balances.accounts[account]).toMatchObject({ balance: 0 });
    await sandbox.control('balance', { amount: 10_000_000 });
  });

  it('made directly are idempotent by their own header', async () => {
    const account = await makeAccount('direct@tutors.test');
    const body = { account, amount: 5000, currency: 'INR' };
    const headers = { 'X-Transfer-Idempotency': 'op-direct-1' };
    const first = await sdk.post('/v1/transfers', body, headers);
    expect(await sdk.post('/v1/transfers', body, headers)).toEqual(first);
    expect(await rejection(sdk.post('/v1/transfers', { ...body, amount: 6000 }, headers))).toMatchObject({
      statusCode: 400,
    });
    await processedTransfer(String(first.id));
    expect((await sandbox.state()).balances.accounts[account]).toMatchObject({ balance: 5000 });
  });
});

describe('reversals', () => {
  it('take everything back on an empty urlencoded POST, and are listed', async () => {
    const account = await makeAccount('reverse@tutors.test');
    const payment = await paidPayment(10_000);
    const made = await sdk.razorpay.payments.transfer(payment, {
      transfers: [{ account, amount: 9000, currency: 'INR', on_hold: true }],
    });
    const id = String(made.items[0]?.id);
    await processedTransfer(id);
    const part = await sdk.post(`/v1/transfers/${id}/reversals`, { amount: 4000, notes: { op: 'r1' } });
    expect(part).toMatchObject({ entity: 'reversal', transfer_id: id, amount: 4000, fee: 0, tax: 0 });
    expect(await sdk.get(`/v1/transfers/${id}`)).toMatchObject({ status: 'partially_reversed', amount_reversed: 4000 });
    expect(await sdk.razorpay.transfers.reverse(id)).toMatchObject({ amount: 5000, notes: [] });
    expect(await sdk.get(`/v1/transfers/${id}`)).toMatchObject({ status: 'reversed', amount_reversed: 9000 });
    expect(await sdk.get(`/v1/transfers/${id}/reversals`)).toMatchObject({ count: 2 });
    expect((await sandbox.state()).balances.accounts[account]).toMatchObject({ balance: 0, held: 0 });
    expect(await rejection(sdk.razorpay.transfers.reverse(id))).toMatchObject({ statusCode: 400 });
  });

  it('are refused once the money has gone to the bank', async () => {
    const account = await makeAccount('gone@tutors.test');
    const payment = await paidPayment(10_000);
    const made = await sdk.razorpay.payments.transfer(payment, {
      transfers: [{ account, amount: 9000, currency: 'INR' }],
    });
    const id = String(made.items[0]?.id);
    await processedTransfer(id);
    await sandbox.control('settlements/run', {});
    expect((await rejection(sdk.razorpay.transfers.reverse(id))).error.description).toBe(
      'The linked account does not have sufficient balance to process reversal.',
    );
  });
});

describe('refunds', () => {
  it('happen once per key, whatever else is sent', async () => {
    const payment = await paidPayment(10_000);
    const path = `/v1/payments/${payment}/refund`;
    const headers = { 'X-Refund-Idempotency': 'refund-booking-1' };
    const first = await sdk.post(path, { amount: 4000 }, headers);
    expect(first).toMatchObject({
      entity: 'refund',
      amount: 4000,
      payment_id: payment,
      status: 'processed',
      speed_requested: 'normal',
      batch_id: null,
      notes: [],
    });
    expect(await sdk.post(path, { amount: 4000 }, headers)).toEqual(first);
    expect(await rejection(sdk.post(path, { amount: 5000 }, headers))).toMatchObject({
      statusCode: 409,
      error: { description: 'Different request with the same idempotency key has already been processed.' },
    });
    expect(await rejection(sdk.post(path, {}, { 'X-Refund-Idempotency': 'short' }))).toMatchObject({
      error: { description: 'The idempotency key must be at least 10 characters long.' },
    });
    expect(await sdk.razorpay.payments.fetch(payment)).toMatchObject({
      status: 'captured',
      amount_refunded: 4000,
      refund_status: 'partial',
    });
    expect((await rejection(sdk.razorpay.payments.refund(payment, { amount: 6001 }))).error.description).toBe(
      'The refund amount provided is greater than amount captured',
    );
    expect(await sdk.razorpay.payments.refund(payment, {})).toMatchObject({ amount: 6000 });
    expect(await sdk.razorpay.payments.fetch(payment)).toMatchObject({ status: 'refunded', refund_status: 'full' });
    expect((await rejection(sdk.razorpay.payments.refund(payment, {}))).error.description).toBe(
      'The payment has been fully refunded already',
    );
    expect(await sdk.get(`/v1/payments/${payment}/refunds`)).toMatchObject({ count: 2 });
  });

  it('need balance: the fee of the payment does not come back', async () => {
    const payment = await paidPayment(100_000);
    await sandbox.control('balance', { amount: 100_000 - 2360 });
    const { statusCode, error } = await rejection(sdk.razorpay.payments.refund(payment, {}));
    expect(statusCode).toBe(400);
    expect(error.description).toMatch(/^Your account does not have enough balance to carry out the refund operation/);
    expect(await sdk.razorpay.payments.fetch(payment)).toMatchObject({ status: 'captured', amount_refunded: 0 });
    await sandbox.control('balance', { amount: 10_000_000 });
  });

  it('that stay pending may still fail, and then nothing was refunded', async () => {
    const payment = await paidPayment(1000);
    await sandbox.control('refunds/pend', { times: 1 });
    const refund = await sdk.razorpay.payments.refund(payment, {});
    expect(refund.status).toBe('pending');
    await sandbox.control(`refunds/${refund.id}/resolve`, { status: 'failed' });
    expect(await sdk.razorpay.refunds.fetch(refund.id)).toMatchObject({ status: 'failed' });
    expect(await sdk.razorpay.payments.fetch(payment)).toMatchObject({ status: 'captured', amount_refunded: 0 });
  });
});

describe('the golden case of a thousand rupees', () => {
  it('leaves the platform 73.74 and the tutor 900.00', async () => {
    const account = await makeAccount('golden@tutors.test');
    const before = (await sandbox.state()).balances.platform.balance;
    const payment = await paidPayment(100_000);
    const made = await sdk.razorpay.payments.transfer(payment, {
      transfers: [{ account, amount: 90_000, currency: 'INR', on_hold: true }],
    });
    await processedTransfer(String(made.items[0]?.id));
    const after = (await sandbox.state()).balances;
    expect(after.platform.balance - before).toBe(7374);
    expect(after.accounts[account]?.held).toBe(90_000);
  });
});

describe('settlements', () => {
  it('come by the clock, T+2 working days after the release', async () => {
    const account = await makeAccount('clock@tutors.test');
    const payment = await paidPayment(10_000);
    const made = await sdk.razorpay.payments.transfer(payment, {
      transfers: [{ account, amount: 9000, currency: 'INR', on_hold: true }],
    });
    const id = String(made.items[0]?.id);
    await processedTransfer(id);
    await sdk.razorpay.transfers.edit(id, { on_hold: false });
    const offset = (await sandbox.state()).clock.offsetMs;
    await sandbox.control('clock', { offsetMs: offset + 3_600_000 });
    expect(await sdk.get(`/v1/transfers/${id}`)).toMatchObject({ settlement_status: 'pending' });
    await sandbox.control('clock', { offsetMs: offset + 7 * 86_400_000 });
    expect(await sdk.get(`/v1/transfers/${id}`)).toMatchObject({ settlement_status: 'settled' });
    const settlements = await sdk.razorpay.settlements.all();
    expect(settlements.items.length).toBeGreaterThan(0);
    const today = new Date((await sandbox.state()).clock.now);
    const rows = await sdk.razorpay.settlements.reports({
      year: today.getUTCFullYear(),
      month: today.getUTCMonth() + 1,
    });
    expect(rows).toMatchObject({ entity: 'collection' });
  });

  it('leave a hold with an end alone until its end', async () => {
    const account = await makeAccount('until@tutors.test');
    const payment = await paidPayment(10_000);
    const now = Math.floor((await sandbox.state()).clock.now / 1000);
    const made = await sdk.razorpay.payments.transfer(payment, {
      transfers: [{ account, amount: 9000, currency: 'INR', on_hold: true, on_hold_until: now + 3600 }],
    });
    const id = String(made.items[0]?.id);
    await processedTransfer(id);
    const offset = (await sandbox.state()).clock.offsetMs;
    await sandbox.control('clock', { offsetMs: offset + 3_700_000 });
    expect(await sdk.get(`/v1/transfers/${id}`)).toMatchObject({ on_hold: false, settlement_status: 'pending' });
  });
});

describe('linked accounts', () => {
  it('are the same for the same e-mail when made by the control surface', async () => {
    const first = await makeAccount('Same@tutors.test');
    expect(await makeAccount('same@tutors.test')).toBe(first);
    expect(await sdk.razorpay.accounts.fetch(first)).toMatchObject({ id: first, type: 'route', status: 'created' });
  });
});

describe('time', () => {
  it('gives up an attempt after ten minutes without an answer, and returns what nobody captured in three days', async () => {
    const abandoned = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' });
    const begun = await fetch(`${sandbox.url}/sandbox/razorpay/checkout/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: KEY_ID, order_id: abandoned.id, method: 'netbanking', bank: 'SBIN' }),
    });
    const waiting = String(field(await begun.json(), 'payment_id'));
    const uncaptured = await paidPayment(1000, { payment_capture: false });
    const offset = (await sandbox.state()).clock.offsetMs;
    await sandbox.control('clock', { offsetMs: offset + 11 * 60_000 });
    expect(await sdk.razorpay.payments.fetch(waiting)).toMatchObject({
      status: 'failed',
      error_reason: 'payment_timed_out',
    });
    await sandbox.control('clock', { offsetMs: offset + 4 * 86_400_000 });
    expect(await sdk.razorpay.payments.fetch(uncaptured)).toMatchObject({ status: 'refunded', captured: false });
  });
});

/** The tables of states: in each state of each entity, what may be done to it and what may not. */
import { describe, expect, it } from 'vitest';
import { KEY_ID } from '../testing/process.ts';
import { useScene, type Scene } from '../testing/scene.ts';
import { rejection } from '../testing/sdk.ts';

const scene = useScene();
const YES = null;

/** Null when it was done, else the words of the refusal. */
async function tried(call: Promise<unknown>): Promise<string | null> {
  const done = await call.then(
    () => true,
    () => false,
  );
  return done ? YES : String((await rejection(call)).error.description);
}

const CAPTURABLE = 'Only payments which have been authorized and not yet captured can be captured';
const UNCAPTURED = 'The payment status should be captured for action to be taken';

const PAYMENTS: Record<string, (s: Scene) => Promise<string>> = {
  created: async ({ sandbox, sdk }) => {
    const order = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' });
    const begun = await fetch(`${sandbox.url}/sandbox/razorpay/checkout/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: KEY_ID, order_id: order.id, method: 'netbanking', bank: 'SBIN' }),
    });
    const { payment_id: id }: { payment_id: string } = await begun.json();
    return id;
  },
  authorized: ({ paidPayment }) => paidPayment(1000, { payment_capture: false }),
  captured: ({ paidPayment }) => paidPayment(1000),
  'captured, a part refunded': async ({ paidPayment, sdk }) => {
    const id = await paidPayment(1000);
    await sdk.razorpay.payments.refund(id, { amount: 400 });
    return id;
  },
  refunded: async ({ paidPayment, sdk }) => {
    const id = await paidPayment(1000);
    await sdk.razorpay.payments.refund(id, {});
    return id;
  },
  failed: async ({ sandbox, sdk }) => {
    const order = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' });
    return String((await sandbox.control(`orders/${order.id}/pay`, { vpa: 'failure@razorpay' })).payment_id);
  },
};

describe.each([
  ['created', CAPTURABLE, UNCAPTURED, UNCAPTURED, 'Only a captured payment can be disputed.'],
  ['authorized', YES, UNCAPTURED, UNCAPTURED, 'Only a captured payment can be disputed.'],
  ['captured', 'This payment has already been captured', YES, YES, YES],
  ['captured, a part refunded', 'This payment has already been captured', YES, /refunded/, YES],
  [
    'refunded',
    'This payment has already been captured',
    'The payment has been fully refunded already',
    /refunded/,
    YES,
  ],
  ['failed', CAPTURABLE, UNCAPTURED, UNCAPTURED, 'Only a captured payment can be disputed.'],
])('a payment that is %s', (state, capture, refund, transfer, dispute) => {
  const check = async (call: (s: Scene, id: string) => Promise<unknown>, expected: string | RegExp | null) => {
    const make = PAYMENTS[state];
    if (!make) throw new Error(`nobody makes a payment that is ${state}`);
    const id = await make(scene());
    const said = await tried(call(scene(), id));
    if (expected instanceof RegExp) expect(said).toMatch(expected);
    else expect(said).toBe(expected);
  };
  it('captured', () => check(({ sdk }, id) => sdk.razorpay.payments.capture(id, 1000, 'INR'), capture));
  it('refunded', () => check(({ sdk }, id) => sdk.razorpay.payments.refund(id, { amount: 100 }), refund));
  it('transferred', () =>
    check(
      async (s, id) =>
        s.sdk.post(`/v1/payments/${id}/transfers`, {
          transfers: [{ account: await s.makeAccount('states@tutors.test'), amount: 100, currency: 'INR' }],
        }),
      transfer,
    ));
  it('disputed', async () => {
    const make = PAYMENTS[state];
    const id = await make?.(scene());
    const call = scene().sandbox.control(`payments/${String(id)}/disputes`, {});
    if (dispute === null) await expect(call).resolves.toMatchObject({ status: 'open' });
    else await expect(call).rejects.toThrow(dispute);
  });
});

/** Each gives a transfer of 900 in that state. */
const TRANSFERS: Record<string, (s: Scene, account: string) => Promise<string>> = {
  pending: async (s, account) => {
    const made = await s.sdk.razorpay.payments.transfer(await s.paidPayment(1000), {
      transfers: [{ account, amount: 900, currency: 'INR' }],
    });
    return String(made.items[0]?.id);
  },
  'processed, held': async (s, account) => s.transfer(await s.paidPayment(1000), account, 900, { on_hold: true }),
  'processed, free': async (s, account) => s.transfer(await s.paidPayment(1000), account, 900),
  'reversed in part': async (s, account) => {
    const id = await s.transfer(await s.paidPayment(1000), account, 900, { on_hold: true });
    await s.sdk.razorpay.transfers.reverse(id, { amount: 400 });
    return id;
  },
  reversed: async (s, account) => {
    const id = await s.transfer(await s.paidPayment(1000), account, 900, { on_hold: true });
    await s.sdk.razorpay.transfers.reverse(id);
    return id;
  },
  failed: async (s, account) => {
    const payment = await s.paidPayment(1000);
    await s.sandbox.control('balance', { amount: 100 });
    const id = await s.transfer(payment, account, 900);
    await s.sandbox.control('balance', { amount: 10_000_000 });
    return id;
  },
  settled: async (s, account) => {
    const id = await s.transfer(await s.paidPayment(1000), account, 900);
    await s.sandbox.control('settlements/run', {});
    return id;
  },
};

describe.each([
  ['pending', YES, YES, 'Only a processed transfer can be reversed'],
  ['processed, held', YES, YES, YES],
  ['processed, free', YES, YES, YES],
  ['reversed in part', YES, YES, YES],
  ['reversed', /cannot be changed/, /cannot be changed/, 'The transfer has been fully reversed already'],
  ['failed', /cannot be changed/, /cannot be changed/, 'Only a processed transfer can be reversed'],
  [
    'settled',
    'The transfer has already been settled.',
    'The transfer has already been settled.',
    'The linked account does not have sufficient balance to process reversal.',
  ],
])('a transfer that is %s', (state, hold, release, reverse) => {
  it.each([
    ['held', hold, ({ sdk }: Scene, id: string) => sdk.razorpay.transfers.edit(id, { on_hold: true })],
    ['released', release, ({ sdk }: Scene, id: string) => sdk.razorpay.transfers.edit(id, { on_hold: false })],
    ['reversed', reverse, ({ sdk }: Scene, id: string) => sdk.razorpay.transfers.reverse(id, { amount: 100 })],
  ] as const)('%s: %s', async (what, expected, call) => {
    const make = TRANSFERS[state];
    if (!make) throw new Error(`nobody makes a transfer that is ${state}`);
    const account = await scene().makeAccount(`${state}-${what}@tutors.test`.replaceAll(/[ ,]/g, '-'));
    const id = await make(scene(), account);
    const said = await tried(call(scene(), id));
    if (expected instanceof RegExp) expect(said).toMatch(expected);
    else expect(said).toBe(expected);
  });
});

describe('an order', () => {
  it('goes from created to attempted to paid, and never leaves paid', async () => {
    const { sandbox, sdk } = scene();
    const { id } = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' });
    const status = async () => (await sdk.razorpay.orders.fetch(id)).status;
    expect(await status()).toBe('created');
    await sandbox.control(`orders/${id}/pay`, { vpa: 'failure@razorpay' });
    expect(await status()).toBe('attempted');
    const { payment_id: payment } = await sandbox.control(`orders/${id}/pay`, {});
    expect(await status()).toBe('paid');
    await sdk.razorpay.payments.refund(String(payment), {});
    expect(await status()).toBe('paid');
    await expect(sandbox.control(`orders/${id}/pay`, {})).rejects.toThrow(/order is already paid/);
  });
});

describe('a refund', () => {
  it.each(['processed', 'failed'])('that is %s cannot be resolved again', async (status) => {
    const { paidPayment, sandbox, sdk } = scene();
    await sandbox.control('refunds/pend', { times: 1 });
    const { id } = await sdk.razorpay.payments.refund(await paidPayment(1000), {});
    await sandbox.control(`refunds/${id}/resolve`, { status });
    await expect(sandbox.control(`refunds/${id}/resolve`, { status: 'failed' })).rejects.toThrow(status);
  });
});

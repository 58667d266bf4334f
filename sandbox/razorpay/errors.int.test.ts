/** The table of errors: what is refused, with which status and in which words. */
import { describe, expect, it } from 'vitest';
import { useScene, type Scene } from '../testing/scene.ts';
import { createSdk, rejection } from '../testing/sdk.ts';
import { KEY_ID, KEY_SECRET } from '../testing/process.ts';

const scene = useScene();
const BASIC = `Basic ${btoa(`${KEY_ID}:${KEY_SECRET}`)}`;
const BUSINESS = { source: 'business', step: 'payment_initiation', reason: 'input_validation_failed' };
const NA = { source: 'NA', step: 'NA', reason: 'NA' };
const SHORT =
  'Your account does not have enough balance to carry out the refund operation. You can add funds to your account from your Razorpay dashboard or capture new payments.';

type Case = readonly [
  what: string,
  status: number,
  description: string | RegExp,
  rest: Readonly<Record<string, string>>,
  call: (scene: Scene) => Promise<unknown>,
];

const refund = async (s: Scene, body: Record<string, unknown>, key?: string) =>
  s.sdk.post(`/v1/payments/${await s.paidPayment(1000)}/refund`, body, key ? { 'X-Refund-Idempotency': key } : {});
const order = (s: Scene, body: Record<string, unknown>) => s.sdk.post('/v1/orders', { currency: 'INR', ...body });

const CASES: readonly Case[] = [
  [
    'a wrong key id',
    401,
    'The api key provided is invalid',
    NA,
    (s) => createSdk(s.sandbox.url, { key_id: 'rzp_test_x', key_secret: 'x' }).get('/v1/orders'),
  ],
  [
    'a wrong secret',
    401,
    'The api secret provided is invalid',
    NA,
    (s) => createSdk(s.sandbox.url, { key_id: KEY_ID, key_secret: 'x' }).get('/v1/orders'),
  ],
  [
    'no authentication',
    401,
    'Authentication failed',
    NA,
    (s) => createSdk(s.sandbox.url, { key_id: KEY_ID, key_secret: '' }).get('/v1/orders'),
  ],
  ['an unknown route', 400, 'The requested URL was not found on the server', NA, (s) => s.sdk.get('/v1/orders/a/b')],
  [
    'an unknown id',
    400,
    'The id provided does not exist',
    BUSINESS,
    (s) => s.sdk.get('/v1/orders/order_AAAAAAAAAAAAAA'),
  ],
  ['a malformed id', 400, 'order_x is not a valid id', BUSINESS, (s) => s.sdk.get('/v1/orders/order_x')],
  [
    'too small an amount',
    400,
    'The amount must be at least INR 1.00',
    { ...BUSINESS, field: 'amount' },
    (s) => order(s, { amount: 99 }),
  ],
  [
    'half a paisa',
    400,
    'The amount must be an integer.',
    { ...BUSINESS, field: 'amount' },
    (s) => order(s, { amount: 100.5 }),
  ],
  ['a missing field', 400, 'The amount field is required.', { ...BUSINESS, field: 'amount' }, (s) => order(s, {})],
  [
    'extra parameters',
    400,
    'a, b is/are not required and should not be sent',
    BUSINESS,
    (s) => order(s, { amount: 100, a: 1, b: 2 }),
  ],
  [
    'too many notes',
    400,
    /15/,
    { field: 'notes' },
    (s) => order(s, { amount: 100, notes: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`n${n}`, 'x'])) }),
  ],
  ['too long a note', 400, /256/, { field: 'notes' }, (s) => order(s, { amount: 100, notes: { a: 'x'.repeat(257) } })],
  ['too long a receipt', 400, /40/, { field: 'receipt' }, (s) => order(s, { amount: 100, receipt: 'x'.repeat(41) })],
  [
    'a refund above what was captured',
    400,
    'The refund amount provided is greater than amount captured',
    BUSINESS,
    (s) => refund(s, { amount: 1001 }),
  ],
  [
    'a second full refund',
    400,
    'The payment has been fully refunded already',
    BUSINESS,
    async (s) => {
      const payment = await s.paidPayment(1000);
      await s.sdk.post(`/v1/payments/${payment}/refund`, {});
      return s.sdk.post(`/v1/payments/${payment}/refund`, {});
    },
  ],
  [
    'a refund without balance',
    400,
    SHORT,
    NA,
    async (s) => {
      const payment = await s.paidPayment(1000);
      await s.sandbox.control('balance', { amount: 999 });
      return s.sdk
        .post(`/v1/payments/${payment}/refund`, {})
        .finally(() => s.sandbox.control('balance', { amount: 10_000_000 }));
    },
  ],
  [
    'a short idempotency key',
    400,
    'The idempotency key must be at least 10 characters long.',
    {},
    (s) => refund(s, {}, 'short'),
  ],
  [
    'an idempotency key with odd characters',
    400,
    /must only contain alphanumeric characters/,
    {},
    (s) => refund(s, {}, 'a key with spaces'),
  ],
  [
    'an idempotency key used for something else',
    409,
    'Different request with the same idempotency key has already been processed.',
    NA,
    async (s) => {
      const path = `/v1/payments/${await s.paidPayment(1000)}/refund`;
      const headers = { 'X-Refund-Idempotency': 'used-already' };
      await s.sdk.post(path, { amount: 100 }, headers);
      return s.sdk.post(path, { amount: 200 }, headers);
    },
  ],
  [
    'an idempotency key in flight',
    409,
    'Another request with the same idempotency key is still in progress.',
    NA,
    async (s) => {
      const path = `/v1/payments/${await s.paidPayment(1000)}/refund`;
      const headers = { 'X-Refund-Idempotency': 'in-flight-now' };
      await s.sandbox.control('faults', { method: 'POST', route: '/v1/payments/:id/refund', kind: 'delay', ms: 400 });
      const first = s.sdk.post(path, { amount: 100 }, headers);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const second = s.sdk.post(path, { amount: 100 }, headers).finally(() => first);
      return second;
    },
  ],
  [
    'a capture of another amount',
    400,
    'Capture amount must be equal to the amount authorized.',
    BUSINESS,
    async (s) =>
      s.sdk.post(`/v1/payments/${await s.paidPayment(1000, { payment_capture: false })}/capture`, {
        amount: 900,
        currency: 'INR',
      }),
  ],
  [
    'a transfer above what was captured',
    400,
    'The sum of amount requested for transfer is greater than the captured amount',
    BUSINESS,
    async (s) => s.transfer(await s.paidPayment(1000), await s.makeAccount('errors@tutors.test'), 1001),
  ],
  [
    'a direct transfer without balance',
    400,
    'Your account does not have enough balance to carry out the transfer operation.',
    NA,
    async (s) =>
      s.sdk.post('/v1/transfers', {
        account: await s.makeAccount('errors@tutors.test'),
        amount: 2_000_000_000,
        currency: 'INR',
      }),
  ],
  [
    'a reversal without balance on the linked account',
    400,
    'The linked account does not have sufficient balance to process reversal.',
    BUSINESS,
    async (s) => {
      const account = await s.makeAccount('errors@tutors.test');
      const transfer = await s.transfer(await s.paidPayment(1000), account, 900);
      await s.sandbox.control('balance', { account, amount: 100 });
      return s.sdk.post(`/v1/transfers/${transfer}/reversals`, { amount: 500 });
    },
  ],
  [
    'a hold that ends before the age of the provider',
    400,
    /between 946684800 and 4765046400/,
    { field: 'on_hold_until' },
    async (s) =>
      s.transfer(await s.paidPayment(1000), await s.makeAccount('errors@tutors.test'), 900, {
        on_hold: true,
        on_hold_until: 5,
      }),
  ],
  [
    'a report of no month',
    400,
    'The month field is required.',
    { field: 'month' },
    (s) => s.sdk.get('/v1/settlements/recon/combined?year=2026'),
  ],
  ['a page that is too long', 400, /100/, { field: 'count' }, (s) => s.sdk.get('/v1/orders?count=101')],
  [
    'a refund after six months',
    400,
    'Refund is not supported by the bank because the payment is more than 6 months old',
    BUSINESS,
    async (s) => {
      const payment = await s.paidPayment(1000);
      await s.passDays(200);
      return s.sdk.post(`/v1/payments/${payment}/refund`, {});
    },
  ],
];

describe('the table of errors', () => {
  it.each(CASES)('%s → %i', async (_what, status, description, rest, call) => {
    const { statusCode, error } = await rejection(call(scene()));
    expect(statusCode).toBe(status);
    expect(error).toMatchObject({ code: 'BAD_REQUEST_ERROR', metadata: {}, ...rest });
    if (typeof description === 'string') expect(error.description).toBe(description);
    else expect(error.description).toMatch(description);
  });

  it.each([
    ['429', 429, { code: 'BAD_REQUEST_ERROR', description: 'Throttling Error' }],
    ['500', 500, { code: 'SERVER_ERROR', description: expect.stringContaining('We are facing some trouble') }],
    ['502-html', 502, {}],
  ])('%s comes as the provider sends it', async (kind, status, error) => {
    const { sandbox, sdk } = scene();
    await sandbox.control('faults', { method: 'GET', route: '/v1/orders', kind });
    const refusal = await rejection(sdk.razorpay.orders.all());
    expect(refusal.statusCode).toBe(status);
    expect(refusal.error).toMatchObject(error);
    await sandbox.control('faults', { method: 'GET', route: '/v1/orders', kind });
    const raw = await fetch(`${sandbox.url}/v1/orders`, {
      headers: { authorization: BASIC },
    });
    expect(raw.headers.get('content-type')).toContain(status === 502 ? 'text/html' : 'application/json');
    await raw.body?.cancel();
  });

  it('ignores the forms of expand[] that the SDK gets wrong', async () => {
    const { sdk } = scene();
    const expand = { 'expand[]': 'payments' };
    expect(await sdk.razorpay.orders.all(Object(expand))).toMatchObject({ entity: 'collection' });
    expect(await sdk.razorpay.payments.all(Object(expand))).toMatchObject({ entity: 'collection' });
  });

  it('reads urlencoded bodies, also empty ones', async () => {
    const { sandbox } = scene();
    const post = async (path: string, body: string) =>
      fetch(`${sandbox.url}${path}`, {
        method: 'POST',
        headers: {
          authorization: BASIC,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body,
      });
    const made = await post('/v1/orders', 'amount=1000&currency=INR&notes[op]=7');
    expect(await made.json()).toMatchObject({ amount: 1000, notes: { op: '7' } });
    expect((await post('/v1/orders', '')).status).toBe(400);
  });

  it('refuses a body that is not JSON', async () => {
    const answer = await fetch(`${scene().sandbox.url}/v1/orders`, {
      method: 'POST',
      headers: {
        authorization: BASIC,
        'content-type': 'application/json',
      },
      body: '{',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { description: 'The request body is not valid JSON' } });
  });
});

import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentGateway } from './payment-gateway.ts';
import { openRazorpay } from './razorpay.server.ts';

/** A provider that says whatever the test wants. */
let answer: (response: ServerResponse) => void = (response) => response.end();
let headers: Readonly<Record<string, unknown>> = {};
const server = createServer((request, response) => {
  headers = request.headers;
  answer(response);
});
let gateway: PaymentGateway;
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  url = `http://127.0.0.1:${address.port}`;
  gateway = openRazorpay({
    keyId: 'rzp_test_x',
    keySecret: 'secret',
    webhookSecrets: ['new', 'old'],
    baseUrl: () => url,
    timeoutMs: 200,
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const PAYMENT = 'pay_AbCdEf12345678';
const says =
  (status: number, body: unknown, type = 'application/json') =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
const envelope = (description: string) => ({ error: { code: 'BAD_REQUEST_ERROR', description } });

describe('GW1: three kinds of answer', () => {
  test('a no with the provider’s envelope is a no, in its words', async () => {
    answer = says(400, envelope('The payment has been fully refunded already'));
    expect(await gateway.payment(PAYMENT)).toEqual({
      kind: 'rejected',
      code: 'BAD_REQUEST_ERROR',
      description: 'The payment has been fully refunded already',
    });
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['500', says(500, envelope('We are facing some trouble'))],
    ['502 with a page', says(502, '<html>Bad Gateway</html>', 'text/html')],
    ['503 without a body', says(503, '')],
    ['429', says(429, envelope('Throttling Error'))],
    ['401, which is our own fault', says(401, envelope('Authentication failed'))],
    ['404 of some proxy', says(404, 'nothing here', 'text/plain')],
    [
      '409 while the first try runs',
      says(409, envelope('Another request with the same idempotency key is still in progress.')),
    ],
    ['a redirect', (response) => response.writeHead(302, { location: `${url}/elsewhere` }).end()],
    ['200 with another shape', says(200, { id: PAYMENT })],
    ['200 with a page', says(200, '<html>Hello</html>', 'text/html')],
    ['a cut connection', (response) => response.destroy()],
    ['silence', () => undefined],
  ])('%s: it may have happened', async (_what, given) => {
    answer = given;
    expect(
      await gateway.refund({ paymentId: PAYMENT, amount: 100, key: 'refund-1234567890', notes: {} }),
    ).toMatchObject({
      kind: 'unknown',
    });
    expect(await gateway.payment(PAYMENT)).toMatchObject({ kind: 'unknown' });
  });

  test('nobody listening', async () => {
    const alone = openRazorpay({
      keyId: 'rzp_test_x',
      keySecret: 'secret',
      webhookSecrets: ['new'],
      baseUrl: () => 'http://127.0.0.1:9',
    });
    const seen = await alone.payment(PAYMENT);
    expect(seen).toMatchObject({ kind: 'unknown', cause: expect.stringContaining('ECONNREFUSED') });
  });

  test('loopback is reached whatever proxy the environment names', async () => {
    process.env.HTTP_PROXY = 'http://127.0.0.1:9';
    try {
      answer = says(400, envelope('reached'));
      expect(await gateway.payment(PAYMENT)).toMatchObject({ kind: 'rejected', description: 'reached' });
    } finally {
      delete process.env.HTTP_PROXY;
    }
  });

  test('EF4: a refund carries its key', async () => {
    answer = says(200, { id: 'rfnd_AbCdEf12345678', amount: 100, status: 'pending', notes: [] });
    const refunded = await gateway.refund({ paymentId: PAYMENT, amount: 100, key: 'refund-1234567890', notes: {} });
    expect(refunded).toMatchObject({ kind: 'ok', value: { status: 'pending', operationId: null } });
    expect(headers).toMatchObject({ 'x-refund-idempotency': 'refund-1234567890' });
  });

  test('a list with one unreadable item is unreadable: it could be the one we look for', async () => {
    const good = { id: 'rfnd_AbCdEf12345678', amount: 100, status: 'processed', notes: { op_id: 'r1' } };
    answer = says(200, { items: [good] });
    expect(await gateway.refundsOf(PAYMENT)).toMatchObject({ kind: 'ok', value: [{ operationId: 'r1' }] });
    answer = says(200, { items: [good, { id: 5 }] });
    expect(await gateway.refundsOf(PAYMENT)).toMatchObject({ kind: 'unknown' });
  });
});

describe('GW2: signatures', () => {
  const sign = (secret: string, message: string | Buffer): string =>
    createHmac('sha256', secret).update(message).digest('hex');

  test('of the checkout', () => {
    const proof = { orderId: 'order_1', paymentId: 'pay_1', signature: sign('secret', 'order_1|pay_1') };
    expect(gateway.isCheckoutGenuine(proof)).toBe(true);
    expect(gateway.isCheckoutGenuine({ ...proof, orderId: 'order_2' })).toBe(false);
    expect(gateway.isCheckoutGenuine({ ...proof, signature: '' })).toBe(false);
    expect(gateway.isCheckoutGenuine({ ...proof, signature: proof.signature.toUpperCase() })).toBe(false);
  });

  test('of a webhook: over the bytes as they came, with the new secret or the old', () => {
    const body = Buffer.from('{"a": "ü"}\n');
    expect(gateway.isWebhookGenuine(body, sign('new', body))).toBe(true);
    expect(gateway.isWebhookGenuine(body, sign('old', body))).toBe(true);
    expect(gateway.isWebhookGenuine(body, sign('other', body))).toBe(false);
    expect(gateway.isWebhookGenuine(Buffer.from('{"a":"ü"}'), sign('new', body))).toBe(false);
  });
});

test('GW3: what is not an id of the provider never reaches a path', async () => {
  answer = () => {
    throw new Error('reached');
  };
  const refused = { kind: 'rejected', code: 'NOT_AN_ID' };
  expect(await gateway.payment('../orders/order_AbCdEf12345678')).toMatchObject(refused);
  expect(await gateway.transfer(PAYMENT)).toMatchObject(refused);
  const transfer = { paymentId: PAYMENT, accountId: 'acc_demo', amount: 100, notes: {} };
  expect(await gateway.createTransfer(transfer)).toMatchObject(refused);
});

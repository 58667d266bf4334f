import { createHmac } from 'node:crypto';
import Razorpay from 'razorpay';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startSandboxProcess, temporaryFolder, WEBHOOK_SECRET, type RunningSandbox } from '../testing/process.ts';
import { startReceiver, type Receiver } from '../testing/receiver.ts';
import { createSdk, type Sdk } from '../testing/sdk.ts';

const folder = temporaryFolder();
let sandbox: RunningSandbox;
let sdk: Sdk;
let receiver: Receiver;

beforeAll(async () => {
  sandbox = await startSandboxProcess(folder.path);
  sdk = createSdk(sandbox.url);
});
afterAll(async () => {
  await sandbox.stop();
  folder.remove();
});
beforeEach(async () => {
  receiver = await startReceiver();
  await sandbox.control('webhook-url', { url: receiver.url });
});
afterEach(async () => {
  await sandbox.control('webhooks/faults', undefined, 'DELETE');
  await receiver.close();
});

async function payOrder(amount = 1000): Promise<string> {
  const order = await sdk.razorpay.orders.create({ amount, currency: 'INR' });
  return String((await sandbox.control(`orders/${order.id}/pay`, {})).payment_id);
}
const names = () => receiver.received.map(({ event }) => event);
const count = (event: string) => names().filter((name) => name === event).length;

it('waited for an address and then came, each event once, signed over the raw body', async () => {
  const payment = await payOrder();
  await receiver.until((all) => all.length >= 3);
  expect(names().toSorted()).toEqual(['order.paid', 'payment.authorized', 'payment.captured']);
  for (const { body, signature, eventId } of receiver.received) {
    expect(signature).toBe(createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex'));
    expect(Razorpay.validateWebhookSignature(body, signature, WEBHOOK_SECRET)).toBe(true);
    expect(eventId).not.toBe('undefined');
  }
  expect(new Set(receiver.received.map(({ eventId }) => eventId)).size).toBe(3);
  const paid = JSON.parse(receiver.received.find(({ event }) => event === 'order.paid')?.body ?? '{}');
  expect(paid).toMatchObject({
    entity: 'event',
    event: 'order.paid',
    contains: ['payment', 'order'],
    payload: { payment: { entity: { id: payment, status: 'captured' } }, order: { entity: { status: 'paid' } } },
  });
  expect(paid.account_id).toMatch(/^acc_/);
  expect(paid.created_at).toBeTypeOf('number');
});

it('is sent again after a no, under the same event id, until the yes', async () => {
  receiver.answers.push(500, 503);
  const order = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' });
  await sandbox.control(`orders/${order.id}/pay`, { vpa: 'failure@razorpay' });
  await receiver.until((all) => all.length === 3);
  expect(new Set(receiver.received.map(({ eventId }) => eventId)).size).toBe(1);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  const { events } = (await sandbox.state()).webhooks;
  expect(events.at(-1)).toMatchObject({
    event: 'payment.failed',
    status: 'delivered',
    attempts: [{ status: 500 }, { status: 503 }, { status: 200 }],
  });
});

it('can be sent twice', async () => {
  await sandbox.control('webhooks/faults', { kind: 'duplicate', event: 'payment.captured' });
  await payOrder();
  await receiver.until((all) => all.length === 4);
  expect(count('payment.captured')).toBe(2);
});

it('can be lost for good, and sent by hand', async () => {
  await sandbox.control('webhooks/faults', { kind: 'drop', event: 'order.paid' });
  await payOrder();
  await receiver.until((all) => all.length === 2);
  const lost = (await sandbox.state()).webhooks.events.at(-1);
  expect(lost).toMatchObject({ event: 'order.paid', status: 'dropped', attempts: [] });
  await sandbox.control(`webhooks/${String(lost?.eventId)}/resend`, {});
  await receiver.until((all) => all.length === 3);
  expect(count('order.paid')).toBe(1);
});

it('can be held until released', async () => {
  await sandbox.control('webhooks/faults', { kind: 'hold', event: 'payment.captured' });
  await payOrder();
  await receiver.until((all) => all.length === 2);
  expect(count('payment.captured')).toBe(0);
  expect(await sandbox.control('webhooks/release', {})).toEqual({ released: 1 });
  await receiver.until((all) => all.length === 3);
});

it('can be turned round', async () => {
  await sandbox.control('webhooks/faults', { kind: 'reorder', times: 3 });
  await payOrder();
  await receiver.until((all) => all.length === 3);
  expect(names()).toEqual(['order.paid', 'payment.captured', 'payment.authorized']);
});

it('can be late', async () => {
  await sandbox.control('webhooks/faults', { kind: 'delay', event: 'order.paid', delayMs: 600 });
  const start = Date.now();
  await payOrder();
  await receiver.until((all) => all.length === 3);
  expect(names().at(-1)).toBe('order.paid');
  expect(Date.now() - start).toBeGreaterThanOrEqual(600);
});

it('tells of refunds, transfers and settlements', async () => {
  const { accountId } = await sandbox.control('accounts', { email: 'hooks@tutors.test', name: 'A tutor' });
  const transfers = [{ account: String(accountId), amount: 500, currency: 'INR' }];
  await sdk.razorpay.payments.transfer(await payOrder(), { transfers });
  await receiver.until((all) => all.some(({ event }) => event === 'transfer.processed'));
  await sdk.razorpay.payments.refund(await payOrder(), {});
  await sandbox.control('settlements/run', {});
  await receiver.until(() =>
    ['refund.created', 'refund.processed', 'settlement.processed'].every((event) => count(event) === 1),
  );
});

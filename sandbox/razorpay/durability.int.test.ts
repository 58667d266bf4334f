import { afterEach, expect, it } from 'vitest';
import { startSandboxProcess, temporaryFolder } from '../testing/process.ts';
import { startReceiver } from '../testing/receiver.ts';
import { createSdk } from '../testing/sdk.ts';

const folder = temporaryFolder();
afterEach(() => folder.remove());

it('loses nothing that it acknowledged when it is killed, and goes on with what it had begun', async () => {
  const first = await startSandboxProcess(folder.path);
  const sdk = createSdk(first.url);
  const { accountId } = await first.control('accounts', { email: 'kill@tutors.test', name: 'A tutor' });
  const order = await sdk.razorpay.orders.create({ amount: 100_000, currency: 'INR', receipt: 'booking-k' });
  const { payment_id: payment } = await first.control(`orders/${order.id}/pay`, {});
  const refundable = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' });
  const { payment_id: refunded } = await first.control(`orders/${refundable.id}/pay`, {});
  const headers = { 'X-Refund-Idempotency': 'refund-across-a-crash' };
  const refund = await sdk.post(`/v1/payments/${String(refunded)}/refund`, { amount: 400 }, headers);
  await first.control('clock', { offsetMs: 60_000 });
  await first.control('webhooks/faults', { kind: 'duplicate', event: 'transfer.processed' });
  const made = await sdk.razorpay.payments.transfer(String(payment), {
    transfers: [{ account: String(accountId), amount: 90_000, currency: 'INR', on_hold: true }],
  });
  const transferId = String(made.items[0]?.id);
  await first.kill();

  const receiver = await startReceiver();
  const second = await startSandboxProcess(folder.path, { SANDBOX_WEBHOOK_URL: receiver.url });
  const again = createSdk(second.url);
  expect(await again.razorpay.orders.fetch(order.id)).toMatchObject({ status: 'paid', receipt: 'booking-k' });
  expect(await again.post(`/v1/payments/${String(refunded)}/refund`, { amount: 400 }, headers)).toEqual(refund);
  expect((await second.state()).clock.offsetMs).toBe(60_000);

  await receiver.until((all) => all.filter(({ event }) => event === 'transfer.processed').length === 2);
  const happened = receiver.received.map(({ event }) => event);
  for (const event of ['payment.captured', 'order.paid', 'refund.processed']) expect(happened).toContain(event);
  expect(await again.get(`/v1/transfers/${transferId}`)).toMatchObject({ status: 'processed', on_hold: true });
  const { counts } = (await second.state()).requests;
  expect(counts['POST /v1/payments/:id/transfers']).toEqual({ calls: 1, committed: 1 });
  expect(counts['POST /v1/payments/:id/refund']).toEqual({ calls: 2, committed: 2 });
  expect(await second.stop()).toBe(0);
  await receiver.close();
});

it('survives being killed at any moment while orders are made: each acknowledged one is there', async () => {
  const acknowledged: string[] = [];
  for (const life of [1, 2, 3]) {
    const sandbox = await startSandboxProcess(folder.path);
    const sdk = createSdk(sandbox.url);
    const killed = new Promise<void>((resolve) => {
      setTimeout(() => void sandbox.kill().then(resolve), 120 * life);
    });
    for (let alive = true; alive;) {
      const answer = await sdk.razorpay.orders.create({ amount: 1000, currency: 'INR' }).catch(() => null);
      if (answer) acknowledged.push(answer.id);
      alive = answer !== null;
    }
    await killed;
  }
  const last = await startSandboxProcess(folder.path);
  const known = new Set((await last.state()).orders.map(({ id }) => id));
  expect(acknowledged.length).toBeGreaterThan(10);
  expect(acknowledged.filter((id) => !known.has(id))).toEqual([]);
  await last.stop();
});

it('keeps what was set to go wrong when it is killed', async () => {
  const first = await startSandboxProcess(folder.path);
  const order = await createSdk(first.url).razorpay.orders.create({ amount: 1000, currency: 'INR' });
  const { payment_id: payment } = await first.control(`orders/${order.id}/pay`, {});
  await first.control('refunds/pend', { times: 1 });
  await first.control('faults', { method: 'GET', route: '/v1/refunds', kind: '500' });
  await first.kill();
  const second = await startSandboxProcess(folder.path);
  const { razorpay } = createSdk(second.url);
  await expect(razorpay.refunds.all()).rejects.toMatchObject({ statusCode: 500 });
  expect(await razorpay.payments.refund(String(payment), { amount: 100 })).toMatchObject({ status: 'pending' });
  expect(await razorpay.payments.refund(String(payment), { amount: 100 })).toMatchObject({ status: 'processed' });
  await second.stop();
});

it('ends when its parent has died, and refuses a folder that is in use', async () => {
  const sandbox = await startSandboxProcess(folder.path);
  await expect(startSandboxProcess(folder.path)).rejects.toThrow(/ended with 1/);
  expect(await sandbox.orphan()).toBe(0);
});

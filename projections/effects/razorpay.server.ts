/**
 * Razorpay through its own package. What the package lacks (idempotency headers, reversals, uploads with a name) is added
 * here and in razorpay-*.server.ts, and nowhere else; reference: its sheet §0 and §14.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Answer, PaymentGateway } from './payment-gateway.ts';
import { accountsAt } from './razorpay-accounts.server.ts';
import { disputesAt } from './razorpay-disputes.server.ts';
import { listOf, readOrder, readPayment, readRefund, readReversal, readTransfer } from './razorpay-entities.ts';
import { reportsAt } from './razorpay-reports.server.ts';
import { ask, checked, connect, type RazorpaySettings } from './razorpay-transport.server.ts';

export type { RazorpaySettings } from './razorpay-transport.server.ts';

const hmac = (secret: string, message: string | Buffer): Buffer =>
  createHmac('sha256', secret).update(message).digest();

function sameSignature(expected: Buffer, hex: string): boolean {
  const given = Buffer.from(/^[0-9a-f]{64}$/.test(hex) ? hex : '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export function openRazorpay(settings: RazorpaySettings): PaymentGateway {
  const { keySecret, webhookSecrets } = settings;
  const connection = connect(settings);
  const { client, transport } = connection;
  const byAge = <T extends { createdAt: number }>(answer: Answer<readonly T[]>): Answer<readonly T[]> =>
    answer.kind === 'ok' ? { kind: 'ok', value: answer.value.toSorted((a, b) => a.createdAt - b.createdAt) } : answer;

  return {
    name: 'razorpay',
    ...disputesAt(connection),
    ...accountsAt(connection),
    ...reportsAt(connection),

    createOrder: ({ amount, receipt, notes }) =>
      ask(readOrder, () => client.orders.create({ amount, currency: 'INR', receipt, notes })),
    ordersByReceipt: async (receipt) =>
      byAge(await ask(listOf(readOrder), () => client.orders.all({ receipt, count: 100 }))),
    paymentsOfOrder: async (orderId) =>
      byAge(await ask(listOf(readPayment), () => client.orders.fetchPayments(checked('order', orderId)))),
    payment: (paymentId) => ask(readPayment, () => client.payments.fetch(checked('pay', paymentId))),

    createTransfer: async ({ paymentId, accountId, amount, notes }) => {
      const made = await ask(listOf(readTransfer), () => {
        const wanted = { account: checked('acc', accountId), amount, currency: 'INR', notes, on_hold: true };
        return client.payments.transfer(checked('pay', paymentId), { transfers: [wanted] });
      });
      if (made.kind !== 'ok') return made;
      const [transfer] = made.value;
      return transfer ? { kind: 'ok', value: transfer } : { kind: 'unknown', cause: 'the answer names no transfer' };
    },
    transfersOfPayment: (paymentId) =>
      ask(listOf(readTransfer), () =>
        client.api.get({ url: `/payments/${checked('pay', paymentId)}/transfers`, data: { count: 100 } }),
      ),
    transfer: (transferId) => ask(readTransfer, () => client.transfers.fetch(checked('trf', transferId))),
    liftHold: (transferId) =>
      ask(readTransfer, () => client.transfers.edit(checked('trf', transferId), { on_hold: false })),

    reverse: ({ transferId, amount, notes }) =>
      ask(readReversal, () =>
        client.api.post({ url: `/transfers/${checked('trf', transferId)}/reversals`, data: { amount, notes } }),
      ),
    reversalsOf: (transferId) =>
      ask(listOf(readReversal), () => client.api.get({ url: `/transfers/${checked('trf', transferId)}/reversals` })),

    refund: ({ paymentId, amount, key, notes }) =>
      ask(readRefund, async () => {
        const answer = await transport.post(
          `/v1/payments/${checked('pay', paymentId)}/refund`,
          { amount, speed: 'normal', notes },
          { headers: { 'X-Refund-Idempotency': key } },
        );
        return answer.data;
      }),
    refundsOf: (paymentId) =>
      ask(listOf(readRefund), () => client.payments.fetchMultipleRefund(checked('pay', paymentId), { count: 100 })),

    isCheckoutGenuine: ({ orderId, paymentId, signature }) =>
      sameSignature(hmac(keySecret, `${orderId}|${paymentId}`), signature),
    isWebhookGenuine: (rawBody, signature) => {
      let genuine = false;
      // Every secret is tried, so that the time taken does not tell which one matched.
      for (const secret of webhookSecrets) if (sameSignature(hmac(secret, rawBody), signature)) genuine = true;
      return genuine;
    },
  };
}

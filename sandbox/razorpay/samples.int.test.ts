/** Every kind of answer and event beside the provider's published samples: the same fields, of the same types. */
import { expect, it } from 'vitest';
import { KEY_ID, KEY_SECRET } from '../testing/process.ts';
import { startReceiver } from '../testing/receiver.ts';
import { differences } from '../testing/samples.ts';
import { eventually, useScene } from '../testing/scene.ts';
import { rejection } from '../testing/sdk.ts';
import { field, isJson } from '../testing/shapes.ts';

const scene = useScene();

const items = (shown: unknown): unknown[] => {
  const list = field(shown, 'items');
  return Array.isArray(list) ? list : [];
};

it('payments by each method, before and after the money, and the orders they pay', async () => {
  const { sandbox, sdk } = scene();
  for (const more of [
    {},
    { method: 'card' },
    { method: 'netbanking' },
    { method: 'wallet' },
    { vpa: 'failure@razorpay' },
  ]) {
    const order = await sdk.post('/v1/orders', { amount: 1000, currency: 'INR', notes: { op: '1' } });
    expect(differences('order', order)).toEqual([]);
    const { payment_id: id } = await sandbox.control(`orders/${String(order.id)}/pay`, more);
    expect(differences('payment', await sdk.get(`/v1/payments/${String(id)}?expand[]=card`))).toEqual([]);
    expect(differences('order', await sdk.get(`/v1/orders/${String(order.id)}`))).toEqual([]);
  }
});

it('transfers as they are made, processed, failed and settled, reversals, settlements, and the report of it all', async () => {
  const { makeAccount, paidPayment, sandbox, sdk, settledTransfer, transfer } = scene();
  const account = await makeAccount('samples@tutors.test');
  const payment = await paidPayment(100_000);
  const made = await sdk.post(`/v1/payments/${payment}/transfers`, {
    transfers: [{ account, amount: 50_000, currency: 'INR', on_hold: true, notes: { op: '1' } }],
  });
  const [pending] = items(made);
  expect(differences('transfer', pending)).toEqual([]);
  expect(pending).not.toHaveProperty('fees');
  expect(pending).not.toHaveProperty('settlement_status');
  const id = String(field(pending, 'id'));
  const processed = await settledTransfer(id);
  expect(differences('transfer', processed)).toEqual([]);
  expect(differences('transferError', processed.error)).toEqual([]);
  expect(differences('reversal', await sdk.post(`/v1/transfers/${id}/reversals`, { amount: 1000 }))).toEqual([]);
  expect(differences('refund', await sdk.post(`/v1/payments/${payment}/refund`, { amount: 1000 }))).toEqual([]);
  const direct = await sdk.post('/v1/transfers', { account, amount: 500, currency: 'INR' });
  expect(differences('transfer', direct)).toEqual([]);
  const free = await transfer(await paidPayment(10_000), account, 9000);
  const lost = await sandbox.control(`payments/${await paidPayment(10_000)}/disputes`, {});
  await sdk.razorpay.disputes.accept(String(lost.id));
  await sandbox.control('settlements/run', {});
  const settled = await sdk.get(`/v1/transfers/${free}?expand[]=recipient_settlement`);
  expect(differences('transfer', settled)).toEqual([]);
  expect(differences('settlement', settled.recipient_settlement)).toEqual([]);
  for (const settlement of items(await sdk.razorpay.settlements.all())) {
    expect(differences('settlement', settlement)).toEqual([]);
  }

  const now = new Date((await sandbox.state()).clock.now + 5.5 * 3_600_000);
  const rows = items(
    await sdk.razorpay.settlements.reports({ year: now.getUTCFullYear(), month: now.getUTCMonth() + 1, count: 1000 }),
  );
  expect(rows.flatMap((row) => differences('reportRow', row))).toEqual([]);
  const kinds = new Set(
    rows.map((row) => `${String(field(row, 'type'))} ${String(field(row, 'entity_id')).split('_')[0]}`),
  );
  expect([...kinds].toSorted()).toEqual([
    'adjustment adj',
    'adjustment rvrsl',
    'payment pay',
    'refund rfnd',
    'transfer trf',
  ]);
});

it('disputes, documents, accounts, stakeholders and products', async () => {
  const { paidPayment, sandbox, sdk } = scene();
  const dispute = await sandbox.control(`payments/${await paidPayment(1000)}/disputes`, {});
  expect(differences('dispute', dispute)).toEqual([]);
  expect(differences('evidence', dispute.evidence)).toEqual([]);
  const form = new FormData();
  form.set('purpose', 'dispute_evidence');
  form.set('file', new File(['x'], 'proof.pdf', { type: 'application/pdf' }));
  const uploaded = await fetch(`${sandbox.url}/v1/documents`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${KEY_ID}:${KEY_SECRET}`)}` },
    body: form,
  });
  expect(differences('document', await uploaded.json())).toEqual([]);
  const account = await sdk.post('/v2/accounts', {
    email: 'shape@tutors.test',
    phone: '9000090000',
    type: 'route',
    legal_business_name: 'Meera Iyer',
    business_type: 'individual',
    contact_name: 'Meera Iyer',
  });
  expect(differences('account', account)).toEqual([]);
  const path = `/v2/accounts/${String(account.id)}`;
  const stakeholder = await sdk.post(`${path}/stakeholders`, { name: 'Meera Iyer', email: 'm@tutors.test' });
  expect(differences('stakeholder', stakeholder)).toEqual([]);
  const product = await sdk.post(`${path}/products`, { product_name: 'route', tnc_accepted: true });
  expect(differences('product', product)).toEqual([]);
  expect(product.requirements).not.toEqual([]);
  for (const one of Array.isArray(product.requirements) ? product.requirements : []) {
    expect(differences('requirement', one)).toEqual([]);
  }
  const { error } = await rejection(sdk.get('/v1/payments/pay_AAAAAAAAAAAAAA'));
  expect(differences('error', error)).toEqual([]);
});

it('events: the envelope, and in it what the same call would show', async () => {
  const { sandbox } = scene();
  const receiver = await startReceiver();
  await sandbox.control('webhook-url', { url: receiver.url });
  await eventually(
    async () => (await sandbox.state()).webhooks.events.filter(({ status }) => status === 'queued').length,
    (left) => left === 0,
  );
  expect(receiver.received.length).toBeGreaterThan(20);
  const entities = ['payment', 'order', 'refund', 'transfer', 'settlement', 'dispute'] as const;
  for (const { body } of receiver.received) {
    const event: unknown = JSON.parse(body);
    expect(differences('event', event)).toEqual([]);
    const payload = field(event, 'payload');
    expect(Object.keys(isJson(payload) ? payload : {})).toEqual(field(event, 'contains'));
    for (const name of entities.filter((entity) => isJson(payload) && entity in payload)) {
      expect(differences(name, field(field(payload, name), 'entity'))).toEqual([]);
    }
  }
  await receiver.close();
});

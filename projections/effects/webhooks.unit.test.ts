import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { openRazorpay } from './razorpay.server.ts';
import { newsIn } from './webhook-news.ts';

const BODY = Buffer.from(
  '{"entity":"event","account_id":"acc_AbCdEf12345678","event":"payment.captured","contains":["payment"],"payload":{"payment":{"entity":{"id":"pay_AbCdEf12345678","amount":80000,"notes":[]}}},"created_at":1800000000}',
);
const NEW = 'whsec-new-0123456789';
const OLD = 'whsec-old-0123456789';
const sign = (secret: string, body: Buffer | string): string => createHmac('sha256', secret).update(body).digest('hex');
const good = sign(NEW, BODY);
const gateway = openRazorpay({ keyId: 'rzp_test_x', keySecret: 'key-secret', webhookSecrets: [NEW, OLD] });
const parsed: unknown = JSON.parse(BODY.toString());
const flipped = Buffer.from(BODY);
flipped[40] = (flipped[40] ?? 0) ^ 1;
const swapped = good.slice(0, -1) + (good.endsWith('0') ? '1' : '0');

describe('GW2: what is signed, and what only looks like it', () => {
  const cases: readonly (readonly [string, boolean, Buffer, string])[] = [
    ['the bytes as they came', true, BODY, good],
    ['the old secret while it is being rotated', true, BODY, sign(OLD, BODY)],
    ['an empty body that is signed', true, Buffer.alloc(0), sign(NEW, '')],
    ['a body that is no JSON', true, Buffer.from('hello'), sign(NEW, 'hello')],
    ['bytes that are no UTF-8', true, Buffer.from([0xff, 0xfe, 0x00]), sign(NEW, Buffer.from([0xff, 0xfe, 0x00]))],
    ['a body of a megabyte', true, Buffer.alloc(1_000_000, 97), sign(NEW, Buffer.alloc(1_000_000, 97))],
    ['one bit of the body flipped', false, flipped, good],
    ['the amount changed', false, Buffer.from(BODY.toString().replace('80000', '80001')), good],
    ['a byte more', false, Buffer.concat([BODY, Buffer.from(' ')]), good],
    ['a line feed more', false, Buffer.concat([BODY, Buffer.from('\n')]), good],
    ['a byte less', false, BODY.subarray(0, -1), good],
    ['a byte order mark in front', false, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), BODY]), good],
    ['JSON written again with spaces', false, Buffer.from(JSON.stringify(parsed, null, 2)), good],
    ['JSON written again in another order', false, Buffer.from(JSON.stringify(reversed(parsed))), good],
    [
      'JSON with an escape written out',
      false,
      Buffer.from(BODY.toString().replace('payment.captured', String.raw`payment\u002ecaptured`)),
      good,
    ],
    ['nothing of the body', false, Buffer.alloc(0), good],
    ['another body altogether', false, Buffer.from('{}'), good],
    ['a secret that is neither', false, BODY, sign('whsec-other', BODY)],
    ['the key secret', false, BODY, sign('key-secret', BODY)],
    ['an empty secret', false, BODY, sign('', BODY)],
    ['the new secret with a space', false, BODY, sign(`${NEW} `, BODY)],
    ['no signature', false, BODY, ''],
    ['a space', false, BODY, ' '],
    ['a digit less', false, BODY, good.slice(0, -1)],
    ['a digit more', false, BODY, `${good}0`],
    ['twice the signature', false, BODY, good + good],
    ['two signatures in a list', false, BODY, `${good},${good}`],
    ['half of it', false, BODY, good.slice(0, 32)],
    ['the last digit changed', false, BODY, swapped],
    ['in capitals', false, BODY, good.toUpperCase()],
    ['one capital', false, BODY, good.replace(/[a-f]/, (digit) => digit.toUpperCase())],
    ['spaces around it', false, BODY, ` ${good} `],
    ['a line feed after it', false, BODY, `${good}\n`],
    ['with the name of the algorithm', false, BODY, `sha256=${good}`],
    ['0x in front', false, BODY, `0x${good}`.slice(0, 64)],
    ['base64', false, BODY, Buffer.from(good, 'hex').toString('base64')],
    ['zeros', false, BODY, '0'.repeat(64)],
    ['no digits', false, BODY, 'z'.repeat(64)],
    ['digits of another script', false, BODY, '٠'.repeat(64)],
    ['U+0000 after it', false, BODY, `${good.slice(0, 63)}\u0000`],
    ['another algorithm', false, BODY, createHmac('sha512', NEW).update(BODY).digest('hex')],
    [
      'another algorithm, cut to length',
      false,
      BODY,
      createHmac('sha512', NEW).update(BODY).digest('hex').slice(0, 64),
    ],
    ['the hash without a secret', false, BODY, createHash('sha256').update(BODY).digest('hex')],
    ['signed twice', false, BODY, sign(NEW, good)],
    ['the signature of another webhook', false, BODY, sign(NEW, '{"event":"payment.failed"}')],
  ];
  test.each(cases)('%s', (_what, genuine, body, signature) => {
    expect(gateway.isWebhookGenuine(body, signature)).toBe(genuine);
  });

  it('after the rotation the old secret is worth nothing', () => {
    const rotated = openRazorpay({ keyId: 'rzp_test_x', keySecret: 'key-secret', webhookSecrets: [NEW] });
    expect(rotated.isWebhookGenuine(BODY, sign(OLD, BODY))).toBe(false);
    expect(rotated.isWebhookGenuine(BODY, good)).toBe(true);
  });
});

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

describe('WH7: what a webhook is about', () => {
  const event = (name: string, payload: object, rest: object = { created_at: 1_800_000_000 }): string =>
    JSON.stringify({ entity: 'event', event: name, payload, ...rest });
  const payment = { entity: { id: 'pay_1', order_id: 'order_1', status: 'captured', notes: [] } };

  it('two events that state the same fact mean the same', () => {
    const captured = newsIn(event('payment.captured', { payment }));
    const paid = newsIn(event('order.paid', { payment, order: { entity: { id: 'order_1', status: 'paid' } } }));
    expect(captured.meaning).toBe('pay_1 captured');
    expect(paid.meaning).toBe(captured.meaning);
    expect(paid.orders).toEqual(['order_1']);
  });
  it('different states mean different things', () => {
    const authorized = { entity: { ...payment.entity, status: 'authorized' } };
    expect(newsIn(event('payment.authorized', { payment: authorized })).meaning).not.toBe(
      newsIn(event('payment.captured', { payment })).meaning,
    );
  });
  it('a refund is about the refund, and its payment is looked at as well', () => {
    const refund = { entity: { id: 'rfnd_1', status: 'processed', notes: { op_id: 'op1', booking_id: 'b1' } } };
    expect(newsIn(event('refund.processed', { refund, payment }))).toMatchObject({
      meaning: 'rfnd_1 processed',
      orders: ['order_1'],
      called: ['rfnd_1', 'op1'],
    });
  });
  it.each(['transfer.failed', 'transfers.failed'])('%s, however it is spelt', (name) => {
    const transfer = { entity: { id: 'trf_1', status: 'failed', notes: [] } };
    expect(newsIn(event(name, { [name.split('.')[0] ?? '']: transfer }))).toMatchObject({
      meaning: 'trf_1 failed',
      called: ['trf_1'],
    });
  });
  it('a dispute, with its evidence beside it; the same status again at another time is news', () => {
    const dispute = { entity: { id: 'disp_1', status: 'open', phase: 'chargeback' }, evidence: { summary: 'x' } };
    const once = newsIn(event('payment.dispute.action_required', { payment, dispute }));
    expect(once).toMatchObject({ disputes: ['disp_1'], orders: ['order_1'] });
    const later = newsIn(event('payment.dispute.action_required', { payment, dispute }, { created_at: 1_800_000_900 }));
    expect(later.meaning).not.toBe(once.meaning);
    expect(newsIn(event('payment.dispute.action_required', { payment, dispute })).meaning).toBe(once.meaning);
    // Open since it was made, and open because more is wanted, within one second.
    expect(newsIn(event('payment.dispute.created', { payment, dispute })).meaning).not.toBe(once.meaning);
  });
  it('the time of a refund’s speed stands inside the payload', () => {
    const refund = { entity: { id: 'rfnd_1', status: 'pending' } };
    const seen = newsIn(event('refund.speed_changed', { refund, created_at: 7 }, {}));
    expect(seen.meaning).toBe('rfnd_1 pending 7 refund.speed_changed');
  });
  it('an account, by its own id or the envelope’s', () => {
    const merchant = { id: 'acc_prd_1', merchant_id: 'acc_1', activation_status: 'activated' };
    expect(newsIn(event('product.route.activated', { merchant_product: { entity: merchant } })).accounts).toEqual([
      { accountId: 'acc_1', productId: 'acc_prd_1' },
    ]);
    const { merchant_id: _, ...bare } = merchant;
    const payload = { merchant_product: { entity: bare, data: { requirements: [] } } };
    expect(newsIn(event('product.route.activated', payload, { account_id: 'acc_2' })).accounts).toEqual([
      { accountId: 'acc_2', productId: 'acc_prd_1' },
    ]);
  });
  it('a settlement', () => {
    const settlement = { entity: { id: 'setl_1', status: 'processed', utr: 'UTR1' } };
    expect(newsIn(event('settlement.processed', { settlement })).settled).toBe(true);
  });
  it.each(['', 'null', '7', '[]', '{}', '"x"', '{"payload":7}', '{"payload":{"payment":[]}}', '{', '\u0000'])(
    'nothing can be found in %j, and nothing breaks',
    (body) => {
      expect(newsIn(body)).toEqual({
        meaning: '',
        orders: [],
        disputes: [],
        accounts: [],
        called: [],
        settled: false,
      });
    },
  );
  it('ids that are no text are not taken', () =>
    expect(newsIn(event('payment.captured', { payment: { entity: { id: 5, order_id: { $gt: '' } } } })).orders).toEqual(
      [],
    ));
});

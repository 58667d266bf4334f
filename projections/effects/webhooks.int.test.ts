/** The inbox over real tables: every order, many at once, a database that does not answer. The provider is scripted. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { fold } from '#events/shared/decider.ts';
import { newId } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { recogniseAs } from '#events/handling/registry.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import * as payment from '#events/payment/events.ts';
import * as payout from '#events/payout/events.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { takeOver } from '../runner/checkpoint.server.ts';
import { prepareWorkerTables } from '../runner/schema.server.ts';
import { scriptedGateway } from '../testing/scripted-gateway.ts';
import { createCaseDesk } from './observe-cases.server.ts';
import { createPaymentDesk } from './observe.server.ts';
import { createOutbox, EFFECTS, planCall } from './outbox.server.ts';
import type { PaymentGateway, ProviderPayment, ProviderTransfer } from './payment-gateway.ts';
import { createInbox, receiveWebhook, type Received } from './webhooks.server.ts';

const PRICE = 80_000;
const SHARE = 72_000;
const BACK = 40_000;
const clock = manualClock(Date.UTC(2026, 10, 21));
const log = createLog({ level: 'silent' });
const ok = <T>(value: T) => Promise.resolve({ kind: 'ok' as const, value });

let db: Database;
let store: EventStore;
let submit: Submit;
let fetches = 0;

/** Everything has happened at the provider; the webhooks only tell of it, in any order. */
const of = (id: string): string => id.slice(id.indexOf('_') + 1);
const attempt = (name: string, status: 'failed' | 'captured', createdAt: number, id: string): ProviderPayment => ({
  id: `${name}_${id}`,
  orderId: `order_${id}`,
  status,
  amount: PRICE,
  currency: 'INR',
  fee: status === 'captured' ? 1_888 : 0,
  tax: status === 'captured' ? 288 : 0,
  method: 'upi',
  reason: status === 'failed' ? 'payment_timed_out' : '',
  description: '',
  captured: status === 'captured',
  amountRefunded: status === 'captured' ? BACK : 0,
  createdAt,
});
const transferOf = (id: string): ProviderTransfer => ({
  id: `trf_${id}`,
  status: 'processed',
  amount: SHARE,
  onHold: true,
  settlementId: null,
  settled: false,
  problem: '',
  fee: 213,
  tax: 33,
  amountReversed: 0,
  paymentId: `pay_${id}`,
  operationId: `transfer-${id}`,
});
const gateway: PaymentGateway = scriptedGateway({
  paymentsOfOrder: (orderId) => {
    fetches += 1;
    return ok([attempt('early', 'failed', 1, of(orderId)), attempt('pay', 'captured', 2, of(orderId))]);
  },
  transfersOfPayment: (paymentId) => ok([transferOf(of(paymentId))]),
  transfer: (transferId) => ok(transferOf(of(transferId))),
  refundsOf: (paymentId) =>
    ok([{ id: `rfnd_${of(paymentId)}`, amount: BACK, status: 'processed', operationId: `refund-${of(paymentId)}` }]),
});

beforeAll(async () => {
  db = await openPglite(null);
  await prepareWorkerTables(db);
  store = inMemoryStore();
  submit = createSubmit(store);
});
afterAll(async () => {
  await db.close();
});

type WithoutNow<C> = C extends AnyCommand ? Omit<C, 'now'> : never;
async function give(command: WithoutNow<AnyCommand>): Promise<void> {
  const id = newId();
  const done = await submit(
    { ...command, now: clock.now() },
    { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' } },
  );
  if (isRefusal(done)) throw new Error(`${command.type}: ${done.code}`);
}

/** A booking with its order at the provider; the answers to its transfer and its refund will be lost. */
async function order(bookingId: string): Promise<void> {
  await give({ type: 'PlanOrder', data: { bookingId, amount: PRICE, receipt: bookingId, payBy: clock.now() + 1 } });
  await give({ type: 'RecordOrder', data: { bookingId, orderId: `order_${bookingId}`, amount: PRICE } });
  await db.query(
    `INSERT INTO worker.outbound_call (operation_id, booking_id, kind, request, state, provider_id, correlation_id, causation_id, created_at, updated_at)
     VALUES ($1, $2, 'create-order', '{}', 'confirmed', $3, '', '', 0, 0)`,
    [`order-${bookingId}`, bookingId, `order_${bookingId}`],
  );
}

/** What the processes do about a capture, with answers that never came: the rows say `unknown`. */
async function react(bookingIds: readonly string[]): Promise<void> {
  for (const bookingId of bookingIds) {
    const state = await paymentOf(bookingId);
    if (state.kind !== 'captured' || state.refunds.length > 0) continue;
    const { providerPaymentId } = state.capture;
    await give({
      type: 'PlanPayout',
      data: {
        bookingId,
        tutorId: 't1',
        accountId: 'acc_1',
        providerPaymentId,
        gross: PRICE,
        commissionBps: 1_000,
        holdMs: 1,
      },
    });
    await give({ type: 'RequestTransfer', data: { bookingId, operationId: `transfer-${bookingId}` } });
    const refundId = `refund-${bookingId}`;
    await give({
      type: 'RequestRefund',
      data: { bookingId, refundId, providerPaymentId, amount: BACK, reason: 'test' },
    });
    const planned = { bookingId, correlationId: bookingId, causationId: bookingId };
    const transfer = { kind: 'create-transfer', bookingId, paymentId: providerPaymentId, accountId: 'acc_1' } as const;
    await planCall(
      db,
      { ...planned, operationId: `transfer-${bookingId}`, call: { ...transfer, amount: SHARE } },
      Date.now(),
    );
    const refund = { kind: 'refund-payment', bookingId, refundId, paymentId: providerPaymentId, amount: BACK } as const;
    await planCall(db, { ...planned, operationId: refundId, call: refund }, Date.now());
  }
  // Sent, and no answer came; looked at again in a minute, unless a webhook says so.
  await db.query(
    `UPDATE worker.outbound_call SET state = 'unknown', sent_at = $1, next_at = $2 WHERE state = 'planned'`,
    [Date.now(), Date.now() + 60_000],
  );
}

const paymentOf = async (bookingId: string): Promise<payment.PaymentState> =>
  fold(
    payment,
    (await store.read(`payment-${bookingId}`)).flatMap((event) => recogniseAs(event, 'payment') ?? []),
  );
const payoutOf = async (bookingId: string): Promise<payout.PayoutState> =>
  fold(
    payout,
    (await store.read(`payout-${bookingId}`)).flatMap((event) => recogniseAs(event, 'payout') ?? []),
  );

const WEBHOOKS: readonly (readonly [string, (id: string) => object])[] = [
  ['payment.failed', (id) => ({ payment: entity(`early_${id}`, 'failed', id) })],
  ['payment.authorized', (id) => ({ payment: entity(`pay_${id}`, 'authorized', id) })],
  ['payment.captured', (id) => ({ payment: entity(`pay_${id}`, 'captured', id) })],
  [
    'order.paid',
    (id) => ({
      payment: entity(`pay_${id}`, 'captured', id),
      order: { entity: { id: `order_${id}`, status: 'paid' } },
    }),
  ],
  ['transfer.processed', (id) => ({ transfer: operated(`trf_${id}`, `transfer-${id}`) })],
  [
    'refund.processed',
    (id) => ({ refund: operated(`rfnd_${id}`, `refund-${id}`), payment: entity(`pay_${id}`, 'captured', id) }),
  ],
];
const entity = (id: string, status: string, of_: string) => ({
  entity: { id, status, order_id: `order_${of_}`, notes: [] },
});
const operated = (id: string, operationId: string) => ({
  entity: { id, status: 'processed', notes: { op_id: operationId } },
});

const receive = (
  event: string,
  payload: object,
  eventId: string,
  on: Database = db,
  answerWithinMs = 10_000,
): Promise<Received> =>
  receiveWebhook(
    { db: on, gateway, log, answerWithinMs },
    Buffer.from(JSON.stringify({ event, payload, created_at: 1_800_000_000 })),
    { 'x-razorpay-event-id': eventId, 'x-razorpay-signature': 'any' },
  );

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length < 2) return yield items;
  for (const [index, item] of items.entries())
    for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest];
}

const settings = () => ({ db, store, gateway, submit, clock, log });
const desk = () => ({ ...createPaymentDesk(settings()), ...createCaseDesk(settings()) });
async function drain(task: { run(): Promise<boolean> }): Promise<void> {
  while (await task.run());
}

describe('WH4: order does not matter', { timeout: 180_000 }, () => {
  test('all 720 orders of six webhooks come to the same state, and each effect happens once', async () => {
    const orders = [...permutations(WEBHOOKS)];
    expect(orders).toHaveLength(720);
    const ids = orders.map((_, index) => `p${index}`);
    for (const id of ids) await order(id);
    const inbox = createInbox({ db, desk: desk(), log });
    const epoch = await takeOver(db, EFFECTS);
    const outbox = createOutbox({
      ...settings(),
      epoch,
      timing: { settleMs: 60_000, firstRetryMs: 1, longestRetryMs: 1 },
    });

    for (let step = 0; step < WEBHOOKS.length; step += 1) {
      await Promise.all(
        orders.map((webhooks, index) => {
          const [event, payload] = webhooks[step] ?? ['', () => ({})];
          return receive(event, payload(`p${index}`), `evt-${index}-${step}`);
        }),
      );
      await drain(inbox);
      await react(ids);
      await drain(outbox);
    }
    // A call whose webhook came before it was planned is read when its time comes.
    await db.query(`UPDATE worker.outbound_call SET next_at = 0 WHERE state = 'unknown'`);
    await drain(outbox);

    const states = await Promise.all(
      ids.map(async (id) =>
        JSON.stringify([await paymentOf(id), await payoutOf(id)]).replaceAll(
          new RegExp(`\\b${id}\\b|_${id}\\b`, 'g'),
          '',
        ),
      ),
    );
    expect(new Set(states).size).toBe(1);
    expect(await paymentOf('p0')).toMatchObject({
      kind: 'captured',
      capture: { providerPaymentId: 'pay_p0', amount: PRICE },
      failed: ['early_p0'],
      surplus: [],
      refunds: [{ amount: BACK, progress: 'processed' }],
    });
    expect(await payoutOf('p0')).toMatchObject({ kind: 'held', transferId: 'trf_p0' });
    const [left] = await db.query<{ webhooks: number; calls: number }>(
      `SELECT (SELECT count(*)::int4 FROM worker.webhook WHERE state <> 'done') AS webhooks,
              (SELECT count(*)::int4 FROM worker.outbound_call WHERE state <> 'confirmed') AS calls`,
    );
    expect(left).toEqual({ webhooks: 0, calls: 0 });
  });
});

describe('WH2, WH7: the same fact many times at once', () => {
  test('50 under one event id, 50 under others, and the browser at the same instant: one effect', async () => {
    await order('many');
    fetches = 0;
    const [event, payload] = WEBHOOKS[2] ?? ['', () => ({})];
    const front = desk();
    const proof = { razorpay_payment_id: 'pay_many', razorpay_order_id: 'order_many', razorpay_signature: 'any' };
    const [answers, verified] = await Promise.all([
      Promise.all([
        ...Array.from({ length: 50 }, () => receive(event, payload('many'), 'evt-same')),
        ...Array.from({ length: 50 }, (_, index) => receive(event, payload('many'), `evt-other-${index}`)),
      ]),
      Promise.all(Array.from({ length: 10 }, () => front.checkReturn('many', proof))),
      ...Array.from({ length: 3 }, () => drain(createInbox({ db, desk: desk(), log }))),
    ]);
    await drain(createInbox({ db, desk: desk(), log }));
    expect(answers.filter((answer) => answer === 'stored')).toHaveLength(51);
    expect(answers.filter((answer) => answer === 'duplicate')).toHaveLength(49);
    expect(verified).toEqual(Array.from({ length: 10 }, () => ({ kind: 'verified' })));
    const types = (await store.read('payment-many')).map(({ type }) => type);
    expect(types).toEqual(['OrderPlanned', 'OrderCreated', 'PaymentAttemptFailed', 'PaymentCaptured']);
    const rows = await db.query(`SELECT 1 FROM worker.webhook WHERE event_id LIKE 'evt-other-%' AND state <> 'done'`);
    expect(rows).toEqual([]);
    // Ten browsers, and not fifty-one webhooks more: the same meaning is fetched once, or by each that was at it just then.
    expect(fetches).toBeLessThanOrEqual(10 + 4);
  });
});

describe('WH10: a database that does not answer', () => {
  test('the provider is answered in time, and what it brings again is stored once', async () => {
    await order('slow');
    let release: () => void = () => undefined;
    const frozen = new Promise<void>((resolve) => (release = resolve));
    const slow: Database = { ...bound(db), query: (sql, params) => frozen.then(() => db.query(sql, params)) };
    const [event, payload] = WEBHOOKS[2] ?? ['', () => ({})];
    const began = Date.now();
    expect(await receive(event, payload('slow'), 'evt-slow', slow, 300)).toBe('busy');
    expect(Date.now() - began).toBeLessThan(5_000);
    release();
    // It was stored after all, only too late to say so.
    await expect.poll(() => db.query(`SELECT 1 FROM worker.webhook WHERE event_id = 'evt-slow'`)).toHaveLength(1);
    expect(await receive(event, payload('slow'), 'evt-slow')).toBe('duplicate');
  });
  test('nor is one that fails taken for stored', async () => {
    const [event, payload] = WEBHOOKS[2] ?? ['', () => ({})];
    const broken: Database = { ...bound(db), query: () => Promise.reject(new Error('down')) };
    expect(await receive(event, payload('slow'), 'evt-broken', broken)).toBe('busy');
    expect(await receive(event, payload('slow'), 'evt-broken')).toBe('stored');
  });
});

/** The methods of a class instance, so that one of them can be replaced. */
const bound = (database: Database): Database => ({
  kind: database.kind,
  query: (sql, params) => database.query(sql, params),
  script: (sql) => database.script(sql),
  acquire: () => database.acquire(),
  transaction: (work) => database.transaction(work),
  copyIn: (into, text) => database.copyIn(into, text),
  listen: (channel, listener) => database.listen(channel, listener),
  close: () => database.close(),
});

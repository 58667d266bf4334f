/** Each class of drift, with rows as they would be and a provider that says what the test wants. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { prepareProjections } from '../worker.server.ts';
import { scriptedGateway } from '../testing/scripted-gateway.ts';
import { createCaseDesk } from './observe-cases.server.ts';
import { createPaymentDesk } from './observe.server.ts';
import type { ProviderDispute } from './dispute-gateway.ts';
import type { Answer, PaymentGateway, ProviderPayment, ProviderRefund, ProviderTransfer } from './payment-gateway.ts';
import { createReconciler } from './reconcile.server.ts';
import type { ReconLine } from './report-gateway.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 21, 6);
const log = createLog({ level: 'silent' });
const ok = <T>(value: T): Promise<Answer<T>> => Promise.resolve({ kind: 'ok', value });
const silent = (): Promise<{ kind: 'unknown'; cause: string }> =>
  Promise.resolve({ kind: 'unknown', cause: 'no answer' });

let db: Database;
let clock = manualClock(NOW);
beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
});
afterAll(async () => {
  await db.close();
});

const PAYMENT: ProviderPayment = {
  id: 'pay_1',
  orderId: 'order_1',
  status: 'captured',
  amount: 80_000,
  currency: 'INR',
  fee: 1_888,
  tax: 288,
  method: 'upi',
  reason: '',
  description: '',
  captured: true,
  amountRefunded: 0,
  createdAt: 0,
};
const TRANSFER: ProviderTransfer = {
  id: 'trf_1',
  status: 'processed',
  amount: 72_000,
  onHold: true,
  settlementId: null,
  settled: false,
  problem: '',
  fee: 213,
  tax: 33,
  amountReversed: 0,
  paymentId: 'pay_1',
  operationId: 'op1',
};
const LINE: ReconLine = {
  entityId: 'pay_1',
  type: 'payment',
  debit: 0,
  credit: 78_112,
  amount: 80_000,
  fee: 1_888,
  tax: 288,
  settled: false,
  settlementId: null,
  utr: null,
  paymentId: 'pay_1',
  disputeId: null,
  createdAt: NOW - 10 * DAY,
};
const TRANSFER_LINE: ReconLine = {
  ...LINE,
  entityId: 'trf_1',
  type: 'transfer',
  debit: 72_213,
  credit: 0,
  amount: 72_000,
  fee: 213,
};

interface Said {
  payment: Answer<ProviderPayment>;
  refunds: readonly ProviderRefund[];
  transfers: readonly ProviderTransfer[];
  lines: readonly ReconLine[];
}
let said: Said;
let script: Partial<PaymentGateway> = {};
let reads: string[] = [];

/** One booking, paid ten days ago, its transfer on hold since then; the provider says the same. */
beforeEach(async () => {
  clock = manualClock(NOW);
  reads = [];
  script = {};
  said = {
    payment: { kind: 'ok', value: PAYMENT },
    refunds: [],
    transfers: [TRANSFER],
    lines: [LINE, TRANSFER_LINE],
  };
  const tables = ['capture', 'payout', 'refund', 'reversal', 'ledger_entry', 'chargeback', 'account'];
  await db.script(tables.map((name) => `DELETE FROM read_model.${name};`).join('\n'));
  await db.script('DELETE FROM worker.drift; DELETE FROM worker.reconciler_job; DELETE FROM worker.provider_line;');
  await db.script('DELETE FROM worker.outbound_call;');
  await insert('capture', {
    provider_payment_id: 'pay_1',
    booking_id: 'b1',
    order_id: 'order_1',
    amount: 80_000,
    fee: 1_888,
    tax: 288,
    method: 'upi',
    captured_at: NOW - 10 * DAY,
    surplus: false,
    frozen: false,
    frozen_by: '[]',
    lost: 0,
  });
  await insert('payout', {
    booking_id: 'b1',
    tutor_id: 't1',
    account_id: 'acc_1',
    provider_payment_id: 'pay_1',
    gross: 80_000,
    commission: 8_000,
    share: 72_000,
    state: 'held',
    planned_at: NOW - 10 * DAY,
    transfer_id: 'trf_1',
    reversed: 0,
    owed: 0,
    pauses: '{}',
    clawback: 0,
  });
  await posted('e1', 'PaymentCaptured', 78_112);
  await posted('e2', 'TransferProcessed', -72_213);
});

const insert = (table: string, row: Readonly<Record<string, unknown>>): Promise<unknown> => {
  const columns = Object.keys(row);
  const values = columns.map((_, index) => `$${index + 1}`);
  return db.query(
    `INSERT INTO read_model.${table} (${columns.join(', ')}) VALUES (${values.join(', ')})`,
    columns.map((column) => row[column]),
  );
};
async function posted(entryId: string, type: string, amount: number, at = NOW - 10 * DAY): Promise<void> {
  const columns = await db.query<{ name: string; type: string; must: boolean }>(
    `SELECT column_name AS name, data_type AS type, is_nullable = 'NO' AS must FROM information_schema.columns
     WHERE table_schema = 'read_model' AND table_name = 'ledger_entry'`,
  );
  const known: Readonly<Record<string, unknown>> = {
    entry_id: entryId,
    account: 'psp:balance',
    class: 'psp:balance',
    amount,
    booking_id: 'b1',
    type,
    at,
  };
  const row = Object.fromEntries(
    columns
      .filter(({ name, must }) => must || name in known)
      .map(({ name, type: kind }) => [name, known[name] ?? (kind === 'text' ? entryId : 0)]),
  );
  await insert('ledger_entry', row);
}

const refunded = (state: string, providerRefundId: string | null = null) =>
  insert('refund', {
    refund_id: 'r1',
    booking_id: 'b1',
    provider_payment_id: 'pay_1',
    amount: 40_000,
    reason: 'test',
    state,
    provider_refund_id: providerRefundId,
    requested_at: NOW - 5 * DAY,
    processed_at: state === 'processed' ? NOW - 5 * DAY : null,
    expected_by: 0,
  });

interface Found {
  readonly id: string;
  readonly class: string;
  readonly subject: string;
  readonly ours: string;
  readonly theirs: string;
}

async function run(): Promise<readonly Found[]> {
  const gateway = scriptedGateway({
    payment: (id) => {
      reads.push(id);
      return Promise.resolve(said.payment);
    },
    refundsOf: () => ok(said.refunds),
    transfersOfPayment: () => ok(said.transfers),
    transfer: () => ok(said.transfers[0] ?? TRANSFER),
    transfers: () => ok(said.transfers),
    disputes: () => ok([]),
    recon: ({ day, month }) => {
      reads.push(`${month}-${day}`);
      const inIndia = (at: number) => new Date(at + 5.5 * HOUR);
      return ok(
        said.lines.filter(
          ({ createdAt }) => inIndia(createdAt).getUTCDate() === day && inIndia(createdAt).getUTCMonth() + 1 === month,
        ),
      );
    },
    ...script,
  });
  const store = inMemoryStore();
  const settings = { db, store, gateway, submit: createSubmit(store), clock, log };
  const desk = { ...createPaymentDesk(settings), ...createCaseDesk(settings) };
  await createReconciler({ ...settings, desk }).run();
  return open();
}
const open = () =>
  db.query<Found>(
    `SELECT drift_id AS id, class, subject, ours, theirs FROM worker.drift WHERE resolved_at IS NULL ORDER BY drift_id`,
  );
const anew = async () => {
  await db.query('DELETE FROM worker.reconciler_job');
  return run();
};

test('RC5, RC6, RC7: when both say the same, there is no drift', async () => expect(await run()).toEqual([]));

describe('RC5: what is not settled is read again', () => {
  test('missing-there: the provider does not know a payment', async () => {
    said.payment = { kind: 'rejected', code: 'BAD_REQUEST_ERROR', description: 'The id provided does not exist' };
    expect(await run()).toMatchObject([{ class: 'missing-there', subject: 'pay_1' }]);
  });
  test('state: a payment that is not captured there', async () => {
    said.payment = { kind: 'ok', value: { ...PAYMENT, status: 'failed', captured: false } };
    expect(await run()).toMatchObject([{ class: 'state', subject: 'pay_1', theirs: 'failed' }]);
  });
  test('amount: other figures of a payment, fees included', async () => {
    said.payment = { kind: 'ok', value: { ...PAYMENT, fee: 1_900 } };
    expect(await run()).toMatchObject([{ class: 'amount', theirs: '80000, fee 1900, tax 288' }]);
  });
  test('missing-there: a refund and a transfer that are not there', async () => {
    await refunded('processed', 'rfnd_1');
    said.transfers = [];
    const found = await run();
    expect(found).toContainEqual(expect.objectContaining({ class: 'missing-there', subject: 'rfnd_1' }));
    expect(found).toContainEqual(expect.objectContaining({ class: 'missing-there', subject: 'trf_1' }));
  });
  test('duplicate: one refund that went out twice', async () => {
    await refunded('processed', 'rfnd_1');
    const refund: ProviderRefund = { id: 'rfnd_1', amount: 40_000, status: 'processed', operationId: 'r1' };
    said.refunds = [refund, { ...refund, id: 'rfnd_2' }];
    expect((await run()).filter((one) => one.id.startsWith('entity:'))).toMatchObject([
      { class: 'duplicate', subject: 'rfnd_2' },
    ]);
  });
  test.each<[string, Partial<ProviderRefund>, string]>([
    ['amount', { amount: 40_001 }, 'processed 40001'],
    ['state', { status: 'failed' }, 'failed 40000'],
  ])('%s of a refund', async (kind, change, theirs) => {
    await refunded('processed', 'rfnd_1');
    said.refunds = [{ id: 'rfnd_1', amount: 40_000, status: 'processed', operationId: 'r1', ...change }];
    expect((await run()).filter((one) => one.id.startsWith('entity:'))).toMatchObject([
      { class: kind, subject: 'rfnd_1', theirs },
    ]);
  });
  test('timing: released, and not paid out by the bank after a week', async () => {
    await db.query(`UPDATE read_model.payout SET state = 'released', released_at = $1`, [NOW - 6 * DAY]);
    said.transfers = [{ ...TRANSFER, onHold: false }];
    expect(await run()).toEqual([]);
    await db.query('UPDATE read_model.payout SET released_at = $1', [NOW - 8 * DAY]);
    expect(await anew()).toMatchObject([{ class: 'timing', subject: 'trf_1' }]);
  });
  test('what is moving just now is left alone, and what was open about it stays open', async () => {
    said.transfers = [{ ...TRANSFER, amountReversed: 36_000 }];
    expect((await run()).map((one) => one.class)).toEqual(['amount', 'amount']);
    await db.query(
      `INSERT INTO worker.outbound_call (operation_id, booking_id, kind, request, state, correlation_id, causation_id, created_at, updated_at)
       VALUES ('rev', 'b1', 'reverse-transfer', '{}', 'sent', '', '', 0, $1)`,
      [Date.now()],
    );
    expect((await anew()).map((one) => one.subject)).toEqual(['trf_1']);
  });
  test('a provider that does not answer neither opens nor closes anything', async () => {
    said.payment = { kind: 'ok', value: { ...PAYMENT, fee: 1_900 } };
    const dispute: ProviderDispute = {
      id: 'disp_1',
      paymentId: 'pay_9',
      amount: 80_000,
      amountDeducted: 0,
      status: 'open',
      phase: 'chargeback',
      reasonCode: '',
      respondBy: NOW + DAY,
    };
    script = { disputes: () => ok([dispute]) };
    expect((await run()).map((one) => one.subject)).toEqual(['pay_1', 'disp_1']);
    script = { payment: silent, disputes: silent };
    expect((await anew()).map((one) => one.subject)).toEqual(['pay_1', 'disp_1']);
    script = {};
    said.payment = { kind: 'ok', value: PAYMENT };
    expect(await anew()).toEqual([]);
  });
});

describe('RC6: the provider’s books, line by line', () => {
  test('missing-there: a capture that the books do not have, once it is three days old', async () => {
    said.lines = [TRANSFER_LINE];
    const found = await run();
    expect(found).toContainEqual(expect.objectContaining({ id: 'line:missing-there:pay_1', ours: '78112' }));
  });
  test('a young one is tolerated', async () => {
    said.lines = [TRANSFER_LINE];
    await db.query('UPDATE read_model.capture SET captured_at = $1', [NOW - 2 * DAY]);
    // The first look would begin with the payment, and so after the transfer's line.
    await db.query(`UPDATE read_model.ledger_entry SET at = $1 WHERE type = 'TransferProcessed'`, [NOW - 2 * DAY]);
    said.lines = [{ ...TRANSFER_LINE, createdAt: NOW - 2 * DAY }];
    expect(await run()).toEqual([]);
  });
  test('missing-here: a line that we know nothing of, once it is three days old', async () => {
    const fine: ReconLine = { ...LINE, entityId: 'adj_1', type: 'adjustment', debit: 500, credit: 0, paymentId: null };
    said.lines = [LINE, TRANSFER_LINE, { ...fine, createdAt: NOW - 2 * DAY }];
    expect(await run()).toEqual([]);
    said.lines = [LINE, TRANSFER_LINE, { ...fine, entityId: 'adj_2' }];
    await db.query('DELETE FROM worker.provider_line');
    const found = await anew();
    expect(found).toContainEqual(expect.objectContaining({ id: 'line:missing-here:adj_2', theirs: '-500' }));
    expect(found).toContainEqual(expect.objectContaining({ subject: 'psp:balance', ours: '5899', theirs: '5399' }));
  });
  test('amount: a transfer that cost another fee', async () => {
    said.lines = [LINE, { ...TRANSFER_LINE, debit: 72_300 }];
    expect(await run()).toContainEqual(
      expect.objectContaining({ id: 'line:amount:trf_1', ours: '-72213', theirs: '-72300' }),
    );
  });
  test('duplicate: a second transfer of one payment', async () => {
    said.lines = [LINE, TRANSFER_LINE, { ...TRANSFER_LINE, entityId: 'trf_2' }];
    expect(await run()).toContainEqual(expect.objectContaining({ id: 'line:duplicate:trf_2' }));
  });
  test('a line that is corrected there closes by itself', async () => {
    said.lines = [LINE, { ...TRANSFER_LINE, debit: 72_300 }];
    expect(await run()).not.toEqual([]);
    said.lines = [LINE, TRANSFER_LINE];
    expect(await anew()).toEqual([]);
    expect(await db.query('SELECT 1 FROM worker.drift WHERE resolved_at IS NOT NULL')).not.toEqual([]);
  });
  test('the bank’s reference of a settlement is kept', async () => {
    said.lines = [{ ...LINE, settled: true, settlementId: 'setl_1', utr: 'UTR123' }, TRANSFER_LINE];
    await run();
    expect(await db.query(`SELECT utr FROM worker.provider_line WHERE entity_id = 'pay_1'`)).toEqual([
      { utr: 'UTR123' },
    ]);
  });
});

describe('RC7: the sums', () => {
  test('our balance: a ledger that does not follow from our facts', async () => {
    await posted('e3', 'RefundProcessed', -1_000);
    expect(await run()).toContainEqual(
      expect.objectContaining({ subject: 'psp:balance in our ledger', ours: '4899', theirs: '5899' }),
    );
  });
  test('what tutors’ accounts hold', async () => {
    said.transfers = [TRANSFER, { ...TRANSFER, id: 'trf_9', amount: 500, paymentId: null }];
    const found = await run();
    expect(found).toContainEqual(
      expect.objectContaining({ subject: 'psp:linked:held', ours: '72000', theirs: '72500' }),
    );
  });
});

describe('RC4: business time says when, also after a restart', () => {
  test('hourly and daily', async () => {
    await run();
    expect(reads).toContain('pay_1');
    expect(reads).toContain('11-21');
    reads = [];
    await clock.advance(HOUR - 1_000);
    await run();
    expect(reads).toEqual([]);
    await clock.advance(1_000);
    await run();
    expect(reads).toEqual(['pay_1']);
    reads = [];
    await clock.advance(DAY);
    await run();
    // A week is read again, for settlements that came since.
    expect(reads).toEqual(['pay_1', ...[14, 15, 16, 17, 18, 19, 20, 21, 22].map((one) => `11-${one}`)]);
  });
  test('a day that could not be read is read at the next turn', async () => {
    script = { recon: silent };
    await run();
    script = {};
    reads = [];
    await run();
    expect(reads).toContain('11-21');
  });
});

test('RC3: a call that has had no answer for two minutes is read now, one that was refused keeps its pause', async () => {
  const late = Date.now() - 3 * 60_000;
  for (const [id, refused] of [
    ['late', false],
    ['no-funds', true],
  ] as const)
    await db.query(
      `INSERT INTO worker.outbound_call (operation_id, booking_id, kind, request, state, refused, next_at, correlation_id, causation_id, created_at, updated_at)
       VALUES ($1, 'b9', 'refund-payment', '{}', 'unknown', $2, $3, '', '', 0, $4)`,
      [id, refused, Date.now() + HOUR, late],
    );
  await run();
  const rows = await db.query<{ id: string }>(
    'SELECT operation_id AS id FROM worker.outbound_call WHERE next_at = 0 ORDER BY 1',
  );
  expect(rows).toEqual([{ id: 'late' }]);
});

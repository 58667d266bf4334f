/** RU3, LE2, RM11–RM16: random lives of bookings in a real database, and what the pages read of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVENTS, type AnyEvent } from '#events/handling/registry.ts';
import { newId } from '#events/shared/ids.ts';
import { HOUR, START } from '#events/shared/times.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { createQueries } from './queries.server.ts';
import type { Queries } from './queries.ts';
import { takeOver } from './runner/checkpoint.server.ts';
import {
  dumpReadModels,
  fingerprintReadModels,
  READ_MODELS,
  rebuildReadModels,
  runReadModels,
} from './runner/read-models.server.ts';
import { createWaiter } from './runner/wait-for.server.ts';
import { statementCsv } from './statements/csv.ts';
import { lifeOf } from './testing/money-lives.ts';
import { prepareProjections } from './worker.server.ts';

const LIVES = 60;
const DAY = 24 * HOUR;
const log = createLog({ level: 'silent' });
const clock = manualClock(START + 400 * DAY);

let db: Database;
let store: EventStore;
let queries: Queries;
const closing: (() => Promise<unknown>)[] = [];
const bookings: string[] = [];

async function tell(stream: string, event: AnyEvent, at: number): Promise<void> {
  const { type, data } = event;
  const id = newId();
  const actor = { kind: 'system', id: 'test' } as const;
  const ids = { commandId: id, correlationId: id, causationId: id };
  const meta = { ...ids, actor, occurredAt: at, schemaVersion: EVENTS[type].version };
  await store.append(stream, 'any', [{ id, type, data, meta }]);
}

/** A life with ids of its own. */
async function live(seed: number): Promise<void> {
  const bookingId = `booking${seed}`;
  bookings.push(bookingId);
  for (const { event, at } of lifeOf(seed)) {
    const own: AnyEvent = JSON.parse(
      JSON.stringify(event)
        .replaceAll('"b1"', `"${bookingId}"`)
        .replaceAll('"d1"', `"dispute of ${bookingId}"`)
        .replaceAll(
          /"((?:pay|order|disp|trf|refund|reversal|rfnd|rvrs|dispute-reversal|surplus-pay)[_-][^"]*)"/g,
          `"$1 of ${bookingId}"`,
        ),
    );
    const { category } = EVENTS[own.type];
    const about = 'chargebackId' in own.data && category === 'chargeback' ? own.data.chargebackId : bookingId;
    await tell(`${category}-${about.replaceAll(/[^A-Za-z0-9_-]/g, '.')}`, own, at);
  }
}

/** One case by hand: what a page shows of it is known. */
async function byHand(): Promise<void> {
  const bookingId = 'hand';
  const at = START + 390 * DAY;
  const payout = (event: AnyEvent, later = 0) => tell('payout-hand', event, at + later);
  await tell(
    'tutor-t1',
    {
      type: 'PayoutDetailsSubmitted',
      data: {
        tutorId: 't1',
        legalName: 'Asha Secret Rao',
        businessType: 'individual',
        contactName: 'Asha Secret Rao',
        email: 'secret@demo.test',
        phone: '9999900000',
        pan: 'SECRE1234T',
        address: { street: 'Secret Lane 1', city: 'Pune', state: 'MH', postalCode: '411001' },
        bank: { beneficiary: 'Asha Secret Rao', accountNumber: '00112233445566', ifsc: 'HDFC0000001' },
        bankLast4: '5566',
        at,
      },
    },
    at,
  );
  await tell('tutor-t1', { type: 'LinkedAccountRequested', data: { tutorId: 't1', operationId: 'o', attempt: 1 } }, at);
  await tell(
    'tutor-t1',
    { type: 'LinkedAccountCreated', data: { tutorId: 't1', accountId: 'acc_1', productId: 'p' } },
    at,
  );
  await tell(
    'tutor-t1',
    { type: 'LinkedAccountActivated', data: { tutorId: 't1', accountId: 'acc_1', usableFrom: clock.now() + 1 } },
    at,
  );
  const start = at - 2 * HOUR;
  const [life] = lifeOf(1);
  if (life?.event.type !== 'BookingRequested') throw new Error('a life begins with its booking');
  const requested = { ...life.event.data, bookingId, price: 80_000, startsAt: start, studentId: 's9', bookedBy: 'g9' };
  await tell('booking-hand', { type: 'BookingRequested', data: requested }, at);
  await tell(
    'payment-hand',
    {
      type: 'PaymentCaptured',
      data: {
        bookingId,
        orderId: 'o',
        providerPaymentId: 'pay_hand',
        amount: 80_000,
        fee: 1_888,
        tax: 288,
        method: 'upi',
        capturedAt: at,
      },
    },
    at,
  );
  await payout({
    type: 'PayoutPlanned',
    data: {
      bookingId,
      tutorId: 't1',
      accountId: 'acc_1',
      providerPaymentId: 'pay_hand',
      gross: 80_000,
      commission: 8_000,
      share: 72_000,
      holdMs: 72 * HOUR,
    },
  });
  await payout({
    type: 'TransferProcessed',
    data: { bookingId, transferId: 'trf_hand', amount: 72_000, fee: 0, tax: 0 },
  });
  await tell('booking-hand', { type: 'BookingCompleted', data: { bookingId, outcome: 'held', t0: at } }, at);
  await payout({ type: 'HoldStarted', data: { bookingId, t0: at, endsAt: at + 72 * HOUR } });
  const complaint = {
    disputeId: 'd',
    kind: 'in-app',
    openedBy: 's9',
    cause: 'cut-short',
    text: 'Half of it was missing.',
    wants: 40_000,
  } as const;
  await payout({ type: 'PayoutDisputed', data: { bookingId, ...complaint, at } });
  await tell(
    'dispute-hand',
    {
      type: 'DisputeOpened',
      data: {
        bookingId,
        ...complaint,
        gross: 80_000,
        share: 72_000,
        tutorId: 't1',
        studentId: 's9',
        bookedBy: 'g9',
        answerBy: at + 48 * HOUR,
        decideWithinMs: 72 * HOUR,
        openedAt: at,
      },
    },
    at,
  );
  await tell(
    'dispute-hand',
    { type: 'DisputeAnswered', data: { bookingId, by: 't1', text: 'My line broke.', at } },
    at,
  );
  const decideBy = at + 72 * HOUR;
  await tell('dispute-hand', { type: 'DisputeUnderReview', data: { bookingId, why: 'answered', decideBy, at } }, at);
  await tell(
    'dispute-hand',
    {
      type: 'ResolutionProposed',
      data: { bookingId, proposalId: 'prop', refund: 40_000, reason: 'Half of it.', by: 'ops1', at },
    },
    at,
  );
  await payout({ type: 'PayoutPaused', data: { bookingId, reason: 'bank-changed', until: at + HOUR, at } });
  await tell(
    'payment-hand',
    {
      type: 'RefundRequested',
      data: { bookingId, refundId: 'r-hand', providerPaymentId: 'pay_hand', amount: 1_000, reason: 'goodwill' },
    },
    at,
  );
  await tell(
    'payment-hand',
    { type: 'RefundDelayed', data: { bookingId, refundId: 'r-hand', reason: 'no-funds', at } },
    at,
  );
  await tell(
    'chargeback-disp_hand',
    {
      type: 'ChargebackOpened',
      data: {
        chargebackId: 'disp_hand',
        bookingId,
        providerPaymentId: 'pay_hand',
        amount: 80_000,
        phase: 'chargeback',
        round: 1,
        reasonCode: 'fraud',
        respondBy: clock.now() + HOUR,
        at,
      },
    },
    at,
  );
  await tell(
    'booking-hand',
    {
      type: 'RescheduleProposed',
      data: { bookingId, proposalId: 'move', by: 'tutor', startsAt: at + DAY, answerBy: at + HOUR, at },
    },
    at,
  );
}

beforeAll(async () => {
  db = await openPglite(null);
  await db.script(`CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL);
    INSERT INTO person_name VALUES ('s9', 'Ravi', 'r@demo.test'), ('ops1', 'Om', 'o@demo.test')`);
  await prepareProjections(db);
  store = inMemoryStore();
  // Half of them are built at once from the log, the others come while it is followed.
  for (let seed = 1; seed <= LIVES / 2; seed += 1) await live(seed);
  const runner = await runReadModels({ db, store, log, batchSize: 37 });
  for (let seed = LIVES / 2 + 1; seed <= LIVES; seed += 1) await live(seed);
  await byHand();
  const waiter = await createWaiter(db);
  queries = createQueries(db, clock);
  closing.push(
    () => runner.stop(),
    waiter.stop,
    () => store.close(),
    () => db.close(),
  );
  expect(await waiter.waitFor((await store.head()) ?? '', 30_000)).toBe(true);
});
afterAll(async () => {
  for (const close of closing) await close();
});

test('RU3: built at once and in small memory, the rows are the same; nothing was parked', async () => {
  expect(await db.query('SELECT type, error FROM worker.parked_event')).toEqual([]);
  const dump = await dumpReadModels(db);
  const print = await fingerprintReadModels(db);
  for (const settings of [{}, { pageSize: 100, keepRows: 50 }]) {
    const epoch = await takeOver(db, READ_MODELS);
    await rebuildReadModels({ db, store, log, epoch, ...settings });
    expect(await dumpReadModels(db)).toBe(dump);
    expect(await fingerprintReadModels(db)).toEqual(print);
  }
});

test('LE1, LE2: the trial balance is zero at every instant, and each booking’s equation holds', async () => {
  const instants = await db.query<{ at: number }>('SELECT DISTINCT at FROM read_model.ledger_entry ORDER BY at');
  for (const { at } of instants.filter((_row, index) => index % 10 === 0))
    expect((await queries.trialBalance(at)).sum).toBe(0);
  const { rows, sum } = await queries.trialBalance();
  expect(sum).toBe(0);
  expect(rows.find(({ account }) => account === 'tax:tds_payable')).toMatchObject({ balance: 0, kind: 'liability' });
  for (const bookingId of bookings) {
    const money = await queries.moneyOf(bookingId);
    if (!money) continue;
    expect(money.gross).toBe(money.returned + money.tutor + money.commission + money.held);
  }
  expect(await queries.moneyOf('nobody')).toBeNull();
});

describe('what the pages read', () => {
  test('RM11: a dispute with what was said, in the queue of whom it waits for', async () => {
    const dispute = await queries.dispute('hand');
    expect(dispute).toMatchObject({
      state: 'awaiting-second',
      studentName: 'Ravi',
      wants: 40_000,
      proposal: { proposalId: 'prop', refund: 40_000, by: 'ops1', byName: 'Om' },
      resolution: null,
    });
    expect(dispute?.statements.map(({ kind, text }) => [kind, text])).toEqual([
      ['complaint', 'Half of it was missing.'],
      ['answer', 'My line broke.'],
    ]);
    const [second] = await queries.secondPersonQueue(clock.now());
    expect(second).toMatchObject({ bookingId: 'hand', waitsFor: 'second-person', overdue: true, ageMs: 10 * DAY });
    expect(await queries.disputesOpen(clock.now())).toHaveLength(1);
    expect(await queries.disputesOf('g9')).toHaveLength(1);
    expect(await queries.disputesOf('nobody')).toEqual([]);
  });

  test('RM12: a chargeback, and the ones that wait for an answer', async () => {
    expect(await queries.chargeback('disp_hand')).toMatchObject({
      bookingId: 'hand',
      state: 'open',
      round: 1,
      lost: 0,
    });
    expect((await queries.chargebacksOpen()).map((row) => row.chargebackId)).toContain('disp_hand');
    expect(await queries.chargebacksOf('hand')).toHaveLength(1);
    expect(await queries.drift()).toEqual([]);
  });

  test('RM13: a tutor can be booked once the account may be used, and nothing secret is in any row', async () => {
    expect(await queries.payoutAccount('t1')).toMatchObject({ status: 'active', bankLast4: '5566', bookable: false });
    await clock.advance(1);
    expect(await queries.payoutAccount('t1')).toMatchObject({ bookable: true });
    expect(await queries.payoutAccount('nobody')).toBeNull();
    const dump = await dumpReadModels(db);
    for (const secret of ['Secret', 'SECRE1234T', '00112233445566', '9999900000', 'HDFC0000001'])
      expect(dump).not.toContain(secret);
  });

  test('RM14: a refund with its state and its latest day', async () => {
    const at = START + 390 * DAY;
    expect(await queries.refundsOf('hand')).toMatchObject([
      { refundId: 'r-hand', state: 'delayed', method: 'upi', requestedAt: at, expectedBy: at + 7 * DAY },
    ]);
    expect(await queries.booking('hand')).toMatchObject({
      refundState: 'delayed',
      refundExpectedBy: at + 7 * DAY,
      disputeState: 'awaiting-second',
      refundCapPct: 100,
      reschedule: { proposalId: 'move', by: 'tutor', startsAt: at + DAY, answerBy: at + HOUR, agreed: false },
    });
  });

  test('RM5: a disputed payout, what pauses it, and why it is held', async () => {
    expect(await queries.payout('hand')).toMatchObject({
      state: 'disputed',
      releaseAt: START + 393 * DAY,
      pauses: [{ reason: 'bank-changed' }],
      disputeState: 'awaiting-second',
    });
    const held = await queries.heldPayouts(clock.now());
    expect(held.find((row) => row.bookingId === 'hand')).toMatchObject({ why: 'dispute' });
    const earnings = await queries.earnings('t1');
    expect(earnings.disputed).toBeGreaterThanOrEqual(72_000);
    expect(earnings.held).toBeGreaterThanOrEqual(earnings.disputed);
  });

  test('RM15: what is stuck, with the commands that are legal now', async () => {
    const stuck = await queries.stuck(clock.now());
    const of = (what: string) => stuck.find((row) => row.bookingId === 'hand' && row.what === what);
    expect(of('dispute-overdue')).toMatchObject({ commands: ['ApproveResolution', 'RejectResolution'] });
    expect(of('refund-delayed')).toMatchObject({ commands: [] });
    expect(of('chargeback-deadline')).toMatchObject({
      subjectId: 'disp_hand',
      commands: ['RequestContest', 'RequestAccept'],
    });
    // Many lives of all kinds: every sort of trouble is a row, and none an error.
    expect(new Set(stuck.map((row) => row.what)).size).toBeGreaterThan(3);
  });

  test('RM16: statements add up to the accounts, and are a table for a spreadsheet', async () => {
    const all = [0, clock.now()] as const;
    const tutor = await queries.tutorStatement('t1', ...all);
    const { rows } = await queries.trialBalance();
    const balance = (account: string) => rows.find((row) => row.account === account);
    const released = balance('tutor:payable:released')?.credit ?? 0;
    const owed = balance('tutor:receivable')?.debit ?? 0;
    expect(tutor.total).toBe(released - owed);
    expect(tutor.rows.length).toBeGreaterThan(5);
    const settled = tutor.rows.filter((row) => row.kind === 'settled');
    expect(settled.reduce((sum, row) => sum + row.amount, 0)).toBe(balance('tutor:payable:released')?.debit);

    const payer = await queries.payerStatement('g9', ...all);
    expect(payer.rows).toMatchObject([{ kind: 'paid', amount: -80_000, studentName: 'Ravi', reference: 'pay_hand' }]);
    const csv = statementCsv(payer).split('\r\n');
    expect(csv[0]).toBe('date,kind,booking,lesson,subject,student,tutor,price,commission,amount,reference');
    expect(csv[1]).toContain('-800.00,pay_hand');
    expect(statementCsv({ ...payer, rows: payer.rows.map((row) => ({ ...row, subject: '=1+1' })) })).toContain(
      ",'=1+1,",
    );
    expect(await queries.instituteMoney('nobody')).toBeNull();
  });

  test('RM8: the timeline has disputes, chargebacks and what happened to the tutor’s account', async () => {
    const timeline = await queries.timeline('hand');
    const lanes = new Set(timeline.map((row) => row.lane));
    expect([...lanes].toSorted()).toEqual(['booking', 'chargeback', 'dispute', 'payment', 'payout', 'tutor']);
    expect(timeline.filter((row) => row.lane === 'tutor').map((row) => row.type)).toEqual(['LinkedAccountActivated']);
    expect((await queries.ledgerOf('hand')).map((row) => row.type)).toContain('PayoutDisputed');
  });
});

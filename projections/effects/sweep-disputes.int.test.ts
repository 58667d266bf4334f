/** What the sweeper does about disputes when the processes were not there at all: no worker runs here, only the read models. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disputeIdOf } from '#events/dispute/events.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import type { Intent } from '../processes/process.ts';
import { MAX_REVERSAL_ATTEMPTS } from '../processes/release-payout.ts';
import { runReadModels } from '../runner/read-models.server.ts';
import { createWaiter, type Waiter } from '../runner/wait-for.server.ts';
import { prepareProjections } from '../worker.server.ts';
import { createSweeper } from './sweep.server.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PRICE = 80_000;
const tutorId = 't1';
const log = createLog({ level: 'silent' });
const clock = manualClock(Date.UTC(2026, 10, 21));

let db: Database;
let store: EventStore;
let submit: Submit;
let waiter: Waiter;
let sweeper: ReturnType<typeof createSweeper>;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
  store = inMemoryStore();
  submit = createSubmit(store);
  waiter = await createWaiter(db);
  const readModels = await runReadModels({ db, store, log });
  sweeper = createSweeper({ db, store, submit, clock, log });
  closing.push(
    () => readModels.stop(),
    () => waiter.stop(),
    () => store.close(),
    () => db.close(),
  );
  const windows = ([0, 1, 2, 3, 4, 5, 6] as const).map((weekday) => ({
    weekday,
    from: '00:00',
    to: '24:00',
    offerId: 'single',
  }));
  await give({ type: 'SetAvailability', data: { tutorId, zone: 'UTC', windows } });
});
afterAll(async () => {
  for (const close of closing) await close();
});

async function give(command: Intent): Promise<void> {
  const id = newId();
  const actor = { kind: 'system', id: 'test' } as const;
  const full = { ...command, now: clock.now() };
  const outcome = await submit(full, { commandId: id, correlationId: id, causationId: id, actor });
  if (isRefusal(outcome)) throw new Error(`${command.type}: ${outcome.code}`);
}

async function sweep(): Promise<void> {
  expect(await waiter.waitFor((await store.head()) ?? '', 10_000)).toBe(true);
  await sweeper.run();
}

const typesOf = async (stream: string) => (await store.read(stream)).map((event) => event.type);
const lastOf = async (stream: string) => (await store.read(stream)).at(-1);

/** Paid, with its transfer on hold, and the lesson begun. */
async function held(): Promise<string> {
  const bookingId = newId();
  const startsAt = clock.now() - (clock.now() % HOUR) + 2 * HOUR;
  const slot = { tutorId, bookingId, studentId: 's1', offerId: 'single', minutes: 60, seats: 1 };
  const lessonId = `lesson-${bookingId}`;
  const asked = { subject: 'Physics', price: PRICE, mode: 'instant', policy: POLICY_2026_11, note: '' } as const;
  await give({ type: 'RequestBooking', data: { ...slot, ...asked, startsAt, bookedBy: 's1' } });
  await give({ type: 'HoldSeat', data: { ...slot, startsAt, lessonId } });
  await give({ type: 'AcceptBooking', data: { bookingId, lessonId } });
  const order = { bookingId, orderId: `order_${bookingId}`, amount: PRICE };
  await give({ type: 'PlanOrder', data: { bookingId, amount: PRICE, receipt: bookingId, payBy: clock.now() } });
  await give({ type: 'RecordOrder', data: order });
  const paid = { providerPaymentId: `pay_${bookingId}`, status: 'captured', currency: 'INR', method: 'upi' } as const;
  await give({ type: 'ObservePayment', data: { ...order, ...paid, fee: 0, tax: 0, reason: '', description: '' } });
  await give({ type: 'ConfirmBooking', data: { bookingId, amount: PRICE } });
  const { commissionBps, holdMs } = POLICY_2026_11;
  const terms = { accountId: 'acc_1', providerPaymentId: paid.providerPaymentId, gross: PRICE, commissionBps, holdMs };
  await give({ type: 'PlanPayout', data: { bookingId, tutorId, ...terms } });
  await give({ type: 'RequestTransfer', data: { bookingId, operationId: `op-${bookingId}` } });
  await give({ type: 'RecordTransfer', data: { bookingId, transferId: `trf_${bookingId}`, amount: 72_000 } });
  await clock.advance(startsAt + HOUR - clock.now());
  return bookingId;
}

async function completed(): Promise<string> {
  const bookingId = await held();
  const t0 = clock.now();
  await give({ type: 'CompleteBooking', data: { bookingId, outcome: 'held', t0 } });
  await give({ type: 'StartHold', data: { bookingId, t0 } });
  return bookingId;
}

const complain = (bookingId: string) =>
  give({
    type: 'DisputePayout',
    data: {
      bookingId,
      disputeId: disputeIdOf(bookingId),
      kind: 'in-app',
      openedBy: 's1',
      cause: 'cut-short',
      text: '',
      wants: null,
      opensAt: 0,
    },
  });
const decide = (bookingId: string, refund: number) =>
  give({
    type: 'ProposeResolution',
    data: { bookingId, proposalId: 'p', refund, reason: 'As we see it.', by: 'ops', secondPersonAbove: 500_000 },
  });

describe('SW5: a payout that waits for a dispute', () => {
  test('gets it, has it escalated when its time is over, and is closed when it is decided; SW7: and refunded', async () => {
    const bookingId = await completed();
    await complain(bookingId);
    await sweep();
    expect(await typesOf(`dispute-${bookingId}`)).toEqual([]);
    await clock.advance(2 * MINUTE);
    await sweep();
    expect(await typesOf(`dispute-${bookingId}`)).toEqual(['DisputeOpened']);
    await clock.advance(48 * HOUR);
    await sweep();
    expect(await typesOf(`dispute-${bookingId}`)).toEqual(['DisputeOpened']);
    await clock.advance(2 * MINUTE);
    await sweep();
    expect(await lastOf(`dispute-${bookingId}`)).toMatchObject({ type: 'DisputeUnderReview' });
    await decide(bookingId, 40_000);
    await sweep();
    const asked = await lastOf(`payout-${bookingId}`);
    expect(asked).toMatchObject({ type: 'ReversalRequested', data: { amount: 36_000, reason: 'dispute' } });
    await sweep();
    expect(await typesOf(`payment-${bookingId}`)).not.toContain('RefundRequested');

    const operationId = String(asked?.data['operationId']);
    await give({ type: 'RecordReversal', data: { bookingId, operationId, reversalId: 'rv_1', amount: 36_000 } });
    await sweep();
    await sweep();
    const refunds = (await store.read(`payment-${bookingId}`)).filter((event) => event.type === 'RefundRequested');
    expect(refunds).toMatchObject([{ data: { amount: 40_000, reason: 'dispute' } }]);
  });

  test('goes on when it was withdrawn', async () => {
    const bookingId = await completed();
    await complain(bookingId);
    await clock.advance(2 * MINUTE);
    await sweep();
    await give({ type: 'WithdrawDispute', data: { bookingId, by: 's1' } });
    await sweep();
    expect(await lastOf(`payout-${bookingId}`)).toMatchObject({
      type: 'PayoutDisputeClosed',
      data: { outcome: 'withdrawn', refund: 0, reversal: 0 },
    });
  });
});

test('SW6: a booking under review is asked about, and hears the decision; its part goes back once', async () => {
  const bookingId = await held();
  await give({ type: 'ReviewBooking', data: { bookingId, outcome: 'unclear' } });
  await clock.advance(2 * MINUTE);
  await sweep();
  expect(await lastOf(`payout-${bookingId}`)).toMatchObject({ type: 'PayoutDisputed', data: { kind: 'review' } });
  await clock.advance(2 * MINUTE);
  await sweep();
  expect(await typesOf(`dispute-${bookingId}`)).toEqual(['DisputeOpened', 'DisputeUnderReview']);
  await decide(bookingId, 40_000);
  await sweep();
  await sweep();
  expect(await lastOf(`booking-${bookingId}`)).toMatchObject({
    type: 'BookingCancelled',
    data: { rule: 'review', refund: 40_000 },
  });
  const asked = await lastOf(`payout-${bookingId}`);
  expect(asked).toMatchObject({ type: 'ReversalRequested', data: { amount: 36_000 } });
  const operationId = String(asked?.data['operationId']);
  await give({ type: 'RecordReversal', data: { bookingId, operationId, reversalId: 'rv_2', amount: 36_000 } });
  await clock.advance(10 * MINUTE);
  await sweep();
  await sweep();
  const refunds = (await store.read(`payment-${bookingId}`)).filter((event) => event.type === 'RefundRequested');
  expect(refunds).toMatchObject([{ data: { amount: 40_000 } }]);
  expect(await lastOf(`payout-${bookingId}`)).toMatchObject({ type: 'HoldStarted' });
});

describe('SW8: a reversal that failed', () => {
  test('is tried again once its own timer must have come, as another operation, and not for ever', async () => {
    const bookingId = await held();
    await give({ type: 'CancelBooking', data: { bookingId, by: 'tutor', reason: '' } });
    await clock.advance(2 * MINUTE);
    await sweep();
    const operations = new Set<string>();
    for (let attempt = 0; attempt < MAX_REVERSAL_ATTEMPTS; attempt += 1) {
      const asked = await lastOf(`payout-${bookingId}`);
      expect(asked).toMatchObject({ type: 'ReversalRequested', data: { amount: 72_000 } });
      const operationId = String(asked?.data['operationId']);
      operations.add(operationId);
      await give({ type: 'RecordReversalFailure', data: { bookingId, operationId, reason: 'no' } });
      await clock.advance(85 * MINUTE);
      await sweep();
      expect(await lastOf(`payout-${bookingId}`)).toMatchObject({ type: 'ReversalFailed' });
      await clock.advance(10 * MINUTE);
      await sweep();
    }
    expect(operations.size).toBe(MAX_REVERSAL_ATTEMPTS);
    expect(await lastOf(`payout-${bookingId}`)).toMatchObject({ type: 'ReversalFailed' });
    expect(await typesOf(`payment-${bookingId}`)).not.toContain('RefundRequested');
  });
});

test('SW9: payouts that are paused for long do not keep others from their release', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 52; index += 1) ids.push(await completed());
  // Those that the sweeper looks at first are all paused.
  const [last, ...paused] = ids.toSorted().toReversed();
  for (const bookingId of paused)
    await give({ type: 'PausePayout', data: { bookingId, reason: 'account-suspended', until: null } });
  await clock.advance(80 * HOUR);
  await sweep();
  await sweep();
  expect(await typesOf(`payout-${last}`)).toContain('ReleaseAuthorized');
  for (const bookingId of paused.slice(0, 3))
    expect(await typesOf(`payout-${bookingId}`)).not.toContain('ReleaseAuthorized');
});

/** What the sweeper does when the processes were not there at all: no worker runs here, only the read models. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
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
import { createQueries } from '../queries.server.ts';
import type { Queries } from '../queries.ts';
import { runReadModels } from '../runner/read-models.server.ts';
import { createWaiter, type Waiter } from '../runner/wait-for.server.ts';
import { prepareProjections } from '../worker.server.ts';
import { createSweeper } from './sweep.server.ts';

const HOUR = 3_600_000;
const clock = manualClock(Date.UTC(2026, 10, 21));
const log = createLog({ level: 'silent' });
const tutorId = 't1';
const PRICE = 80_000;

let db: Database;
let store: EventStore;
let submit: Submit;
let queries: Queries;
let waiter: Waiter;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
  store = inMemoryStore();
  submit = createSubmit(store);
  queries = createQueries(db, clock);
  waiter = await createWaiter(db);
  const readModels = await runReadModels({ db, store, log });
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
  const full: AnyCommand = { ...command, now: clock.now() };
  const actor = { kind: 'system', id: 'test' } as const;
  const outcome = await submit(full, { commandId: id, correlationId: id, causationId: id, actor });
  if (isRefusal(outcome)) throw new Error(`${command.type}: ${outcome.code}`);
}

async function sweep(): Promise<void> {
  expect(await waiter.waitFor((await store.head()) ?? '', 10_000)).toBe(true);
  await createSweeper({ db, store, submit, clock, log }).run();
}

let hours = 24;
/** A booking with its seat, which waits for its payment. */
async function accepted(): Promise<string> {
  const bookingId = newId();
  hours += 2;
  const slot = { tutorId, bookingId, studentId: 's1', offerId: 'single', minutes: 60, seats: 1 };
  const startsAt = clock.now() - (clock.now() % HOUR) + hours * HOUR;
  await give({
    type: 'RequestBooking',
    data: {
      ...slot,
      startsAt,
      bookedBy: 's1',
      subject: 'Physics',
      price: PRICE,
      mode: 'instant',
      policy: POLICY_2026_11,
      note: '',
    },
  });
  await give({ type: 'HoldSeat', data: { ...slot, startsAt, lessonId: `lesson-${bookingId}` } });
  await give({ type: 'AcceptBooking', data: { bookingId, lessonId: `lesson-${bookingId}` } });
  return bookingId;
}

async function pay(bookingId: string): Promise<void> {
  const orderId = `order_${bookingId}`;
  await give({ type: 'PlanOrder', data: { bookingId, amount: PRICE, receipt: bookingId, payBy: clock.now() } });
  await give({ type: 'RecordOrder', data: { bookingId, orderId, amount: PRICE } });
  await give({
    type: 'ObservePayment',
    data: {
      bookingId,
      orderId,
      providerPaymentId: `pay_${bookingId}`,
      status: 'captured',
      amount: PRICE,
      currency: 'INR',
      fee: 0,
      tax: 0,
      method: 'upi',
      reason: '',
      description: '',
    },
  });
}

const cancel = (bookingId: string) => give({ type: 'CancelBooking', data: { bookingId, by: 'student', reason: '' } });
const typesOf = async (stream: string) => (await store.read(stream)).map((event) => event.type);
const releasedOf = async () =>
  (await store.read(`calendar-${tutorId}`)).flatMap((event) =>
    event.type === 'SeatReleased' ? [event.data.bookingId] : [],
  );

describe('SW3: seats of bookings that are over', () => {
  test('are released once: cancelled and expired ones, and no others', async () => {
    const [kept, cancelled, expired] = [await accepted(), await accepted(), await accepted()];
    await pay(kept);
    await give({ type: 'ConfirmBooking', data: { bookingId: kept, amount: PRICE } });
    await cancel(cancelled);
    await clock.advance(HOUR);
    await give({ type: 'ExpireBooking', data: { bookingId: expired } });
    await sweep();
    await sweep();
    expect((await releasedOf()).toSorted()).toEqual([cancelled, expired].toSorted());
  });

  test('not while the processes may still do it', async () => {
    const bookingId = await accepted();
    await cancel(bookingId);
    await sweep();
    expect(await releasedOf()).not.toContain(bookingId);
  });
});

describe('SW4: money for a booking that ended unpaid', () => {
  test.each(['cancelled', 'expired'])(
    'goes back whole when it is %s, and is shown to people until then',
    async (how) => {
      const bookingId = await accepted();
      if (how === 'cancelled') await cancel(bookingId);
      else {
        await clock.advance(HOUR);
        await give({ type: 'ExpireBooking', data: { bookingId } });
      }
      await pay(bookingId);
      await clock.advance(HOUR);
      expect(await waiter.waitFor((await store.head()) ?? '', 10_000)).toBe(true);
      const stuck = async () =>
        (await queries.stuck(clock.now())).filter((row) => row.bookingId === bookingId).map((row) => row.what);
      expect(await stuck()).toEqual(['refund-missing']);
      await sweep();
      await sweep();
      const payment = await store.read(`payment-${bookingId}`);
      expect(payment.at(-1)).toMatchObject({
        type: 'RefundRequested',
        data: { amount: PRICE, reason: 'paid-too-late', providerPaymentId: `pay_${bookingId}` },
      });
      expect(payment.filter((event) => event.type === 'RefundRequested')).toHaveLength(1);
      expect(await waiter.waitFor((await store.head()) ?? '', 10_000)).toBe(true);
      expect(await stuck()).toEqual([]);
    },
  );

  test('is not what a late cancellation keeps', async () => {
    const bookingId = await accepted();
    await pay(bookingId);
    await give({ type: 'ConfirmBooking', data: { bookingId, amount: PRICE } });
    const [row] = await store.read(`booking-${bookingId}`);
    await clock.advance(Number(row?.data['startsAt']) - HOUR - clock.now());
    await cancel(bookingId);
    await clock.advance(HOUR / 2);
    await sweep();
    expect(await typesOf(`payment-${bookingId}`)).not.toContain('RefundRequested');
    expect((await queries.stuck(clock.now())).filter((one) => one.what === 'refund-missing')).toEqual([]);
  });
});

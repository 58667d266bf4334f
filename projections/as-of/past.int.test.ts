/** AO3, AO6: the past of a booking asked of a real database, beside what the live queries say. */
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
import { createQueries } from '../queries.server.ts';
import type { PastBooking, Queries } from '../queries.ts';
import { runReadModels } from '../runner/read-models.server.ts';
import { createWaiter } from '../runner/wait-for.server.ts';
import { live } from '../simulation/life.ts';
import { lifeOf } from '../testing/money-lives.ts';
import { prepareProjections } from '../worker.server.ts';

const log = createLog({ level: 'silent' });
const clock = manualClock(START + 4_000 * 24 * HOUR);
/** Lives with disputes, refunds and lost cases; their bookings stand beside each other. */
const SEEDS = [2, 4, 5, 8, 13, 21, 34, 55];
const END = Number.MAX_SAFE_INTEGER;
/** The whole life of the simulation's booking: with calendar, lesson and tutor. */
const SIMULATED = 'b';

let db: Database;
let store: EventStore;
let queries: Queries;
const closing: (() => Promise<unknown>)[] = [];

async function tell(stream: string, event: AnyEvent, at: number): Promise<void> {
  const { type, data } = event;
  const id = newId();
  const actor = { kind: 'system', id: 'test' } as const;
  const meta = {
    commandId: id,
    correlationId: id,
    causationId: id,
    actor,
    occurredAt: at,
    schemaVersion: EVENTS[type].version,
  };
  await store.append(stream, 'any', [{ id, type, data, meta }]);
}

beforeAll(async () => {
  db = await openPglite(null);
  await db.script(`CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL);
    INSERT INTO person_name VALUES ('student', 'Ravi', 'r@demo.test')`);
  await prepareProjections(db);
  // The store's clock: every event a second of its own.
  let recorded = START;
  store = inMemoryStore({ now: () => (recorded += 1_000) });
  for (const seed of SEEDS)
    for (const { event, at } of lifeOf(seed)) {
      const own: AnyEvent = JSON.parse(
        JSON.stringify(event)
          .replaceAll('"b1"', `"booking${seed}"`)
          .replaceAll(
            /"((?:d1|pay|order|disp|trf|refund|reversal|rfnd|rvrs|dispute-reversal|surplus-pay)[_-]?[^"]*)"(?!:)/g,
            `"$1 of ${seed}"`,
          ),
      );
      await tell(`${EVENTS[own.type].category}-of${seed}`, own, at);
    }
  for (const fact of live(3).facts) {
    const { stream, meta } = fact;
    await tell(stream.replaceAll(/[^A-Za-z0-9_-]/g, '.'), fact, meta.occurredAt);
  }
  const runner = await runReadModels({ db, store, log });
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

const BOOKINGS = [...SEEDS.map((seed) => `booking${seed}`), SIMULATED];

async function nowOf(bookingId: string): Promise<Omit<PastBooking, 'moment' | 'accounts'>> {
  const booking = await queries.booking(bookingId);
  const payments = booking === null ? [] : await queries.paymentsOf(booking.bookedBy);
  return {
    booking,
    payout: await queries.payout(bookingId),
    payments: payments.filter((row) => row.bookingId === bookingId),
    refunds: await queries.refundsOf(bookingId),
    dispute: await queries.dispute(bookingId),
    chargebacks: await queries.chargebacksOf(bookingId),
    ledger: await queries.ledgerOf(bookingId),
    money: await queries.moneyOf(bookingId),
  };
}

describe('the past of a booking', () => {
  test('[AO3] is, at its end, what the live pages show, by either clock', async () => {
    const seen = { payout: 0, refunds: 0, dispute: 0, chargebacks: 0, payments: 0 };
    for (const bookingId of BOOKINGS) {
      const now = await nowOf(bookingId);
      const past = await queries.pastBooking(bookingId, [
        { by: 'recorded', at: END },
        { by: 'business', at: END },
      ]);
      for (const { moment: _moment, accounts, ...then } of past) {
        expect(then, bookingId).toEqual(now);
        expect(accounts.reduce((sum, { balance }) => sum + balance, 0)).toBe(0);
        expect(accounts.length > 0).toBe(now.ledger.length > 0);
      }
      seen.payout += now.payout === null ? 0 : 1;
      seen.dispute += now.dispute === null ? 0 : 1;
      seen.refunds += now.refunds.length;
      seen.payments += now.payments.length;
      seen.chargebacks += now.chargebacks.length;
    }
    // Pasts without money would prove nothing.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });

  test('[AO1] at each event, the books are those of the entries up to it', async () => {
    const events = await queries.pastEvents(SIMULATED);
    const ledger = await queries.ledgerOf(SIMULATED);
    expect(events.map((event) => event.eventId)).toEqual(
      (await queries.timeline(SIMULATED)).map((event) => event.eventId),
    );
    const picked = events.filter((_, index) => index % 3 === 0);
    const pasts = await queries.pastBooking(
      SIMULATED,
      picked.map((event) => ({ by: 'recorded', at: event.recordedAt })),
    );
    expect(pasts.length).toBeGreaterThan(5);
    for (const [index, past] of pasts.entries()) {
      const until = picked[index]?.recordedAt ?? 0;
      const known = new Set(events.filter((event) => event.recordedAt <= until).map((event) => event.eventId));
      expect(past.ledger).toEqual(ledger.filter(({ entryId }) => known.has(entryId.replace(/:\d+$/, ''))));
      expect(past.money === null).toBe(past.ledger.length === 0);
    }
  });

  test('[AO10] the trial balance at each event has the entries of what that clock had brought', async () => {
    const entries = await db.query<{ class: string; amount: number; occurred: number; recorded: number }>(
      `SELECT l.class, l.amount, e.occurred_at AS occurred, e.recorded_at AS recorded
       FROM read_model.ledger_entry l JOIN read_model.timeline e ON e.ordinal = l.ordinal`,
    );
    const all = await queries.pastEvents('booking21');
    for (const by of ['recorded', 'business'] as const)
      for (const event of all.filter((_, index) => index % 4 === 0)) {
        const at = by === 'recorded' ? event.recordedAt : event.occurredAt;
        for (const instant of [at - 1, at, at + 1]) {
          const { rows, sum } = await queries.trialBalance(instant, by);
          const then = entries.filter((entry) => (by === 'recorded' ? entry.recorded : entry.occurred) <= instant);
          expect(sum).toBe(0);
          for (const row of rows)
            expect(row.balance, `${row.account} ${by} ${instant}`).toBe(
              then.reduce((total, entry) => total + (entry.class === row.account ? entry.amount : 0), 0),
            );
        }
      }
    expect(all.length).toBeGreaterThan(8);
    const debits = async (at: number) => (await queries.trialBalance(at, 'recorded')).rows.map(({ debit }) => debit);
    expect(new Set(await debits(0))).toEqual(new Set([0]));
    expect(await debits(END)).toEqual((await queries.trialBalance()).rows.map(({ debit }) => debit));
  });

  test('[AO6] before its first event, and of an unknown booking, there is none', async () => {
    const [first] = await queries.pastEvents(SIMULATED);
    if (!first) throw new Error('a life without events');
    const none = { payout: null, payments: [], refunds: [], dispute: null, chargebacks: [], ledger: [], money: null };
    const [before, unknown] = [
      await queries.pastBooking(SIMULATED, [{ by: 'recorded', at: first.recordedAt - 1 }]),
      await queries.pastBooking('nobody', [{ by: 'business', at: END }]),
    ];
    expect(before).toMatchObject([{ booking: null, ...none }]);
    expect(unknown).toMatchObject([{ booking: null, ...none }]);
    expect(await queries.pastEvents('nobody')).toEqual([]);
    expect(await queries.pastEvents('no\u0000body')).toEqual([]);
  });
});

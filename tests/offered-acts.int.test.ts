/** RM15: whatever state the streams of a booking are in, nothing is offered to ops that the streams would refuse. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BookingParts } from '#app/server/booking-services.server.ts';
import { actsOf, isDecidedOnCase, isOpsCommand } from '#app/server/ops-acts.ts';
import { opsServices } from '#app/server/ops-services.server.ts';
import type { Person } from '#app/server/services.ts';
import { EVENTS, type AnyEvent } from '#events/handling/registry.ts';
import { fromSystem } from '#events/handling/context.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { HOUR, START } from '#events/shared/times.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { createQueries } from '#projections/queries.server.ts';
import type { Queries, StuckRow } from '#projections/queries.ts';
import { runReadModels } from '#projections/runner/read-models.server.ts';
import { createWaiter } from '#projections/runner/wait-for.server.ts';
import { lifeOf } from '#projections/testing/money-lives.ts';
import { prepareProjections } from '#projections/worker.server.ts';

const LIVES = 150;
const ops: Person = { personId: 'ops-1', name: 'Ops', email: 'ops@x.test', roles: ['ops'], zone: 'UTC' };
const store = inMemoryStore();
let db: Database;
let queries: Queries;
const closing: (() => Promise<unknown>)[] = [];

/** A life, up to a moment in it, with ids of its own. */
async function live(seed: number): Promise<void> {
  const bookingId = `booking${seed}`;
  for (const { event, at } of lifeOf(seed, 20 + (seed % 5) * 15)) {
    const own: AnyEvent = JSON.parse(
      JSON.stringify(event)
        .replaceAll('"b1"', `"${bookingId}"`)
        .replaceAll(
          /"((?:pay|order|disp|trf|refund|reversal|rfnd|rvrs|surplus-pay)[_-][^"]*)"/g,
          `"$1-of-${bookingId}"`,
        ),
    );
    const { category, version } = EVENTS[own.type];
    const about = 'chargebackId' in own.data && category === 'chargeback' ? own.data.chargebackId : bookingId;
    const id = newId();
    const ids = { commandId: id, correlationId: id, causationId: id };
    const meta = { ...ids, actor: { kind: 'system', id: 'test' }, occurredAt: at, schemaVersion: version } as const;
    await store.append(`${category}-${about}`, 'any', [{ id, type: own.type, data: own.data, meta }]);
  }
}

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
  for (let seed = 1; seed <= LIVES; seed += 1) await live(seed);
  const readModels = await runReadModels({ db, store, log: createLog({ level: 'silent' }) });
  const waiter = await createWaiter(db);
  queries = createQueries(db, manualClock(START));
  closing.push(
    () => readModels.stop(),
    waiter.stop,
    () => store.close(),
    () => db.close(),
  );
  expect(await waiter.waitFor((await store.head()) ?? '', 30_000)).toBe(true);
});
afterAll(async () => {
  for (const close of closing) await close();
});

/** Decides, and keeps nothing: every act meets the same log. */
const dry: EventStore = {
  ...store,
  append: async () => ({ kind: 'appended', revision: 0, position: '', duplicate: false }),
};

/** The code of the refusal that `name` meets at `now`, or `taken`. */
async function asked(row: StuckRow, name: string, now: number): Promise<string> {
  const submit = createSubmit(dry);
  if (isOpsCommand(name)) {
    const parts: unknown = {
      store,
      submit,
      queries,
      now: () => now,
      seen: async () => true,
      observeOrder: async () => 0,
    };
    const { what, bookingId, subjectId } = row;
    const act = { what, bookingId, subjectId, command: name, reason: 'So it is.' };
    const done = await opsServices(parts as BookingParts).opsAct(ops, act, newId());
    return isRefusal(done) ? done.code : 'taken';
  }
  const chargeback = { chargebackId: row.subjectId ?? '', operationId: newId(), by: ops.personId, parties: [] };
  const command: AnyCommand | null =
    name === 'RequestContest'
      ? { type: name, now, data: { ...chargeback, summary: 'So it is.' } }
      : name === 'RequestAccept'
        ? { type: name, now, data: { ...chargeback, reason: 'So it is.' } }
        : null;
  if (!command) return 'unknown';
  const done = await submit(command, fromSystem('test', newId()));
  return isRefusal(done) ? done.code : 'taken';
}

test('RM15: what is offered is taken', async () => {
  const refused = new Set<string>();
  const taken = new Set<string>();
  for (const later of [0, 1, 30, 31, 32, 48, 100, 150, 200, 24 * 10, 24 * 400]) {
    const now = START + later * HOUR + HOUR / 4;
    for (const row of await queries.stuck(now)) {
      for (const name of row.commands) {
        expect(isOpsCommand(name) || isDecidedOnCase({ what: row.what, commands: [name] }), name).toBe(true);
        if (isOpsCommand(name) && !actsOf(row, ops.personId).includes(name)) continue;
        const answer = await asked(row, name, now);
        if (answer === 'taken') taken.add(`${row.what}: ${name}`);
        else refused.add(`${row.what}: ${name} ${answer}`);
      }
    }
  }
  expect([...refused].toSorted()).toEqual([]);
  // The lives come to all of these.
  expect([...taken].toSorted()).toEqual([
    'chargeback-deadline: RequestAccept',
    'chargeback-deadline: RequestContest',
    'payout-overdue: AuthorizeRelease',
    'payout-paused: ResumePayout',
    'refund-failed: RequestRefund',
    'refund-missing: RequestRefund',
    'reversal-failed: RequestReversal',
    'transfer-failed: RequestTransfer',
    'under-review: DecideReviewedBooking',
  ]);
}, 120_000);

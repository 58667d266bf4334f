/** RU11, EF14: a worker that froze on its way to the provider wakes when another one has its duty, and does nothing more. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { createOutbox, EFFECTS, planCall } from './effects/outbox.server.ts';
import type { PaymentGateway, ProviderReversal } from './effects/payment-gateway.ts';
import { takeOver } from './runner/checkpoint.server.ts';
import { prepareWorkerTables } from './runner/schema.server.ts';
import { scriptedGateway } from './testing/scripted-gateway.ts';

const HALF = 36_000;
const store = inMemoryStore();
const submit = createSubmit(store);
const clock = manualClock(Date.UTC(2026, 10, 21));
const log = createLog({ level: 'silent' });
const ok = <T>(value: T) => Promise.resolve({ kind: 'ok' as const, value });

let db: Database;
beforeAll(async () => {
  db = await openPglite(null);
  await prepareWorkerTables(db);
});
afterAll(async () => {
  await db.close();
});

/** Something that a test lets go on when it likes. */
function gate() {
  let open = (): void => undefined;
  let reached = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const atGate = new Promise<void>((resolve) => (reached = resolve));
  return { open, atGate, wait: () => (reached(), opened) };
}

/** A provider that takes back whatever it is asked to, as often as it is asked. */
function provider() {
  const reversals: ProviderReversal[] = [];
  const gateway: PaymentGateway = scriptedGateway({
    reversalsOf: () => ok([...reversals]),
    reverse: ({ amount, notes }) => {
      const reversal = { id: `rvrsl_${reversals.length}`, amount, operationId: notes['op_id'] ?? null };
      reversals.push(reversal);
      return ok(reversal);
    },
  });
  return { reversals, gateway };
}

async function planned(bookingId: string): Promise<string> {
  const operationId = `reversal-${bookingId}`;
  const call = { kind: 'reverse-transfer', bookingId, transferId: `trf_${bookingId}`, amount: HALF } as const;
  await planCall(db, { operationId, bookingId, call, correlationId: '', causationId: '' }, Date.now());
  return operationId;
}

const rowOf = async (operationId: string) =>
  (
    await db.query<{ state: string }>('SELECT state FROM worker.outbound_call WHERE operation_id = $1', [operationId])
  )[0];

async function worker(gateway: PaymentGateway, on: Database = db) {
  const epoch = await takeOver(db, EFFECTS);
  let fenced = false;
  const timing = { settleMs: 100, firstRetryMs: 1, longestRetryMs: 1, sendWithinMs: 50 };
  const outbox = createOutbox({
    db: on,
    store,
    gateway,
    submit,
    clock,
    log,
    epoch,
    timing,
    onFenced: () => (fenced = true),
  });
  return { run: outbox.run, fenced: () => fenced };
}

async function finish(task: { run(): Promise<boolean> }, operationId: string): Promise<void> {
  await expect.poll(async () => (await task.run(), (await rowOf(operationId))?.state)).toBe('confirmed');
}

test('EF14: frozen between its note that it sends and the sending: it does not send', async () => {
  const operationId = await planned('asleep');
  const { gateway, reversals } = provider();
  const sleeping = gate();
  const freezing: Database = {
    ...bound(db),
    transaction: async (work) => {
      const done = await db.transaction(work);
      await sleeping.wait();
      return done;
    },
  };
  const first = await worker(gateway, freezing);
  const running = first.run();
  await sleeping.atGate;
  // The next one finds nothing at the provider, waits for what may still be on its way, and sends it itself.
  await finish(await worker(gateway), operationId);
  expect(reversals).toHaveLength(1);
  sleeping.open();
  expect(await running).toBe(false);
  expect(reversals).toHaveLength(1);
  expect(first.fenced()).toBe(true);
  expect((await rowOf(operationId))?.state).toBe('confirmed');
});

test('EF14: frozen while the provider answers: what the next worker knows by then is not overwritten', async () => {
  const operationId = await planned('answered');
  const { gateway, reversals } = provider();
  const sleeping = gate();
  const first = await worker({
    ...gateway,
    reverse: async (asked) => {
      await gateway.reverse(asked);
      await sleeping.wait();
      return { kind: 'unknown', cause: '0 NETWORK_ERROR ETIMEDOUT' };
    },
  });
  const running = first.run();
  await sleeping.atGate;
  await finish(await worker(gateway), operationId);
  sleeping.open();
  expect(await running).toBe(false);
  expect(first.fenced()).toBe(true);
  expect((await rowOf(operationId))?.state).toBe('confirmed');
  expect(reversals).toHaveLength(1);
});

test('EF14: slow, and still on duty: the call goes out at the next turn', async () => {
  const operationId = await planned('slow');
  const { gateway, reversals } = provider();
  let pauses = 1;
  const slow: Database = {
    ...bound(db),
    transaction: async (work) => {
      const done = await db.transaction(work);
      if (pauses-- > 0) await new Promise((resolve) => setTimeout(resolve, 80));
      return done;
    },
  };
  const only = await worker(gateway, slow);
  await only.run();
  expect(reversals).toEqual([]);
  await finish(only, operationId);
  expect(reversals).toHaveLength(1);
  expect(only.fenced()).toBe(false);
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

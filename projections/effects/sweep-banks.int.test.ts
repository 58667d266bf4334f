/** The sweep behind changes of a bank, when no process was there: no worker runs here, only the read models. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { details } from '#events/tutor/examples.ts';
import type { Intent } from '../processes/process.ts';
import { runReadModels } from '../runner/read-models.server.ts';
import { createWaiter, type Waiter } from '../runner/wait-for.server.ts';
import { prepareProjections } from '../worker.server.ts';
import { createSweeper } from './sweep.server.ts';

const HOUR = 3_600_000;
const clock = manualClock(Date.UTC(2026, 10, 21));
const log = createLog({ level: 'silent' });
const tutorId = 't1';

let db: Database;
let store: EventStore;
let submit: Submit;
let waiter: Waiter;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  db = await openPglite(null);
  await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
  await prepareProjections(db);
  store = inMemoryStore();
  submit = createSubmit(store);
  waiter = await createWaiter(db);
  const readModels = await runReadModels({ db, store, log });
  closing.push(
    () => readModels.stop(),
    () => waiter.stop(),
    () => store.close(),
    () => db.close(),
  );
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

const typesOf = async (): Promise<string[]> => (await store.read(`tutor-${tutorId}`)).map((event) => event.type);

test('SW11: a change of a bank that has cooled off is applied, once and not before', async () => {
  const accountId = 'acc_1';
  await give({ type: 'ActivateLinkedAccount', data: { tutorId, accountId } });
  await give({ type: 'SubmitPayoutDetails', data: { tutorId, ...details } });
  await clock.advance(72 * HOUR - 1);
  await sweep();
  expect(await typesOf()).not.toContain('BankChangeApplied');
  await clock.advance(HOUR);
  await sweep();
  await sweep();
  expect((await typesOf()).filter((type) => type === 'BankChangeApplied')).toHaveLength(1);
});

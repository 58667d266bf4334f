/**
 * What the tests of the runners share: one PGlite a file, emptied before each test, and a new log in memory. The bindings are
 * live: they hold what belongs to the test that runs.
 */
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { CommandContext, Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { ClockControl } from '#platform/clock/clock.ts';
import { manualClock } from '#platform/clock/manual.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { prepareProjections } from '../worker.server.ts';

export let db: Database;
export let store: EventStore;
export let submit: Submit;
export let clock: ClockControl;
const running: { stop(): Promise<void> }[] = [];
export const errors = vi.fn();
export const log = createLog({ level: 'error', write: errors });

export function useRunnerFixture(): void {
  beforeAll(async () => {
    db = await openPglite(null);
    await db.script('CREATE TABLE person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)');
    await prepareProjections(db);
  });
  afterAll(async () => {
    await db.close();
  });

  beforeEach(async () => {
    errors.mockClear();
    const tables = await db.query<{ name: string }>(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('read_model', 'worker')`,
    );
    await db.query(`TRUNCATE ${tables.map((table) => table.name).join(', ')}`);
    store = inMemoryStore();
    submit = createSubmit(store);
    clock = manualClock(Date.UTC(2026, 10, 21));
  });
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.stop();
    await store.close();
  });
}

export const started = <T extends { stop(): Promise<void> }>(one: T): T => {
  running.push(one);
  return one;
};

export const context = (id = newId()): CommandContext => ({
  commandId: id,
  correlationId: id,
  causationId: id,
  actor: { kind: 'system', id: 'test' },
});

export async function register(personId: string): Promise<string> {
  const outcome = await submit(
    { type: 'RegisterPerson', now: clock.now(), data: { personId, role: 'student', zone: 'Asia/Kolkata' } },
    context(),
  );
  if (outcome.kind === 'refusal' || outcome.position === null) throw new Error('not registered');
  return outcome.position;
}

export const people = () =>
  db.query<{ person_id: string }>('SELECT person_id FROM read_model.person ORDER BY person_id');

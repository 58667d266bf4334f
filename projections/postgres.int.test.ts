/** The same on PostgreSQL, with two workers that take turns: RU3, RU11. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventStore } from '#events/store/event-store.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { startPostgres, type TestPostgres } from '../tests/support/postgres.ts';
import { READ_MODELS, dumpReadModels, rebuildReadModels, resetReadModels } from './runner/read-models.server.ts';
import { takeOver } from './runner/checkpoint.server.ts';
import { booksOf } from './testing/books.ts';
import { HOUR, openWorld, STUDENT, STUDENT2, type World } from './testing/world.ts';
import { prepareProjections } from './worker.server.ts';

let postgres: TestPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPostgres();
  world = await openWorld({ database: await openPostgres(await postgres.createDatabase('projections')) });
});
afterAll(async () => {
  await world.close();
  await postgres.stop();
});

test('one booking is released and one goes back, whichever worker is on duty', async () => {
  const second = world.another();
  const startsAt = world.firstStart;
  const taught = await world.book({ startsAt, student: STUDENT });
  const cancelled = await world.book({ startsAt: startsAt + 24 * HOUR, student: STUDENT2 });
  await world.payout(cancelled, (row) => row.state === 'held');
  // The first worker ends in the middle of it; the second goes on.
  await world.worker.stop();
  await world.give({ type: 'CancelBooking', data: { bookingId: cancelled, by: 'student', reason: '' } }, STUDENT2);
  await world.booking(cancelled, (row) => row.payment === 'refunded');
  await world.restart();

  const { lessonId } = await world.booking(taught, (row) => row.code !== null);
  await world.teach(lessonId ?? '', startsAt, [STUDENT]);
  const { releaseAt } = await world.payout(taught, (row) => row.state === 'hold-running');
  await second.stop();
  await world.advanceTo((releaseAt ?? 0) + 1);
  await world.payout(taught, (row) => row.state === 'released');
  await world.booking(taught, (row) => row.state === 'closed');
  await booksOf(world, taught);
  await booksOf(world, cancelled);

  const { orders, transfers, reversals, refunds } = await world.sandbox.state();
  expect([orders, transfers, reversals, refunds].map((made) => made.length)).toEqual([2, 2, 1, 1]);
  expect(transfers.filter((one) => one.holdsLifted === 1)).toHaveLength(1);
  expect(await world.queries.searchTutors({ subject: 'Physics', text: 'pune' })).toMatchObject({ total: 1 });
  expect(await world.queries.cases({ text: 'ravi' })).toMatchObject({ total: 1, rows: [{ bookingId: taught }] });
  expect(await world.queries.stuck(world.clock.now())).toEqual([]);

  const live = await dumpReadModels(world.db);
  await world.worker.stop();
  await resetReadModels(world.db);
  await world.restart();
  await world.settled();
  expect(await dumpReadModels(world.db)).toBe(live);
});

test('RU14: a rebuild that outlives a crash of the database starts again instead of taking what is left', async () => {
  // Rows that nobody waits for stay in memory for seconds, so that the crash takes all of them.
  const crashing = await startPostgres(['wal_writer_delay=10s', 'max_wal_size=1GB']);
  const db = await openPostgres(await crashing.createDatabase('rebuilt'));
  try {
    await prepareProjections(db);
    const filled = await world.store.readAll({ limit: 100_000 });
    const log = createLog({ level: 'silent' });
    let pages = 0;
    const store: EventStore = {
      ...inMemoryStore(),
      head: async () => filled.at(-1)?.position ?? null,
      readAll: async ({ after, limit = filled.length } = {}) => {
        pages += 1;
        // By now pages were written, and none is on its way: the next one is not here yet.
        if (pages === 6) {
          await setTimeout(300);
          await crashing.restart('SIGQUIT');
        }
        const from = after === undefined ? 0 : filled.findIndex(({ position }) => position === after) + 1;
        return filled.slice(from, from + limit);
      },
    };
    const rebuild = async (): Promise<number> =>
      await rebuildReadModels({ db, store, log, epoch: await takeOver(db, READ_MODELS), pageSize: 5, keepRows: 0 });
    await expect(rebuild()).rejects.toThrow(/crashed while the read models were built/);
    expect(await rebuild()).toBe(filled.length);
    const whole = await dumpReadModels(db);
    expect(await rebuild()).toBe(filled.length);
    expect(await dumpReadModels(db)).toBe(whole);
  } finally {
    await db.close();
    await crashing.stop();
  }
});

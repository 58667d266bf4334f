/** The same on PostgreSQL, with two workers that take turns: RU3, RU11. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { startPostgres, type TestPostgres } from '../tests/support/postgres.ts';
import { dumpReadModels, resetReadModels } from './runner/read-models.server.ts';
import { booksOf } from './testing/books.ts';
import { HOUR, openWorld, STUDENT, STUDENT2, type World } from './testing/world.ts';

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

test('one booking is released and one goes back, whichever worker is on duty', { timeout: 120_000 }, async () => {
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

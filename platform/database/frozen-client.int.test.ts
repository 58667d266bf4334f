/** What a process that stands still in the middle of a transaction keeps from the others: nothing, after a while. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import { DatabaseUnavailable, type Database } from './database.ts';
import { openPostgres } from './postgres.server.ts';

let postgres: TestPostgres;
let frozen: Database;
let awake: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.createDatabase('frozen');
  frozen = await openPostgres(url, { idleInTransactionMs: 300 });
  awake = await openPostgres(url);
});
afterAll(async () => {
  await Promise.all([frozen.close(), awake.close()]);
  await postgres.stop();
});

it('its transaction is rolled back, its locks fall, and it is told when it wakes', async () => {
  await awake.script('CREATE TABLE duty (epoch int8); INSERT INTO duty VALUES (1)');
  let wake = (): void => undefined;
  const asleep = new Promise<void>((resolve) => (wake = resolve));
  let locked = (): void => undefined;
  const hasLock = new Promise<void>((resolve) => (locked = resolve));
  const work = frozen.transaction(async (tx) => {
    await tx.query('UPDATE duty SET epoch = 7');
    locked();
    await asleep;
    await tx.query('UPDATE duty SET epoch = 8');
  });
  await hasLock;
  await awake.query('UPDATE duty SET epoch = epoch + 1');
  wake();
  await expect(work).rejects.toBeInstanceOf(DatabaseUnavailable);
  expect(await awake.query('SELECT epoch FROM duty')).toEqual([{ epoch: 2 }]);
  // Its next question finds a connection that is well.
  expect(await frozen.query('SELECT epoch FROM duty')).toEqual([{ epoch: 2 }]);
});

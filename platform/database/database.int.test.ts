import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import { databaseContract } from './contract.ts';
import { openPglite } from './pglite.server.ts';
import { openPostgres } from './postgres.server.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

databaseContract('PGlite', () => openPglite(null));
databaseContract('PostgreSQL', async () => openPostgres(await postgres.createDatabase('contract')));

test('PostgreSQL copies rows in without waiting for the disk where it is told to, and only for those', async () => {
  const db = await openPostgres(await postgres.createDatabase('copying'), { max: 1 });
  await db.script(`CREATE TABLE copied (id int8, waits text DEFAULT current_setting('synchronous_commit'))`);
  await db.copyIn('copied (id)', '1\n');
  await db.copyIn('copied (id)', '2\n', false);
  await expect(db.copyIn('copied (id)', 'x\n', false)).rejects.toMatchObject({ code: '22P02' });
  await db.copyIn('copied (id)', '3\n', true);
  const rows = await db.query<{ id: number; waits: string }>('SELECT * FROM copied ORDER BY id');
  expect(rows.map(({ id, waits }) => [id, waits === 'off'])).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ]);
  await db.close();
});

test('PostgreSQL: a connection that is lost in the middle of copying leaves no rows, and the next copy gets another', async () => {
  const db = await openPostgres(await postgres.createDatabase('lost'), { max: 3 });
  await db.script('CREATE TABLE copied (id int8)');
  const held = await db.acquire();
  await held.query('BEGIN');
  await held.query('LOCK TABLE copied');
  const copying = db.copyIn('copied (id)', '1234567\n'.repeat(1_000_000), false).catch((error: unknown) => error);
  await expect
    .poll(async () => {
      const ended = await db.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%COPY copied%' AND pid <> pg_backend_pid()`,
      );
      return ended.length;
    })
    .toBe(1);
  expect(await copying).toBeInstanceOf(Error);
  await held.query('ROLLBACK');
  held.release();
  await db.copyIn('copied (id)', '1\n');
  expect(await db.query('SELECT id FROM copied')).toEqual([{ id: 1 }]);
  await db.close();
});

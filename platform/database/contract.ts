/** What both adapters of the database port must do. Registered in database.int.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlError, type Database } from './database.ts';
import { migrate } from './schema.server.ts';

export function databaseContract(name: string, open: () => Promise<Database>): void {
  describe(`database contract: ${name}`, () => {
    let db: Database;
    beforeAll(async () => {
      db = await open();
      await db.script('CREATE TABLE thing (id int8 PRIMARY KEY, label text); CREATE TABLE other (id int8);');
    });
    afterAll(() => db.close());

    const count = async (): Promise<number | undefined> =>
      (await db.query<{ n: number }>('SELECT count(*) AS n FROM thing'))[0]?.n;

    it('gives int8 as numbers, jsonb parsed, bytea as bytes, null as null', async () => {
      const [row] = await db.query(
        'SELECT $1::int8 AS i, $2::jsonb AS j, $3::bytea AS b, $4::text AS n, $5::bool AS t, $6::text[] AS a',
        [
          Number.MAX_SAFE_INTEGER,
          JSON.stringify({ a: [1, 'ü'] }),
          Uint8Array.of(0, 255, 7),
          undefined,
          true,
          ['x', 'y"'],
        ],
      );
      expect(row).toEqual({
        i: Number.MAX_SAFE_INTEGER,
        j: { a: [1, 'ü'] },
        b: Uint8Array.of(0, 255, 7),
        n: null,
        t: true,
        a: ['x', 'y"'],
      });
    });

    it('throws on an int8 that a number cannot hold', async () => {
      await expect(db.query('SELECT 9007199254740993::int8 AS i')).rejects.toThrow(/9007199254740993/);
      expect(await db.query('SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
    });

    it('names what the database refused by its SQLSTATE', async () => {
      await db.query('INSERT INTO thing VALUES (1, $1)', ['one']);
      const refused = await db.query('INSERT INTO thing VALUES (1, $1)', ['again']).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(SqlError);
      expect(refused).toMatchObject({ code: '23505', constraint: 'thing_pkey', table: 'thing' });
      await db.query('DELETE FROM thing');
    });

    it('commits what a transaction did, and rolls back when it throws', async () => {
      const answer = await db.transaction(async (tx) => {
        await tx.query('INSERT INTO thing VALUES (10, $1)', ['kept']);
        return 'done';
      });
      const thrown = db.transaction(async (tx) => {
        await tx.query('INSERT INTO thing VALUES (11, $1)', ['gone']);
        throw new Error('on purpose');
      });
      await expect(thrown).rejects.toThrow('on purpose');
      expect(answer).toBe('done');
      expect(await db.query('SELECT id FROM thing')).toEqual([{ id: 10 }]);
      await db.query('DELETE FROM thing');
    });

    it('never reports a commit of a transaction whose failed statement was swallowed', async () => {
      const swallowed = db.transaction(async (tx) => {
        await tx.query('INSERT INTO thing VALUES (12, $1)', ['x']);
        await tx.query('SELECT broken').catch(() => undefined);
      });
      await expect(swallowed).rejects.toMatchObject({ code: '25P02' });
      expect(await count()).toBe(0);
    });

    it('lets a transaction recover through a savepoint', async () => {
      await db.transaction(async (tx) => {
        await tx.query('INSERT INTO thing VALUES (13, $1)', ['x']);
        await tx.query('SAVEPOINT here');
        await tx.query('SELECT broken').catch(() => undefined);
        await tx.query('ROLLBACK TO here');
      });
      expect(await count()).toBe(1);
      await db.query('DELETE FROM thing');
    });

    it('refuses the outer handle inside a transaction, instead of waiting for ever', { timeout: 5_000 }, async () => {
      for (const use of [
        () => db.query('SELECT 1'),
        () => db.acquire(),
        () => db.script('SELECT 1'),
        () => db.copyIn('other', '1\n'),
        () => db.transaction(async () => undefined),
      ]) {
        await expect(db.transaction(async () => void (await use()))).rejects.toThrow(/only its own handle/);
      }
      const kept = await db.transaction(async (tx) => tx);
      await expect(kept.query('SELECT 1')).rejects.toThrow(/has ended/);
    });

    it('copies rows in, all or none, and goes on after a refusal', async () => {
      await db.copyIn('thing (id, label)', '1\ta\\tb\\n\\\\c\n2\t\\N\n3\t\n');
      expect(await db.query('SELECT * FROM thing ORDER BY id')).toEqual([
        { id: 1, label: 'a\tb\n\\c' },
        { id: 2, label: null },
        { id: 3, label: '' },
      ]);
      await expect(db.copyIn('thing (id, label)', '4\tnew\n1\tthere\n')).rejects.toMatchObject({ code: '23505' });
      await expect(db.copyIn('thing (id, label)', 'x\ty\n')).rejects.toBeInstanceOf(SqlError);
      expect(await count()).toBe(3);
      await db.query('DELETE FROM thing');
    });

    it('keeps transactions apart while fifty run at once with single statements between them', async () => {
      await db.query('INSERT INTO thing VALUES (1, $1)', ['0']);
      const raise = (): Promise<unknown> =>
        db.transaction(async (tx) => {
          const [row] = await tx.query<{ label: string }>('SELECT label FROM thing WHERE id = 1 FOR UPDATE');
          await tx.query('UPDATE thing SET label = $1 WHERE id = 1', [String(Number(row?.label) + 1)]);
        });
      const single = (): Promise<unknown> => db.query('INSERT INTO other VALUES (1)');
      await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 5 === 0 ? single() : raise())));
      expect(await db.query('SELECT label FROM thing')).toEqual([{ label: '40' }]);
      expect(await db.query('SELECT count(*) AS n FROM other')).toEqual([{ n: 10 }]);
      await db.query('DELETE FROM thing');
    });

    it('rolls back what a connection left open when it is given back, and refuses its further use', async () => {
      const connection = await db.acquire();
      await connection.query('BEGIN');
      const inserted = await connection.execute('INSERT INTO thing VALUES (20, $1), (21, $1) RETURNING id', ['left']);
      expect(inserted).toEqual({ rows: [{ id: 20 }, { id: 21 }], affected: 2 });
      expect(await connection.execute('SELECT 1 AS one')).toEqual({ rows: [{ one: 1 }], affected: 0 });
      connection.release();
      connection.release();
      await expect(connection.query('SELECT 1')).rejects.toThrow(/given back/);
      expect(await count()).toBe(0);
    });

    it('hints at a NOTIFY once it is committed, until told to stop', async () => {
      let heard = 0;
      const stop = await db.listen('Things', () => (heard += 1));
      await db.transaction(async (tx) => {
        await tx.query(`SELECT pg_notify('Things', '')`);
      });
      await expect.poll(() => heard, { timeout: 3_000 }).toBeGreaterThan(0);
      await stop();
      const before = heard;
      await db.query(`SELECT pg_notify('Things', '')`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(heard).toBe(before);
    });

    it('runs each schema step once, though many start at the same time', async () => {
      const steps = ['CREATE TABLE stepped (id int)', 'INSERT INTO stepped VALUES (1)'];
      await Promise.all(Array.from({ length: 5 }, () => migrate(db, 'test', steps)));
      await migrate(db, 'test', [...steps, 'INSERT INTO stepped VALUES (2)']);
      expect(await db.query('SELECT id FROM stepped ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    });

    it('refuses a step that was changed after it ran, and a database newer than the program', async () => {
      await expect(migrate(db, 'test', ['CREATE TABLE stepped (id text)'])).rejects.toThrow(/3 steps of "test"/);
      const changed = ['CREATE TABLE stepped (id int)', 'INSERT INTO stepped VALUES (7)', 'SELECT 3'];
      await expect(migrate(db, 'test', changed)).rejects.toThrow(/Step 2 of "test" was changed/);
    });

    it('undoes all steps of a run in which one fails', async () => {
      await expect(migrate(db, 'broken', ['CREATE TABLE half (id int)', 'SELECT nothing'])).rejects.toThrow();
      expect(await db.query(`SELECT to_regclass('half') AS t`)).toEqual([{ t: null }]);
    });
  });
}

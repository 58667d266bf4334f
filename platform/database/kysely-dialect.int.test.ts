import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import type { Database } from './database.ts';
import { kyselyDialect } from './kysely-dialect.server.ts';
import { openPglite } from './pglite.server.ts';
import { openPostgres } from './postgres.server.ts';

interface Tables {
  thing: { id: number; label: string | null };
}

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const adapters: [string, () => Promise<Database>][] = [
  ['PGlite', () => openPglite(null)],
  ['PostgreSQL', async () => openPostgres(await postgres.createDatabase('kysely'))],
];

describe.each(adapters)('Kysely on %s', (_name, open) => {
  let db: Database;
  let kysely: Kysely<Tables>;
  beforeAll(async () => {
    db = await open();
    await db.script('CREATE TABLE thing (id int8 PRIMARY KEY, label text)');
    kysely = new Kysely<Tables>({ dialect: kyselyDialect(db) });
  });
  afterAll(() => db.close());

  it('counts the rows that a change touched', async () => {
    const inserted = await kysely
      .insertInto('thing')
      .values([
        { id: 1, label: 'a' },
        { id: 2, label: 'b' },
      ])
      .execute();
    expect(inserted[0]?.numInsertedOrUpdatedRows).toBe(2n);
    const updated = await kysely.updateTable('thing').set({ label: 'c' }).where('id', '>', 0).executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(2n);
    expect((await kysely.deleteFrom('thing').where('id', '=', 9).executeTakeFirst()).numDeletedRows).toBe(0n);
    expect(await kysely.deleteFrom('thing').where('id', '=', 2).returningAll().execute()).toEqual([
      { id: 2, label: 'c' },
    ]);
  });

  it('commits and rolls back transactions, and leaves the database usable', async () => {
    await kysely.transaction().execute((tx) => tx.insertInto('thing').values({ id: 10, label: 'kept' }).execute());
    const failed = kysely.transaction().execute(async (tx) => {
      await tx.insertInto('thing').values({ id: 11, label: 'gone' }).execute();
      await sql`SELECT nothing`.execute(tx);
    });
    await expect(failed).rejects.toThrow();
    const ids = await kysely.selectFrom('thing').select('id').where('id', '>=', 10).execute();
    expect(ids).toEqual([{ id: 10 }]);
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it("runs better-auth's migrations once, and signs up, in and out", async () => {
    const options = {
      database: { db: new Kysely({ dialect: kyselyDialect(db) }), type: 'postgres' as const },
      emailAndPassword: { enabled: true },
      secret: 'a secret for this test only, of some length',
      baseURL: 'http://localhost:3000',
      // The defaults are made for production: three sign-ins in ten seconds.
      rateLimit: { enabled: false },
    };
    const first = await getMigrations(options);
    expect(first.toBeCreated.map((table) => table.table).sort()).toEqual([
      'account',
      'session',
      'user',
      'verification',
    ]);
    await first.runMigrations();
    const second = await getMigrations(options);
    expect([...second.toBeCreated, ...second.toBeAdded]).toEqual([]);

    const auth = betterAuth(options);
    const credentials = { email: 'student@demo.test', password: 'correct horse battery' };
    const { user } = await auth.api.signUpEmail({ body: { ...credentials, name: 'Student' } });
    await expect(auth.api.signUpEmail({ body: { ...credentials, name: 'Again' } })).rejects.toThrow();
    await expect(auth.api.signInEmail({ body: { ...credentials, password: 'wrong' } })).rejects.toThrow();
    const signedIn = await auth.api.signInEmail({ body: credentials, returnHeaders: true });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const session = await auth.api.getSession({ headers: new Headers({ cookie }) });
    expect(session?.user.id).toBe(user.id);
    expect(session?.session.expiresAt).toBeInstanceOf(Date);
    await auth.api.signOut({ headers: new Headers({ cookie }) });
    expect(await auth.api.getSession({ headers: new Headers({ cookie }) })).toBeNull();
  });
});

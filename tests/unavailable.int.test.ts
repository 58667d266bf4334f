/** A database that is away or full, seen from outside: 503 with a stable code and when to come again, and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { createAuth } from '#app/server/auth/auth.server.ts';
import { createPersonOf } from '#app/server/auth/person.server.ts';
import { createHost } from '#app/server/host/host.server.ts';
import { requestScope } from '#app/server/request-scope.ts';
import type { Services } from '#app/server/services.ts';
import { kyselyDialect } from '#platform/database/kysely-dialect.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { createLog } from '#platform/log/log.server.ts';
import { createQueries } from '#projections/queries.server.ts';
import { prepareProjections } from '#projections/worker.server.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';

const log = createLog({ level: 'silent' });
const clock = { now: () => Date.UTC(2027, 0, 4), onJump: () => () => undefined };
const EMAIL = 'asha@nexused.test';
const PASSWORD = 'a long password';

let postgres: TestPostgres;
let db: Database;
let host: FastifyInstance;

const ask = (method: 'GET' | 'POST', url: string, body?: object, cookie = '') =>
  host.inject({
    method,
    url,
    headers: { host: 'localhost', 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  });
const signIn = () => ask('POST', '/api/auth/sign-in/email', { email: EMAIL, password: PASSWORD });

beforeAll(async () => {
  postgres = await startPostgres();
  db = await openPostgres(postgres.url);
  const auth = await createAuth({
    db,
    dialect: kyselyDialect(db),
    secret: 'a secret of thirty-two characters',
    publicUrl: 'http://localhost',
    log,
    sendMail: async () => undefined,
    register: async () => undefined,
  });
  await prepareProjections(db);
  const queries = createQueries(db, clock);
  const services = { queries, now: clock.now, capabilities: { demoSignIn: null } } as unknown as Services;
  host = await createHost({
    services,
    auth,
    personOf: createPersonOf(auth, queries),
    log,
    trustProxy: false,
    publicUrl: 'http://localhost',
    tls: null,
    // As Kit does it: what a page throws goes to `report`, through the hooks that the bundle has.
    pages: (_req, res) =>
      void db.query('SELECT 1').catch((error: unknown) => {
        const said = requestScope().getStore()?.report(error, '/');
        res.writeHead(500, { 'x-code': said?.code ?? 'none' }).end();
      }),
    receiveWebhook: async () => 'stored',
    sandboxUrl: null,
    healthPage: async () => ({}),
    ready: async () => (await db.query('SELECT 1')).length === 1,
    metrics: async () => ({ body: '', contentType: 'text/plain' }),
    answered: () => undefined,
    upgrades: [],
    ownUpgrades: [],
  });
  await host.ready();
}, 120_000);

afterAll(async () => {
  await host.close();
  await db.close();
  await postgres.stop();
});

/** The database gives this SQLSTATE for whatever is written to the table. */
const refuses = (table: string, code: string): Promise<void> =>
  db.script(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END $$;
    CREATE OR REPLACE TRIGGER refusing BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse()`);

describe('a database that is away or full', () => {
  it('one that has no room answers 503 to who signs in, and a mistake of ours 500', async () => {
    expect(
      (await ask('POST', '/api/auth/sign-up/email', { email: EMAIL, password: PASSWORD, name: 'Asha' })).statusCode,
    ).toBe(200);
    expect((await signIn()).statusCode).toBe(200);
    for (const [code, status, said] of [
      ['53100', 503, 'database-unavailable'],
      ['57P03', 503, 'database-unavailable'],
      ['23514', 500, 'internal'],
    ] as const) {
      await refuses('"session"', code);
      const body = { email: EMAIL, password: PASSWORD };
      for (const url of ['/api/auth/sign-in/email', '/api/v1/sign-in']) {
        const answer = await ask('POST', url, body);
        expect([url, code, answer.statusCode, answer.json()]).toMatchObject([url, code, status, { code: said }]);
        expect(answer.headers['retry-after']).toBe(status === 503 ? '2' : undefined);
        expect(answer.headers['content-type']).toContain('application/problem+json');
      }
    }
    await db.script('DROP TRIGGER refusing ON "session"');
  });

  it('one that is away answers 503 everywhere, also to who is signed in', async () => {
    const cookie = (await signIn()).cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const all = ['/api/v1/tutors', '/api/v1/me', '/api/auth/get-session', '/ready', '/bookings'] as const;
    for (const url of ['/api/v1/me', '/ready']) expect((await ask('GET', url, undefined, cookie)).statusCode).toBe(200);
    await postgres.stop();
    for (const url of all) {
      const answer = await ask('GET', url, undefined, cookie);
      expect([url, answer.statusCode, answer.json()]).toMatchObject([url, 503, { code: 'database-unavailable' }]);
      expect(answer.headers['retry-after']).toBe('2');
    }
    // A page that nobody is signed in to asks for its rows only.
    const page = await ask('GET', '/tutors');
    expect(page.headers['x-code']).toBe('database-unavailable');
  });
});

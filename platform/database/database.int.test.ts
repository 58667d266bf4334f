import { afterAll, beforeAll } from 'vitest';
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

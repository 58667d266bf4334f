import { afterAll, beforeAll } from 'vitest';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import { eventStoreContract, type OpenedStore } from './contract.ts';
import type { ChainedStore } from './chain.ts';
import type { EventStore } from './event-store.ts';
import { openSqlStore } from './postgres.server.ts';

let postgres: TestPostgres;
let databases = 0;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** `secondDb` is what another process would have; PGlite has one process, so there it is the same. */
async function openOn(db: Database, secondDb: Database): Promise<OpenedStore> {
  const stores: (EventStore & ChainedStore)[] = [];
  const open = async (on: Database): Promise<EventStore & ChainedStore> => {
    const store = await openSqlStore(on);
    stores.push(store);
    return store;
  };
  return {
    store: await open(db),
    another: () => open(secondDb),
    async rollBackAppend(stream, events) {
      const undone = db.transaction(async (tx) => {
        await tx.query('SELECT * FROM log_append($1, -2, $2, $3, $4, $5)', [
          stream,
          events.map((event) => event.id),
          events.map((event) => event.type),
          events.map((event) => JSON.stringify(event.data)),
          events.map((event) => JSON.stringify(event.meta)),
        ]);
        throw new Error('undone');
      });
      await undone.catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'undone') throw error;
      });
    },
    async close() {
      for (const store of stores.splice(0)) await store.close();
      for (const one of new Set([db, secondDb])) await one.close();
    },
  };
}

eventStoreContract('PGlite', async () => {
  const db = await openPglite(null);
  return openOn(db, db);
});

eventStoreContract('PostgreSQL', async () => {
  const url = await postgres.createDatabase(`log${(databases += 1)}`);
  return openOn(await openPostgres(url), await openPostgres(url));
});

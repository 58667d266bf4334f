import { openPglite } from '#platform/database/pglite.server.ts';
import type { ChainedStore } from './chain.ts';
import { eventStoreContract, type OpenedStore } from './contract.ts';
import type { EventStore } from './event-store.ts';
import { openEventStoreDb } from './eventstoredb.server.ts';
import { startTestEventStoreDb, type ServerOptions } from './testing/eventstoredb.server.ts';

/** The real client over gRPC; a second handle shares the process's client and has subscriptions of its own. */
async function open(abilities: ServerOptions['abilities'], appendBy: 'plain' | 'batch'): Promise<OpenedStore> {
  const server = await startTestEventStoreDb({ abilities });
  const db = await openPglite(null);
  const stores: (EventStore & ChainedStore)[] = [];
  const another = async (): Promise<EventStore & ChainedStore> => {
    const store = await openEventStoreDb(server.url, { db, appendBy });
    stores.push(store);
    return store;
  };
  return {
    store: await another(),
    another,
    rollBackAppend: (stream, events) => server.brokenAppend(stream, events),
    chainsBeside: true,
    async close() {
      for (const store of stores.splice(0)) await store.close();
      await db.close();
      server.stop();
    },
  };
}

eventStoreContract('EventStoreDB, all appends over one stream (BatchAppend)', () => open('all', 'batch'));
eventStoreContract('EventStoreDB, one call an append (Append), abilities unknown', () => open('unknown', 'batch'));

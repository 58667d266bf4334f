/**
 * A Yjs server as a process of its own, to be killed: `node serve.ts <folder> <port>`. Tickets are signed with the tests'
 * key, and `GET /ids?name=…&person=…` hands out client ids.
 */
import { createServer } from 'node:http';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createSyncServer } from '../create-sync-server.server.ts';
import { BUSINESS_NOW, keepingLog, officeAt } from './harness.server.ts';

const [folder, port] = process.argv.slice(2);
if (folder === undefined || port === undefined) throw new Error('serve.ts <folder> <port>');
const sync = createSyncServer({
  db: await openPglite(folder),
  bus: createMemoryBus(),
  store: inMemoryStore(),
  submit: async () => ({ kind: 'accepted', stream: 'lesson', revision: 0, position: null, events: [] }),
  tickets: officeAt(Date.now),
  clock: { now: () => BUSINESS_NOW, onJump: () => () => undefined },
  log: keepingLog(),
});
const http = createServer((req, res) => {
  const { searchParams } = new URL(req.url ?? '', 'http://localhost');
  sync
    .allocateClientIds(searchParams.get('name') ?? '', searchParams.get('person') ?? '', 2)
    .then((ids) => res.end(JSON.stringify(ids)))
    .catch((error: unknown) => res.writeHead(500).end(String(error)));
});
http.on('upgrade', (req, socket, head) => sync.handleUpgrade(req, socket, head));
http.listen(Number(port), '127.0.0.1');

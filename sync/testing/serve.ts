/**
 * A Yjs server as a process of its own, to be killed: `node serve.ts <database> <port> [<redis> [<limits>]]`. The database is a folder
 * (PGlite) or the address of a PostgreSQL, which processes share. Tickets are signed with the tests' key, and
 * `GET /ids?name=…&person=…` hands out client ids; `GET /memory` says what the process remembers.
 */
import { createServer } from 'node:http';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { createSyncServer } from '../create-sync-server.server.ts';
import { redisFanout } from '../fanout/redis.server.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { BUSINESS_NOW, officeAt } from './harness.server.ts';

const [database, port, redis, limits] = process.argv.slice(2);
if (database === undefined || port === undefined) throw new Error('serve.ts <database> <port> [<redis>]');
// What goes wrong is seen by whoever started the process.
const say = (level: string) => (fields: object, message: string) =>
  void process.stderr.write(`${level}: ${message} ${'err' in fields ? String(fields.err) : JSON.stringify(fields)}\n`);
const log: Log = { info: () => undefined, warn: say('warn'), error: say('error') };
const sync = createSyncServer({
  db: database.startsWith('postgres') ? await openPostgres(database) : await openPglite(database),
  bus: createMemoryBus(),
  ...(redis === undefined ? {} : { fanout: redisFanout(redis, { log }) }),
  store: inMemoryStore(),
  submit: async () => ({ kind: 'accepted', stream: 'lesson', revision: 0, position: null, events: [] }),
  tickets: officeAt(Date.now),
  clock: { now: () => BUSINESS_NOW, onJump: () => () => undefined },
  log,
  limits: JSON.parse(limits ?? '{}') as Partial<Limits>,
});
/** What is in use behind a collection of everything, which needs `--expose-gc`; bytes. */
function restingMemory(): { heapUsed: number; rss: number } {
  for (let i = 0; i < 3; i += 1) globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapUsed, rss };
}

const http = createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url ?? '', 'http://localhost');
  if (pathname === '/memory') return void res.end(JSON.stringify(restingMemory()));
  sync
    .allocateClientIds(searchParams.get('name') ?? '', searchParams.get('person') ?? '', 2)
    .then((ids) => res.end(JSON.stringify(ids)))
    .catch((error: unknown) => res.writeHead(500).end(String(error)));
  return undefined;
});
http.on('upgrade', (req, socket, head) => sync.handleUpgrade(req, socket, head));
http.listen(Number(port), '127.0.0.1');

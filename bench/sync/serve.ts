/**
 * The product's Yjs server as a process to be measured: `node serve.ts <port> <database> <limits> [<redis>]`. Tickets for
 * whole classes come from `GET /people?name=<document>&from=<n>&count=<n>`.
 */
import { createServer } from 'node:http';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { createSyncServer } from '#sync/create-sync-server.server.ts';
import { redisFanout } from '#sync/fanout/redis.server.ts';
import type { Limits } from '#sync/limits.ts';
import type { Log } from '#sync/log.ts';
import { officeAt } from '#sync/testing/harness.server.ts';
import type { Someone } from './plan.ts';

const [port, database, limits, redis] = process.argv.slice(2);
if (port === undefined || database === undefined) throw new Error('serve.ts <port> <database> <limits> [<redis>]');
const say = (level: string) => (fields: object, message: string) =>
  void process.stderr.write(`${level}: ${message} ${'err' in fields ? String(fields.err) : JSON.stringify(fields)}\n`);
const log: Log = { info: () => undefined, warn: say('warn'), error: say('error') };
const office = officeAt(Date.now);
const TICKET_MS = 800_000;
const sync = createSyncServer({
  db: await openPostgres(database),
  bus: createMemoryBus(),
  ...(redis === undefined ? {} : { fanout: redisFanout(redis, { log }) }),
  store: inMemoryStore(),
  submit: async () => ({ kind: 'accepted', stream: 'lesson', revision: 0, position: null, events: [] }),
  tickets: office,
  clock: { now: Date.now, onJump: () => () => undefined },
  log,
  limits: JSON.parse(limits ?? '{}') as Partial<Limits>,
});

async function someone(name: string, n: number): Promise<Someone> {
  const person = { personId: `p-${n}`, name: `Person ${n}` };
  const ids = await sync.allocateClientIds(name, person.personId, 1);
  const lessonId = name.slice(name.indexOf(':') + 1);
  const documents = { [name]: ids };
  const ticket = office.sign({
    lessonId,
    ...person,
    role: 'participant',
    documents,
    expiresAt: Date.now() + TICKET_MS,
  });
  const path = `/sync/${encodeURIComponent(name)}?ticket=${encodeURIComponent(ticket)}&ack=1`;
  return { client: ids[0] ?? 0, id: person.personId, name: person.name, path };
}

async function people(name: string, from: number, count: number): Promise<Someone[]> {
  const all: Someone[] = [];
  for (let n = from; n < from + count; n += 1) all.push(await someone(name, n));
  return all;
}

const http = createServer((req, res) => {
  const { searchParams } = new URL(req.url ?? '', 'http://localhost');
  people(searchParams.get('name') ?? 'board:up', Number(searchParams.get('from')), Number(searchParams.get('count')))
    .then((all) => res.end(JSON.stringify(all)))
    .catch((error: unknown) => res.writeHead(500).end(String(error)));
});
http.on('upgrade', (req, socket, head) => sync.handleUpgrade(req, socket, head));
http.listen(Number(port), '127.0.0.1', 4_096);
// So that a profile is written.
process.once('SIGTERM', () => process.exit(0));

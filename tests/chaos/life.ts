/**
 * One life of the money side of the product, for the chaos runs: commands, webhooks and the worker in one process that
 * may be killed at any instant. The next life, on the same database and port, goes on where this one ended. With REDIS_URL
 * several of them share the work.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AnyCommand } from '#events/handling/submit.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import { openRedisBus } from '#platform/bus/redis.server.ts';
import { openBusinessClock } from '#platform/clock/database.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { openSmtp } from '#projections/effects/mail.server.ts';
import { openRazorpay } from '#projections/effects/razorpay.server.ts';
import { openPayments, openReadSide, prepareProjections, startWorker } from '#projections/worker.server.ts';
import { PEOPLE } from './cast.ts';

const need = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

const log = createLog({ level: process.env['TEST_LOG'] ?? 'silent' });
const db = await openPostgres(need('DATABASE_URL'), { log });
await db.script(
  'CREATE TABLE IF NOT EXISTS person_name (person_id text PRIMARY KEY, name text NOT NULL, email text NOT NULL)',
);
for (const [id, name] of Object.entries(PEOPLE))
  await db.query('INSERT INTO person_name VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [id, name, `${id}@demo.test`]);
// With a Redis there may be several lives on one database at the same time.
const redisUrl = process.env['REDIS_URL'];
const bus = redisUrl ? await openRedisBus(redisUrl) : createMemoryBus(() => undefined);
const clock = await openBusinessClock(db, bus);
const store = await openSqlStore(db, { pollMs: 100 });
const submit = createSubmit(store);
const gateway = openRazorpay({
  keyId: need('SANDBOX_KEY_ID'),
  keySecret: need('SANDBOX_KEY_SECRET'),
  webhookSecrets: [need('SANDBOX_WEBHOOK_SECRET')],
  baseUrl: () => need('SANDBOX_URL'),
  timeoutMs: 1_000,
});
await prepareProjections(db);
const readSide = await openReadSide({ db, clock });
const payments = openPayments({ db, gateway, submit, clock, log });
startWorker({
  db,
  store,
  submit,
  clock,
  bus,
  gateway,
  mail: openSmtp(() => `smtp://127.0.0.1:${need('SANDBOX_SMTP_PORT')}`, 'NexusEd <no-reply@nexused.test>'),
  log,
  publicUrl: () => 'http://localhost:3000',
  pace: {
    timersMs: 50,
    outboxMs: 50,
    inboxMs: 50,
    mailMs: 200,
    sweepMs: 2_000,
    reconcileMs: 2_000,
    // As in the product: what goes out, and the time-out above, are over before a call may be sent again.
    outbox: { settleMs: 1_500, firstRetryMs: 100, longestRetryMs: 500, sendWithinMs: 150 },
  },
});

interface Given {
  readonly commandId: string;
  readonly as: string;
  readonly command: Omit<AnyCommand, 'now'> & { readonly type: AnyCommand['type'] };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function settled(): Promise<boolean> {
  const head = await store.head();
  const [row] = await db.query<{ behind: number; waiting: number }>(
    `SELECT
       (SELECT count(*)::int4 FROM worker.checkpoint
         WHERE consumer IN ('read-models', 'processes') AND position IS DISTINCT FROM $1) AS behind,
       (SELECT count(*)::int4 FROM worker.outbound_call WHERE state IN ('planned', 'sent', 'unknown'))
       + (SELECT count(*)::int4 FROM worker.webhook WHERE state = 'stored')
       + (SELECT count(*)::int4 FROM worker.timer WHERE fired_at IS NULL AND due_at <= $2) AS waiting`,
    [head, Math.floor(clock.now())],
  );
  return row?.behind === 0 && row.waiting === 0;
}

async function answer(request: IncomingMessage, body: Buffer): Promise<unknown> {
  const path = (request.url ?? '').split('/').slice(1);
  const asked = (): Record<string, unknown> => JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  switch (path[0]) {
    case 'command': {
      const { commandId, as, command } = JSON.parse(body.toString('utf8')) as Given;
      const context = { commandId, correlationId: commandId, causationId: commandId };
      const done = await submit({ ...command, now: clock.now() } as AnyCommand, {
        ...context,
        actor: { kind: 'person', id: as },
      });
      return isRefusal(done) ? { refused: done.code } : { types: done.events.map((event) => event.type) };
    }
    case 'row': {
      const bookingId = path[1] ?? '';
      const [booking, payout] = await Promise.all([
        readSide.queries.booking(bookingId),
        readSide.queries.payout(bookingId),
      ]);
      return { booking, payout };
    }
    case 'advance': {
      const to = Number(asked()['to']);
      const now = clock.now();
      if (to > now) await clock.advance(to - now);
      return { offsetMs: Math.round(clock.now() - Date.now()) };
    }
    case 'arm': {
      const { point, after } = asked();
      process.env['CRASH_AT'] = String(point);
      process.env['CRASH_AFTER'] = String(after);
      return {};
    }
    case 'now':
      return { now: clock.now() };
    case 'settled':
      return { settled: await settled() };
    default:
      return null;
  }
}

const server = createServer((request, response) => {
  const reply = (status: number, body: unknown = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  bodyOf(request)
    .then(async (body) => {
      if (request.url === '/webhooks') {
        const received = await payments.receiveWebhook(body, request.headers);
        return reply(received === 'bad-signature' ? 400 : received === 'busy' ? 503 : 200);
      }
      const found = await answer(request, body);
      reply(found === null ? 404 : 200, found);
    })
    .catch((error: unknown) => reply(500, { error: String(error) }));
});
server.listen(Number(need('PORT')), '127.0.0.1', () => process.stdout.write('ready\n'));

/** A webhook names who paid: its body is kept until it was handled, and no longer. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { prepareWorkerTables } from '../runner/schema.server.ts';
import { createInbox, type InboxSettings } from './webhooks.server.ts';

const BODY = JSON.stringify({ event: 'payment.captured', payload: { payment: { entity: { email: 'asha@x.test' } } } });
/** About an order that nobody knows yet. */
const ORDER = JSON.stringify({
  event: 'payment.captured',
  payload: { payment: { entity: { id: 'pay_1', status: 'captured', order_id: 'order_unknown' } } },
});
const log = createLog({ level: 'silent' });

let db: Database;

beforeAll(async () => {
  db = await openPglite(null);
  await prepareWorkerTables(db);
});
afterAll(() => db.close());

const keep = (eventId: string, state: string, attempts = 0): Promise<unknown> =>
  db.query(
    `INSERT INTO worker.webhook (event_id, body, meaning, state, attempts, received_at) VALUES ($1, $2, $1, $3, $4, 0)`,
    [eventId, BODY, state, attempts],
  );
const bodies = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (
      await db.query<{ event_id: string; body: string }>('SELECT event_id, body FROM worker.webhook ORDER BY event_id')
    ).map(({ event_id, body }) => [event_id, body]),
  );

test('WH2: bodies of before that were handled or given up are emptied when the tables are made ready', async () => {
  for (const state of ['done', 'given-up', 'stored']) await keep(state, state);
  const steps = (): Promise<{ step: number }[]> =>
    db.query<{ step: number }>(`SELECT step FROM schema_step WHERE name = 'worker'`);
  const { length } = await steps();
  // As a database stands that an older program made: without this step and those that came after it.
  const emptied = `UPDATE worker.webhook SET body = '' WHERE state IN ('done', 'given-up')`;
  await db.query(
    `DELETE FROM schema_step WHERE name = 'worker' AND step >= (SELECT step FROM schema_step WHERE name = 'worker' AND hash = $1)`,
    [createHash('sha256').update(emptied).digest('hex')],
  );
  await db.query('ALTER TABLE worker.notice DROP COLUMN booking_id');
  await db.query('ALTER TABLE worker.mail DROP COLUMN notice_id, DROP COLUMN sent_at');
  expect((await steps()).length).toBeLessThan(length);
  await prepareWorkerTables(db);
  expect(await steps()).toHaveLength(length);
  expect(await bodies()).toEqual({ done: '', 'given-up': '', stored: BODY });
  await db.query('DELETE FROM worker.webhook');
});

test('WH2: a body goes once it was handled or given up, and stays while it must be looked at again', async () => {
  await keep('handled', 'stored');
  await keep('again', 'stored');
  await keep('last-try', 'stored', 11);
  // Nothing stands in the desk's way; the order of the other two is not known yet.
  const settings = {
    db,
    log,
    desk: {
      observeOrder: () => Promise.resolve({ kind: 'done' }),
      observeDispute: () => Promise.resolve({ kind: 'done' }),
      observeAccount: () => Promise.resolve({ kind: 'done' }),
    },
  } as unknown as InboxSettings;
  await db.query(`UPDATE worker.webhook SET body = $1 WHERE event_id <> 'handled'`, [ORDER]);
  await createInbox(settings).run();
  expect(await bodies()).toEqual({ handled: '', again: ORDER, 'last-try': '' });
  expect(await db.query(`SELECT event_id FROM worker.webhook WHERE state = 'given-up'`)).toEqual([
    { event_id: 'last-try' },
  ]);
});

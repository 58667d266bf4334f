/**
 * Webhooks of the payment provider: verified over the raw bytes, stored once by event id, answered, and only then looked
 * at. What they say is never believed; it only tells us what to fetch. Rules WH1–WH6 of SPEC.md.
 */
import { createHash } from 'node:crypto';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import type { PaymentDesk } from './observe.server.ts';
import { WORK_WAITS } from './outbox.server.ts';
import type { PaymentGateway } from './payment-gateway.ts';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;
export type Received = 'stored' | 'duplicate' | 'bad-signature';

function header(headers: Headers, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}

/** Stores it durably before the provider is answered. `headers` by lower-case name. */
export async function receiveWebhook(
  { db, gateway }: { db: Database; gateway: PaymentGateway },
  rawBody: Buffer,
  headers: Headers,
): Promise<Received> {
  if (!gateway.isWebhookGenuine(rawBody, header(headers, 'x-razorpay-signature'))) return 'bad-signature';
  // The same id on every redelivery. Without one the bytes themselves tell a repetition.
  const eventId =
    header(headers, 'x-razorpay-event-id').slice(0, 200) || createHash('sha256').update(rawBody).digest('hex');
  const rows = await db.query(
    `INSERT INTO worker.webhook (event_id, body, state, received_at) VALUES ($1, $2, 'stored', $3)
     ON CONFLICT (event_id) DO NOTHING RETURNING event_id`,
    [eventId, rawBody.toString('utf8'), Date.now()],
  );
  if (rows.length === 0) return 'duplicate';
  await db.query('SELECT pg_notify($1, $2)', [WORK_WAITS, '']);
  return 'stored';
}

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, name) => (typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined),
    value,
  );

/** The provider's ids that a webhook mentions. */
export function mentioned(body: string): { orders: readonly string[]; others: readonly string[] } {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return { orders: [], others: [] };
  }
  const ids = (...values: readonly unknown[]): readonly string[] =>
    values.filter((value): value is string => typeof value === 'string');
  const entity = (name: string, field: string): unknown => at(event, 'payload', name, 'entity', field);
  return {
    orders: [...new Set(ids(entity('order', 'id'), entity('payment', 'order_id')))],
    others: ids(entity('transfer', 'id'), entity('refund', 'id')),
  };
}

interface InboxRow {
  readonly event_id: string;
  readonly body: string;
  readonly attempts: number;
}

const AT_A_TIME = 20;
const MAX_ATTEMPTS = 12;

export interface InboxSettings {
  readonly db: Database;
  readonly desk: PaymentDesk;
  readonly log: Log;
}

export function createInbox({ db, desk, log }: InboxSettings): { run(): Promise<boolean> } {
  /** Null: done; else why it must be looked at again. */
  async function look({ body }: InboxRow): Promise<string | null> {
    const { orders, others } = mentioned(body);
    // A call that waits for its transfer or refund to get through is looked at now rather than later.
    if (others.length > 0)
      await db.query(`UPDATE worker.outbound_call SET next_at = 0 WHERE provider_id = ANY($1) AND state = 'sent'`, [
        others,
      ]);
    for (const orderId of orders) {
      const [row] = await db.query<{ booking_id: string }>(
        `SELECT booking_id FROM worker.outbound_call WHERE kind = 'create-order' AND provider_id = $1`,
        [orderId],
      );
      // It can be faster than the answer to our own call that made the order.
      if (!row) return 'the order is not known yet';
      const observed = await desk.observeOrder(row.booking_id);
      if (observed.kind === 'later') return observed.cause;
    }
    return null;
  }

  async function handle(row: InboxRow): Promise<void> {
    let problem: string | null;
    try {
      problem = await look(row);
    } catch (error) {
      log.error({ err: error, eventId: row.event_id }, 'a webhook could not be looked at');
      problem = error instanceof Error ? error.message : String(error);
    }
    if (problem === null) {
      await db.query(`UPDATE worker.webhook SET state = 'done', problem = NULL WHERE event_id = $1`, [row.event_id]);
      return;
    }
    const last = row.attempts + 1 >= MAX_ATTEMPTS;
    if (last)
      log.warn({ eventId: row.event_id, problem }, 'a webhook was given up; the reconciler reads what it was about');
    await db.query(
      `UPDATE worker.webhook SET state = $2, attempts = attempts + 1, next_at = $3, problem = $4 WHERE event_id = $1`,
      [row.event_id, last ? 'given-up' : 'stored', Date.now() + Math.min(60_000, 250 * 2 ** row.attempts), problem],
    );
  }

  return {
    async run() {
      const rows = await db.query<InboxRow>(
        `SELECT event_id, body, attempts FROM worker.webhook WHERE state = 'stored' AND next_at <= $1
         ORDER BY received_at, event_id LIMIT $2`,
        [Date.now(), AT_A_TIME],
      );
      for (const row of rows) await handle(row);
      return rows.length === AT_A_TIME;
    },
  };
}

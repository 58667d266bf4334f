/**
 * Webhooks of the payment provider: verified over the raw bytes, stored once by event id, answered, and only then looked
 * at. What they say is never believed; it only tells us what to fetch. Rules WH1–WH11 of SPEC.md.
 */
import { createHash } from 'node:crypto';
import { crashPoint } from '#platform/crash/crash-point.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import type { CaseDesk } from './observe-cases.server.ts';
import type { Observed, PaymentDesk } from './observe.server.ts';
import { bookingOfOrder } from './our-orders.server.ts';
import { WORK_WAITS } from './outbox.server.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import { newsIn } from './webhook-news.ts';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;
/** `busy`: it could not be stored in time; the provider will bring it again. */
export type Received = 'stored' | 'duplicate' | 'bad-signature' | 'busy';

/** The provider takes an answer later than 5 s for none, so by then it has one. Wall ms. */
const ANSWER_WITHIN_MS = 4_000;

function header(headers: Headers, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}

export interface ReceiverSettings {
  readonly db: Database;
  readonly gateway: PaymentGateway;
  readonly log: Log;
  readonly answerWithinMs?: number;
}

/** Stores it durably before the provider is answered. `headers` by lower-case name. */
export async function receiveWebhook(
  { db, gateway, log, answerWithinMs = ANSWER_WITHIN_MS }: ReceiverSettings,
  rawBody: Buffer,
  headers: Headers,
): Promise<Received> {
  if (!gateway.isWebhookGenuine(rawBody, header(headers, 'x-razorpay-signature'))) return 'bad-signature';
  const body = rawBody.toString('utf8');
  // What no database can hold is not the provider's; it is signed all the same, so it must not come again for a day.
  const kept = body.replaceAll('\u0000', '');
  // The same id on every redelivery. Without one the bytes themselves tell a repetition.
  const eventId =
    header(headers, 'x-razorpay-event-id').slice(0, 200) || createHash('sha256').update(rawBody).digest('hex');
  const storing = db
    .query(
      `WITH stored AS (
         INSERT INTO worker.webhook (event_id, body, meaning, state, received_at) VALUES ($1, $2, $3, 'stored', $4)
         ON CONFLICT (event_id) DO NOTHING RETURNING event_id)
       SELECT event_id, pg_notify($5, '') FROM stored`,
      [eventId, kept, newsIn(kept).meaning, Date.now(), WORK_WAITS],
    )
    .then((rows): Received => (rows.length > 0 ? 'stored' : 'duplicate'));
  const received = await within(answerWithinMs, storing, (error) =>
    log.warn({ err: error, eventId }, 'a webhook could not be stored, or only after the provider was answered'),
  );
  if (received === 'stored') await crashPoint('webhook:stored');
  return received;
}

/** The storing, or `busy` once the time is over; what becomes of it afterwards is told to `late`. */
async function within(ms: number, storing: Promise<Received>, late: (error: unknown) => void): Promise<Received> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<Received>((resolve) => {
    timer = setTimeout(() => resolve('busy'), ms);
  });
  const settled = storing.catch((error: unknown): Received => {
    late(error);
    return 'busy';
  });
  try {
    return await Promise.race([settled, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}

interface InboxRow {
  readonly event_id: string;
  readonly body: string;
  readonly meaning: string;
  readonly attempts: number;
}

const AT_A_TIME = 20;
const MAX_ATTEMPTS = 12;

export interface InboxSettings {
  readonly db: Database;
  readonly desk: PaymentDesk & CaseDesk;
  readonly log: Log;
  /** The provider's books have new lines. */
  readonly onSettled?: () => Promise<void>;
}

export function createInbox({ db, desk, log, onSettled }: InboxSettings): { run(): Promise<boolean> } {
  /** Several events state the same fact; what it is about was fetched for the first of them. */
  async function isNoNews({ event_id, meaning }: InboxRow): Promise<boolean> {
    if (meaning === '') return false;
    const rows = await db.query(
      `SELECT 1 FROM worker.webhook WHERE meaning = $1 AND state = 'done' AND event_id <> $2 LIMIT 1`,
      [meaning, event_id],
    );
    return rows.length > 0;
  }

  async function observeOrder(orderId: string): Promise<Observed> {
    const bookingId = await bookingOfOrder(db, orderId);
    // It can be faster than the answer to our own call that made the order.
    return bookingId === null ? { kind: 'later', cause: 'the order is not known yet' } : desk.observeOrder(bookingId);
  }

  /** Null: done; else why it must be looked at again. */
  async function look({ body }: InboxRow): Promise<string | null> {
    const { orders, disputes, accounts, called, settled } = newsIn(body);
    // A call that waits for its transfer or refund to get through is looked at now rather than later.
    if (called.length > 0)
      await db.query(
        `UPDATE worker.outbound_call SET next_at = 0
         WHERE state IN ('sent', 'unknown') AND (provider_id = ANY($1) OR operation_id = ANY($1))`,
        [called],
      );
    if (settled) await onSettled?.();
    const looks = [
      ...orders.map((id) => () => observeOrder(id)),
      ...disputes.map((id) => () => desk.observeDispute(id)),
      ...accounts.map(
        ({ accountId, productId }) =>
          () =>
            desk.observeAccount(accountId, productId),
      ),
    ];
    for (const one of looks) {
      const observed = await one();
      if (observed.kind === 'later') return observed.cause;
    }
    return null;
  }

  async function handle(row: InboxRow): Promise<void> {
    let problem: string | null;
    try {
      await crashPoint('webhook:before-look');
      problem = (await isNoNews(row)) ? null : await look(row);
      await crashPoint('webhook:looked');
    } catch (error) {
      log.error({ err: error, eventId: row.event_id }, 'a webhook could not be looked at');
      problem = error instanceof Error ? error.message : String(error);
    }
    // Nobody reads a body again, and it names the payer: id and meaning tell repetitions.
    if (problem === null) {
      await db.query(`UPDATE worker.webhook SET state = 'done', problem = NULL, body = '' WHERE event_id = $1`, [
        row.event_id,
      ]);
      return;
    }
    const last = row.attempts + 1 >= MAX_ATTEMPTS;
    if (last)
      log.warn({ eventId: row.event_id, problem }, 'a webhook was given up; the reconciler reads what it was about');
    await db.query(
      `UPDATE worker.webhook SET state = $2, attempts = attempts + 1, next_at = $3, problem = $4,
         body = CASE WHEN $2 = 'given-up' THEN '' ELSE body END WHERE event_id = $1`,
      [row.event_id, last ? 'given-up' : 'stored', Date.now() + Math.min(60_000, 250 * 2 ** row.attempts), problem],
    );
  }

  return {
    async run() {
      const rows = await db.query<InboxRow>(
        `SELECT event_id, body, meaning, attempts FROM worker.webhook WHERE state = 'stored' AND next_at <= $1
         ORDER BY received_at, event_id LIMIT $2`,
        [Date.now(), AT_A_TIME],
      );
      for (const row of rows) await handle(row);
      return rows.length === AT_A_TIME;
    },
  };
}

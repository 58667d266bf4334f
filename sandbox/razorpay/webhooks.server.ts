import { createHmac, randomUUID } from 'node:crypto';
import { createTables, integer, text, textOrNull, type Database, type Row } from '../shared/database.server.ts';

export const WEBHOOK_FAULTS = ['hold', 'duplicate', 'reorder', 'delay', 'drop'] as const;
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];

/** queued: due or waiting for its next try. held, gathering: waits for the control surface, or for its companions. */
export type WebhookStatus = 'queued' | 'held' | 'gathering' | 'delivered' | 'dropped' | 'failed';

export interface DueWebhook {
  readonly eventId: string;
  readonly body: string;
  readonly signature: string;
}

export interface Webhooks {
  /** Writes an event in the caller's transaction, so that no answer of the API can outlive it. Delivered later. */
  enqueue(event: string, entityId: string, body: Readonly<Record<string, unknown>>): void;
  /** What must be sent now, oldest first, at most `limit`. */
  due(limit: number): DueWebhook[];
  /** Records one attempt; `status` is null when no answer came. */
  recordAttempt(eventId: string, status: number | null, problem: string | null): void;
  /** Applies to the next `times` events whose name is `event` (any, with null). */
  addFault(fault: { kind: WebhookFault; event: string | null; times: number; delayMs: number }): void;
  clearFaults(): void;
  /** Those in force, oldest first. */
  faults(): { kind: WebhookFault; event: string | null; left: number; delayMs: number }[];
  /** Sends everything held now. Returns how many. */
  release(): number;
  /** Sends one again, whatever became of it. False for an unknown event. */
  resend(eventId: string): boolean;
  /** Oldest first; `newest` bounds how many, `since` (wall ms) how old. */
  list(bound?: { readonly newest?: number; readonly since?: number }): Readonly<Record<string, unknown>>[];
  /** How many there are by status. */
  counts(): Record<string, number>;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS webhook (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, entity_id TEXT NOT NULL,
    body TEXT NOT NULL, secret TEXT NOT NULL, status TEXT NOT NULL, copies INTEGER NOT NULL,
    attempts INTEGER NOT NULL, next_ms INTEGER NOT NULL, made_ms INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS webhook_due ON webhook (status, next_ms);
  CREATE TABLE IF NOT EXISTS webhook_attempt (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, at_ms INTEGER NOT NULL, status INTEGER, problem TEXT);
  CREATE INDEX IF NOT EXISTS webhook_attempt_event ON webhook_attempt (event_id);
  CREATE TABLE IF NOT EXISTS webhook_fault (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, event TEXT, left_over INTEGER NOT NULL,
    delay_ms INTEGER NOT NULL)`;

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;
const GIVE_UP_MS = 24 * 3_600_000;
/** Between two events that are sent in turned order, so that the turn is seen on arrival. */
const REORDER_GAP_MS = 250;

const isFault = (value: string): value is WebhookFault => WEBHOOK_FAULTS.some((kind) => kind === value);

function kindOf(row: Row): WebhookFault {
  const kind = text(row, 'kind');
  if (!isFault(kind)) throw new Error(`no such fault: ${kind}`);
  return kind;
}

/** The outbox of the provider: durable, at least once, signed with the secret in force when the event happened. */
export function createWebhooks(database: Database, secret: string): Webhooks {
  createTables(database, TABLES);

  const takeFault = (event: string): { kind: WebhookFault; delayMs: number; last: boolean } | undefined => {
    const row = database.get(
      'SELECT * FROM webhook_fault WHERE left_over > 0 AND (event IS NULL OR event = ?) ORDER BY seq LIMIT 1',
      event,
    );
    if (!row) return undefined;
    database.run('UPDATE webhook_fault SET left_over = left_over - 1 WHERE seq = ?', integer(row, 'seq'));
    return { kind: kindOf(row), delayMs: integer(row, 'delay_ms'), last: integer(row, 'left_over') === 1 };
  };

  const sendGatheredInReverse = (): void => {
    const gathered = database.all("SELECT event_id FROM webhook WHERE status = 'gathering' ORDER BY seq DESC");
    gathered.forEach((row, index) => {
      database.run(
        "UPDATE webhook SET status = 'queued', next_ms = ? WHERE event_id = ?",
        Date.now() + index * REORDER_GAP_MS,
        text(row, 'event_id'),
      );
    });
  };

  const retryDelay = (attempts: number): number => Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));

  const sign = (row: Row): string => createHmac('sha256', text(row, 'secret')).update(text(row, 'body')).digest('hex');

  return {
    enqueue(event, entityId, body) {
      const fault = takeFault(event);
      const now = Date.now();
      const status: WebhookStatus =
        fault?.kind === 'hold'
          ? 'held'
          : fault?.kind === 'drop'
            ? 'dropped'
            : fault?.kind === 'reorder'
              ? 'gathering'
              : 'queued';
      database.run(
        `INSERT INTO webhook (event_id, event, entity_id, body, secret, status, copies, attempts, next_ms, made_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
        `evt_${randomUUID().replaceAll('-', '')}`,
        event,
        entityId,
        JSON.stringify(body),
        secret,
        status,
        fault?.kind === 'duplicate' ? 2 : 1,
        now + (fault?.kind === 'delay' ? fault.delayMs : 0),
        now,
      );
      if (fault?.kind === 'reorder' && fault.last) sendGatheredInReverse();
    },

    due(limit) {
      return database
        .all(
          "SELECT * FROM webhook WHERE status = 'queued' AND next_ms <= ? ORDER BY next_ms, seq LIMIT ?",
          Date.now(),
          limit,
        )
        .map((row) => ({ eventId: text(row, 'event_id'), body: text(row, 'body'), signature: sign(row) }));
    },

    recordAttempt(eventId, status, problem) {
      database.transaction(() => {
        const row = database.get('SELECT * FROM webhook WHERE event_id = ?', eventId);
        if (!row) return;
        const now = Date.now();
        database.run(
          'INSERT INTO webhook_attempt (event_id, at_ms, status, problem) VALUES (?, ?, ?, ?)',
          eventId,
          now,
          status,
          problem,
        );
        const attempts = integer(row, 'attempts') + 1;
        const accepted = status !== null && status >= 200 && status < 300;
        const copies = integer(row, 'copies') - (accepted ? 1 : 0);
        const next: WebhookStatus =
          copies <= 0 ? 'delivered' : !accepted && now - integer(row, 'made_ms') > GIVE_UP_MS ? 'failed' : 'queued';
        database.run(
          'UPDATE webhook SET status = ?, copies = ?, attempts = ?, next_ms = ? WHERE event_id = ?',
          next,
          copies,
          attempts,
          now + (accepted ? 0 : retryDelay(attempts)),
          eventId,
        );
      });
    },

    addFault({ kind, event, times, delayMs }) {
      database.run(
        'INSERT INTO webhook_fault (kind, event, left_over, delay_ms) VALUES (?, ?, ?, ?)',
        kind,
        event,
        times,
        delayMs,
      );
    },

    clearFaults: () => {
      database.run('DELETE FROM webhook_fault');
      sendGatheredInReverse();
    },

    release() {
      const held = database.all("SELECT event_id FROM webhook WHERE status = 'held'");
      database.run("UPDATE webhook SET status = 'queued', next_ms = ? WHERE status = 'held'", Date.now());
      return held.length;
    },

    resend(eventId) {
      if (!database.get('SELECT event_id FROM webhook WHERE event_id = ?', eventId)) return false;
      database.run(
        "UPDATE webhook SET status = 'queued', copies = 1, next_ms = ? WHERE event_id = ?",
        Date.now(),
        eventId,
      );
      return true;
    },

    faults: () =>
      database.all('SELECT * FROM webhook_fault WHERE left_over > 0 ORDER BY seq').map((row) => ({
        kind: kindOf(row),
        event: textOrNull(row, 'event'),
        left: integer(row, 'left_over'),
        delayMs: integer(row, 'delay_ms'),
      })),

    counts() {
      const rows = database.all('SELECT status, count(*) AS count FROM webhook GROUP BY status');
      return Object.fromEntries(rows.map((row) => [text(row, 'status'), integer(row, 'count')]));
    },

    list({ newest, since } = {}) {
      const events = database
        .all('SELECT * FROM webhook WHERE made_ms >= ? ORDER BY seq DESC LIMIT ?', since ?? 0, newest ?? -1)
        .reverse();
      const attempts = Map.groupBy(
        events.length === 0
          ? []
          : database.all(
              `SELECT a.* FROM webhook_attempt a JOIN webhook w ON w.event_id = a.event_id
               WHERE w.seq >= ? AND w.made_ms >= ? ORDER BY a.seq`,
              ...events.slice(0, 1).map((row) => integer(row, 'seq')),
              since ?? 0,
            ),
        (row) => text(row, 'event_id'),
      );
      return events.map((row) => ({
        eventId: text(row, 'event_id'),
        event: text(row, 'event'),
        entityId: text(row, 'entity_id'),
        status: text(row, 'status'),
        madeAt: integer(row, 'made_ms'),
        attempts: (attempts.get(text(row, 'event_id')) ?? []).map((attempt) => ({
          at: integer(attempt, 'at_ms'),
          status: attempt.status === null ? null : integer(attempt, 'status'),
          problem: textOrNull(attempt, 'problem'),
        })),
      }));
    },
  };
}

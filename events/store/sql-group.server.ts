import type { Database, Queryable } from '#platform/database/database.ts';
import { eventOf } from './chain.ts';
import { GROUP_DEFAULTS, compete, retryDelay, type Deliveries } from './compete.ts';
import type { Group, GroupOptions, ParkedEvent, Position } from './event-store.ts';
import { numberOf, positionFrom } from './position.ts';
import { EVENT_COLUMNS, filterSql, recordOf, type EventRow } from './sql-records.ts';
import type { Report, Tail } from './tail.ts';

export interface SqlGroupContext {
  readonly name: string;
  readonly options: GroupOptions;
  readonly db: Database;
  readonly tail: Tail;
  readonly running: Set<Promise<void>>;
  readonly log: Report;
}

/** Leases and retries run on the database's own clock, which all processes share. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::int8';
const FEED = 200;

type LentRow = EventRow & { readonly attempt: number; readonly parked: string | null };

/** A group's state in SQL: how far it has taken events from the log, and each of them until it is answered. */
export function sqlGroup({ name, options, db, tail, running, log }: SqlGroupContext): Group {
  const { filter, maxRetries, timeoutMs, retryDelayMs, from } = { ...GROUP_DEFAULTS, ...options };
  let created: Promise<unknown> | undefined;

  async function create(): Promise<void> {
    created ??= db.query(
      `INSERT INTO log_group SELECT $1, CASE WHEN $2 THEN pos ELSE 0 END FROM log_head ON CONFLICT DO NOTHING`,
      [name, from === 'end'],
    );
    try {
      await created;
    } catch (error) {
      created = undefined;
      throw error;
    }
  }

  /** How far this process knows the group to have taken events from the log; null: it has not looked yet. */
  let fedTo: Position | null = null;

  /** Takes the next events over from the log. Who finds another consumer doing it leaves it to that one. */
  async function feed(tx: Queryable): Promise<void> {
    const [group] = await tx.query<{ pos: number }>(
      'SELECT pos FROM log_group WHERE name = $1 FOR UPDATE SKIP LOCKED',
      [name],
    );
    const [head] = await tx.query<{ pos: number }>('SELECT pos FROM log_head');
    if (group === undefined || head === undefined) return;
    if (head.pos <= group.pos) {
      fedTo = positionFrom(group.pos);
      return;
    }
    const { condition, params } = filterSql(filter, 5);
    const taken = await tx.query<{ pos: number }>(
      `INSERT INTO log_group_message (group_name, pos)
       SELECT $1, e.pos FROM log_event e WHERE e.pos > $2 AND e.pos <= $3 AND ${condition} ORDER BY e.pos LIMIT $4
       RETURNING pos`,
      [name, group.pos, head.pos, FEED, ...params],
    );
    const reached = taken.length < FEED ? head.pos : Math.max(...taken.map((row) => row.pos));
    await tx.query('UPDATE log_group SET pos = $2 WHERE name = $1', [name, reached]);
    fedTo = positionFrom(reached);
  }

  /** Lends one due message, or parks one that was lent too often and never answered. */
  async function lend(): Promise<LentRow | undefined> {
    const [row] = await db.query<LentRow>(
      `WITH due AS (
         SELECT pos FROM log_group_message
          WHERE group_name = $1 AND parked IS NULL AND due_at <= ${NOW}
          ORDER BY due_at, pos LIMIT 1 FOR UPDATE SKIP LOCKED
       ), lent AS (
         UPDATE log_group_message m
            SET attempt = least(m.attempt, $3) + 1,
                due_at = ${NOW} + $2,
                parked = CASE WHEN m.attempt > $3 THEN 'retries-exhausted' END
           FROM due WHERE m.group_name = $1 AND m.pos = due.pos
         RETURNING m.pos, m.attempt, m.parked
       )
       SELECT ${EVENT_COLUMNS}, lent.attempt, lent.parked FROM lent JOIN log_event e ON e.pos = lent.pos`,
      [name, timeoutMs, maxRetries],
    );
    return row;
  }

  const deliveries: Deliveries = {
    async claim() {
      await create();
      for (;;) {
        let row = await lend();
        if (row === undefined && (fedTo === null || tail.past(fedTo) !== null)) {
          await db.transaction(feed);
          row = await lend();
        }
        if (row === undefined) return null;
        if (row.parked === null) return { event: eventOf(recordOf(row)), attempt: row.attempt };
      }
    },

    async settle({ event, attempt }, verdict) {
      // The attempt is the fence: an answer that comes after the timeout finds a higher one and changes nothing.
      const which = [name, numberOf(event.position), attempt];
      const where = 'WHERE group_name = $1 AND pos = $2 AND attempt = $3 AND parked IS NULL';
      if (verdict === 'ack') {
        await db.query(`DELETE FROM log_group_message ${where}`, which);
      } else if (verdict === 'park' || attempt > maxRetries) {
        const reason: ParkedEvent['reason'] = verdict === 'park' ? 'parked' : 'retries-exhausted';
        await db.query(`UPDATE log_group_message SET parked = $4 ${where}`, [...which, reason]);
      } else {
        const delay = retryDelay(retryDelayMs, attempt);
        await db.query(`UPDATE log_group_message SET due_at = ${NOW} + $4 ${where}`, [...which, delay]);
      }
    },
  };

  return {
    consume: (handler, { concurrency = 1 } = {}) =>
      compete(deliveries, handler, { name, concurrency, timeoutMs, tail, running, report: log }),

    async parked(limit = 100) {
      const rows = await db.query<EventRow & { attempt: number; parked: ParkedEvent['reason'] }>(
        `SELECT ${EVENT_COLUMNS}, m.attempt, m.parked FROM log_group_message m JOIN log_event e ON e.pos = m.pos
          WHERE m.group_name = $1 AND m.parked IS NOT NULL ORDER BY m.pos LIMIT $2`,
        [name, limit],
      );
      return rows.map((row) => ({ event: eventOf(recordOf(row)), deliveries: row.attempt, reason: row.parked }));
    },

    async replayParked() {
      const replayed = await db.query(
        `UPDATE log_group_message SET parked = NULL, attempt = 0, due_at = 0
          WHERE group_name = $1 AND parked IS NOT NULL RETURNING pos`,
        [name],
      );
      return replayed.length;
    },
  };
}

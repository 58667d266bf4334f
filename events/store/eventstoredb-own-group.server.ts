import type { Database, Queryable } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import { eventOf } from './chain.ts';
import { compete, GROUP_DEFAULTS, retryDelay, type Deliveries } from './compete.ts';
import type { Group, GroupOptions, ParkedEvent } from './event-store.ts';
import { CHAIN_COLUMNS, chainRecordOf, type ChainRow } from './eventstoredb-chain.server.ts';
import type { Report, Tail } from './tail.ts';

/** Groups for servers before 21.10, which have none over $all: their state is in SQL, their events in the chain's copy. */
const SCHEMA: readonly string[] = [
  `CREATE TABLE log_chain_group (name text PRIMARY KEY, position text NOT NULL)`,
  `CREATE TABLE log_chain_group_message (
     group_name text NOT NULL REFERENCES log_chain_group (name),
     position text NOT NULL REFERENCES log_chain (position),
     attempt int NOT NULL DEFAULT 0,
     due_at int8 NOT NULL DEFAULT 0,
     parked text,
     PRIMARY KEY (group_name, position)
   )`,
  `CREATE INDEX log_chain_group_due ON log_chain_group_message (group_name, due_at) WHERE parked IS NULL`,
];

export interface OwnGroupContext {
  readonly db: Database;
  /** The end of the chain. */
  readonly tail: Tail;
  readonly running: Set<Promise<void>>;
  readonly report: Report;
}

/** Leases and retries run on the database's own clock, which all processes share. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::int8';
const FEED = 200;

type LentRow = ChainRow & { readonly attempt: number; readonly parked: string | null };

/** The same as the SQL store's groups, over the chain's copy of the log. */
export function ownGroup({ db, tail, running, report }: OwnGroupContext, name: string, options: GroupOptions): Group {
  const { filter, maxRetries, timeoutMs, retryDelayMs, from } = { ...GROUP_DEFAULTS, ...options };
  let created: Promise<void> | undefined;

  async function create(): Promise<void> {
    await migrate(db, 'log_chain_group', SCHEMA);
    await db.query(
      `INSERT INTO log_chain_group
       SELECT $1, CASE WHEN $2 THEN coalesce(position, '') ELSE '' END FROM log_chain_head ON CONFLICT DO NOTHING`,
      [name, from === 'end'],
    );
  }
  function ready(): Promise<void> {
    created ??= create().catch((error: unknown) => {
      created = undefined;
      throw error;
    });
    return created;
  }

  /** Takes the next events over. Who finds another consumer doing it leaves it to that one. */
  async function feed(tx: Queryable): Promise<void> {
    const [group] = await tx.query<{ position: string }>(
      'SELECT position FROM log_chain_group WHERE name = $1 FOR UPDATE SKIP LOCKED',
      [name],
    );
    const [head] = await tx.query<{ position: string | null }>('SELECT position FROM log_chain_head');
    if (group === undefined || head === undefined || head.position === null || head.position <= group.position) return;
    const taken = await tx.query<{ position: string }>(
      `INSERT INTO log_chain_group_message (group_name, position)
       SELECT $1, position FROM log_chain
        WHERE position > $2 AND position <= $3
          AND ($5::text[] IS NULL OR split_part(stream, '-', 1) = ANY($5)) AND ($6::text[] IS NULL OR type = ANY($6))
        ORDER BY position LIMIT $4
       RETURNING position`,
      [name, group.position, head.position, FEED, filter?.categories ?? null, filter?.types ?? null],
    );
    const last = taken
      .map((row) => row.position)
      .sort()
      .at(-1);
    const reached = taken.length === FEED && last !== undefined ? last : head.position;
    await tx.query('UPDATE log_chain_group SET position = $2 WHERE name = $1', [name, reached]);
  }

  /** Lends one due message, or parks one that was lent too often and never answered. */
  async function lend(): Promise<LentRow | undefined> {
    const [row] = await db.query<LentRow>(
      `WITH due AS (
         SELECT position FROM log_chain_group_message
          WHERE group_name = $1 AND parked IS NULL AND due_at <= ${NOW}
          ORDER BY due_at, position LIMIT 1 FOR UPDATE SKIP LOCKED
       ), lent AS (
         UPDATE log_chain_group_message m
            SET attempt = least(m.attempt, $3) + 1,
                due_at = ${NOW} + $2,
                parked = CASE WHEN m.attempt > $3 THEN 'retries-exhausted' END
           FROM due WHERE m.group_name = $1 AND m.position = due.position
         RETURNING m.position, m.attempt, m.parked
       )
       SELECT ${CHAIN_COLUMNS}, lent.attempt, lent.parked FROM lent JOIN log_chain c ON c.position = lent.position`,
      [name, timeoutMs, maxRetries],
    );
    return row;
  }

  const deliveries: Deliveries = {
    async claim() {
      await ready();
      for (;;) {
        let row = await lend();
        if (row === undefined) {
          await db.transaction(feed);
          row = await lend();
        }
        if (row === undefined) return null;
        if (row.parked === null) return { event: eventOf(chainRecordOf(row)), attempt: row.attempt };
      }
    },

    async settle({ event, attempt }, verdict) {
      // The attempt is the fence: an answer that comes after the timeout finds a higher one and changes nothing.
      const which = [name, event.position, attempt];
      const where = 'WHERE group_name = $1 AND position = $2 AND attempt = $3 AND parked IS NULL';
      if (verdict === 'ack') {
        await db.query(`DELETE FROM log_chain_group_message ${where}`, which);
      } else if (verdict === 'park' || attempt > maxRetries) {
        const reason: ParkedEvent['reason'] = verdict === 'park' ? 'parked' : 'retries-exhausted';
        await db.query(`UPDATE log_chain_group_message SET parked = $4 ${where}`, [...which, reason]);
      } else {
        const delay = retryDelay(retryDelayMs, attempt);
        await db.query(`UPDATE log_chain_group_message SET due_at = ${NOW} + $4 ${where}`, [...which, delay]);
      }
    },
  };

  return {
    consume: (handler, { concurrency = 1 } = {}) =>
      compete(deliveries, handler, { name, concurrency, timeoutMs, tail, running, report }),

    async parked(limit = 100) {
      await ready();
      const rows = await db.query<ChainRow & { attempt: number; parked: ParkedEvent['reason'] }>(
        `SELECT ${CHAIN_COLUMNS}, m.attempt, m.parked
           FROM log_chain_group_message m JOIN log_chain c ON c.position = m.position
          WHERE m.group_name = $1 AND m.parked IS NOT NULL ORDER BY m.position LIMIT $2`,
        [name, limit],
      );
      return rows.map((row) => ({
        event: eventOf(chainRecordOf(row)),
        deliveries: row.attempt,
        reason: row.parked,
      }));
    },

    async replayParked() {
      await ready();
      const replayed = await db.query(
        `UPDATE log_chain_group_message SET parked = NULL, attempt = 0, due_at = 0
          WHERE group_name = $1 AND parked IS NOT NULL RETURNING position`,
        [name],
      );
      return replayed.length;
    },
  };
}

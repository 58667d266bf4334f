import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import { eventOf, type ChainRecord, type ChainedStore } from './chain.ts';
import { categoryOf, measuredAppend } from './check.ts';
import type { Append } from './append-queue.ts';
import type { AllFilter, AppendResult, EventStore, Placed, Position, RecordedEvent } from './event-store.ts';
import { follow } from './follow.ts';
import { BEFORE_ALL, numberOf, positionFrom } from './position.ts';
import { RecentRecords } from './recent.ts';
import { sqlAppends } from './sql-append.server.ts';
import { sqlGroup } from './sql-group.server.ts';
import { EVENT_COLUMNS, filterSql, recordOf, type EventRow } from './sql-records.ts';
import { LOG_CHANNEL, LOG_SCHEMA } from './sql-schema.server.ts';
import { SILENT, Tail, type Report } from './tail.ts';

export interface SqlStoreOptions {
  readonly log?: Report;
  /** Subscribers look at the log at least this often, whatever notifications do, ms. */
  readonly pollMs?: number;
}

/** The log in PGlite or PostgreSQL. The database stays the caller's: `close` leaves it open. */
export async function openSqlStore(
  db: Database,
  { log = SILENT, pollMs = 250 }: SqlStoreOptions = {},
): Promise<EventStore & ChainedStore> {
  await migrate(db, 'log', LOG_SCHEMA);

  const head = async (): Promise<Position | null> => {
    const [row] = await db.query<{ pos: number }>('SELECT pos FROM log_head');
    return row === undefined || row.pos === 0 ? null : positionFrom(row.pos);
  };
  const tail = new Tail(head, pollMs, log);
  const running = new Set<Promise<void>>();
  const appends = sqlAppends(db);
  const recent = new RecentRecords();
  const stopListening = await db.listen(LOG_CHANNEL, () => tail.hint());

  async function records(condition: string, params: readonly unknown[], order: string): Promise<ChainRecord[]> {
    const rows = await db.query<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM log_event e WHERE ${condition} ORDER BY ${order} LIMIT $1`,
      params,
    );
    return rows.map(recordOf);
  }

  async function readAll(
    options: {
      after?: Position;
      direction?: 'forwards' | 'backwards';
      limit?: number;
      filter?: AllFilter;
    } = {},
  ): Promise<readonly RecordedEvent[]> {
    const { after, direction = 'forwards', limit = 1_000, filter } = options;
    const forwards = direction === 'forwards';
    const { condition, params } = filterSql(filter, 3);
    const edge = after === undefined ? (forwards ? 0 : Number.MAX_SAFE_INTEGER) : numberOf(after);
    const found = await records(
      `e.pos ${forwards ? '>' : '<'} $2 AND ${condition}`,
      [limit, edge, ...params],
      `e.pos ${forwards ? 'ASC' : 'DESC'}`,
    );
    return found.map(eventOf);
  }

  return {
    kind: db.kind,

    async append(stream, expected, events): Promise<AppendResult> {
      const append = { stream, expected, ...measuredAppend(stream, expected, events) };
      const { outcome, revision, position, placed } = await appends.append(append);
      if (outcome === 'wrong') {
        return { kind: 'wrong-expected-revision', actual: revision < 0 ? 'no-stream' : revision };
      }
      const reached = position === null ? BEFORE_ALL : positionFrom(position);
      if (placed.length > 0) {
        recent.add(recordsOf(append, revision, placed));
        tail.advance(reached);
      }
      const duplicate = outcome === 'duplicate';
      return { kind: 'appended', revision, position: reached, duplicate, ...(placed.length > 0 && { placed }) };
    },

    async read(stream, { from, direction = 'forwards', limit = Number.MAX_SAFE_INTEGER } = {}) {
      categoryOf(stream);
      const forwards = direction === 'forwards';
      const edge = from ?? (forwards ? 0 : Number.MAX_SAFE_INTEGER);
      const found = await records(
        `e.stream = $2 AND e.rev ${forwards ? '>=' : '<='} $3`,
        [limit, stream, edge],
        `e.rev ${forwards ? 'ASC' : 'DESC'}`,
      );
      return found.map(eventOf);
    },

    readAll,
    head,
    subscribe: (options) => follow({ tail, running, readAll, recent: recent.between.bind(recent) }, options, log),
    group: (name, options = {}) => sqlGroup({ name, options, db, tail, running, log }),

    async chainRecords({ after, limit = 1_000 } = {}) {
      return records('e.pos > $2', [limit, after === undefined ? 0 : numberOf(after)], 'e.pos');
    },

    async chainHead() {
      const [row] = await db.query<{ pos: number; chain: string }>(
        "SELECT pos, encode(chain, 'hex') AS chain FROM log_head WHERE pos > 0",
      );
      return row === undefined ? null : { position: positionFrom(row.pos), chain: row.chain };
    },

    async close() {
      await appends.close();
      await tail.close();
      await Promise.all(running);
      await stopListening().catch((error: unknown) => log.warn({ err: error }, 'the log is closed without UNLISTEN'));
    },
  };
}

/** What was written now, as it would be read. */
function recordsOf({ stream, events }: Append, last: number, placed: readonly Placed[]): readonly ChainRecord[] {
  return events.flatMap((event, index) => {
    const place = placed[index];
    return place ? [{ ...event, ...place, stream, revision: last - events.length + 1 + index }] : [];
  });
}

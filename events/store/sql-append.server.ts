import type { Database } from '#platform/database/database.ts';
import { SqlError } from '#platform/database/errors.ts';
import { AppendQueue, type Append, type AppendOutcome } from './append-queue.ts';
import type { Placed } from './event-store.ts';
import { positionFrom } from './position.ts';
import { EXPECTED, SEPARATOR } from './sql-schema.server.ts';

interface Row {
  readonly outcome: AppendOutcome['outcome'];
  readonly revision: number;
  readonly pos: number | null;
  readonly recorded: number;
  /** Hex chain values of the events that were written, without anything between them. */
  readonly chains: string;
}

const HASH = 64;

/** The queue of one process in front of `log_append_many`. */
export function sqlAppends(db: Database): AppendQueue {
  return new AppendQueue({
    // The second waits for the lock of the first inside the database; PGlite has one connection.
    lanes: db.kind === 'postgres' ? 2 : 1,
    send: (appends) => write(db, appends),
    // 53, 57, 58, XX: no disk, shutting down, broken. Asking again for each append would only make that worse.
    isRefusal: (error) => error instanceof SqlError && !/^(53|57|58|XX)/.test(error.code),
  });
}

async function write(db: Database, appends: readonly Append[]): Promise<AppendOutcome[]> {
  const events = appends.flatMap((append) => append.events);
  const joined = (texts: readonly string[]): string => texts.join(SEPARATOR);
  const rows = await db.query<Row>('SELECT * FROM log_append_many($1, $2, $3, $4, $5, $6, $7, $8)', [
    joined(appends.map((append) => append.stream)),
    list(appends.map(({ expected }) => (typeof expected === 'number' ? expected : EXPECTED[expected]))),
    list(appends.map((append) => append.events.length)),
    list(earlierOf(appends)),
    list(events.map((event) => event.id)),
    joined(events.map((event) => event.type)),
    joined(events.map((event) => event.data)),
    joined(events.map((event) => event.meta)),
  ]);
  return rows.map(({ outcome, revision, pos, recorded, chains }) => ({
    outcome,
    revision,
    position: pos,
    placed: pos === null ? [] : placedOf(pos, recorded, chains),
  }));
}

/** An array as PostgreSQL writes it, of values that need no quotation marks. */
const list = (values: readonly (string | number)[]): string => `{${values.join(',')}}`;

/** For each append the number (from 1) of the one before it in this batch that goes to the same stream; 0 for none. */
function earlierOf(appends: readonly Append[]): number[] {
  const latest = new Map<string, number>();
  return appends.map(({ stream }, index) => {
    const earlier = latest.get(stream) ?? 0;
    latest.set(stream, index + 1);
    return earlier;
  });
}

function placedOf(last: number, recordedAt: number, chains: string): Placed[] {
  const count = chains.length / HASH;
  return Array.from({ length: count }, (_, index) => ({
    position: positionFrom(last - count + 1 + index),
    recordedAt,
    chain: chains.slice(index * HASH, (index + 1) * HASH),
  }));
}

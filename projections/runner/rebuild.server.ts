/**
 * Builds all read models from the beginning of the log into tables of their own, which then take the place of the old ones.
 * Rows that change are kept in memory and written once, with their keys and indexes made at the end; memory stays bounded,
 * because past a limit the older rows are written and loaded again when a fact asks for them.
 */
import { randomBytes } from 'node:crypto';
import type { EventStore, Position } from '#events/store/event-store.ts';
import { DatabaseUnavailable, SqlError, type Database, type Queryable } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { addRows, loadRows, putRows, removeRows } from './bulk.server.ts';
import { PROJECTIONS } from './all-projections.ts';
import { moveFenced } from './checkpoint.server.ts';
import { park, passesByItself } from './parked.server.ts';
import { project, type Unprojectable } from './project.ts';
import type { Projection } from './projection.ts';
import { finishTable, READ_MODELS, READ_MODELS_MOVED, SCHEMA, tablesOf } from './read-model-tables.server.ts';
import { factsIn, reportParked } from './read-model-writer.server.ts';
import type { Key, Unit } from './rows.ts';
import { createSql, keyOf, keyText, primaryKeySql, type AnyTable, type StoredRow } from './table.ts';

/**
 * Where a rebuild makes its tables: each attempt its own, because one that was taken over, or that failed, may still be writing
 * for a while, and its rows must not come between those of the next.
 */
const NEXT = 'read_model_next';
let attempts = 0;
const nextOf = (epoch: number): string =>
  `${NEXT}_${String(epoch)}_${String((attempts += 1))}_${randomBytes(3).toString('hex')}`;
/** How long tables of an earlier rebuild are waited for, wall ms. Someone still writes to them then; the next rebuild tries again. */
const PATIENCE_MS = 2_000;
const LOCK_NOT_AVAILABLE = '55P03';
/** A table that tells whether the database crashed meanwhile. */
const WITNESS = 'unbroken';
const OLD = 'read_model_old';
const PAGE = 1_000;
/** Pages of which rows are on their way to the database at once. */
const WRITES = 2;
/** Changing rows kept in memory; half of them are written when there are more. About 400 bytes each. */
const KEEP_ROWS = 600_000;

export interface RebuildSettings {
  readonly db: Database;
  readonly store: EventStore;
  readonly log: Log;
  readonly projections?: readonly Projection[];
  /** Of whoever runs the read models now (`takeOver`). */
  readonly epoch: number;
  /** Ends it early; nothing is changed then. */
  readonly signal?: AbortSignal;
  readonly pageSize?: number;
  readonly keepRows?: number;
}

/** Gives the number of facts. @throws Fenced, DatabaseUnavailable: to be tried again from the beginning */
export async function rebuildReadModels(settings: RebuildSettings): Promise<number> {
  const { db, store, log, projections = PROJECTIONS, epoch, signal, pageSize = PAGE, keepRows = KEEP_ROWS } = settings;
  const tables = tablesOf(projections);
  const next = nextOf(epoch);
  const old = next.replace(NEXT, OLD);
  await dropLeftovers(db, epoch, log);
  await db.transaction(async (tx) => {
    await tx.query(`CREATE SCHEMA ${next}`);
    for (const table of tables) await tx.query(createSql(next, table));
    // Empty after a crash of the database, as PostgreSQL empties every unlogged table: rows that nobody waited for are gone then.
    await tx.query(`CREATE UNLOGGED TABLE ${next}.${WITNESS} AS SELECT 1 AS there`);
  });

  const rows = new BuildingRows(db, next, tables, keepRows);
  const parked: Unprojectable[] = [];
  let position: Position | null = null;
  let ordinal = 0;
  // Reading, projecting and writing go on at the same time, each at another page.
  const writing: Promise<void>[] = [];
  try {
    let page = await store.readAll({ limit: pageSize });
    while (page.length > 0 && signal?.aborted !== true) {
      const last = page.at(-1);
      if (!last) break;
      const reading = awaitedLater(store.readAll({ after: last.position, limit: pageSize }));
      const facts = factsIn(page, log);
      const { unit, failures } = await project(projections, facts, ordinal, rows.known, rows.load);
      for (const { error } of failures) if (passesByItself(error)) throw error;
      parked.push(...failures);
      if (writing.length >= WRITES) await writing.shift();
      rows.take(unit);
      writing.push(awaitedLater(rows.write(unit.added)));
      if (rows.full) {
        await Promise.all(writing.splice(0));
        await rows.writeOlder();
      }
      position = last.position;
      ordinal += facts.length;
      page = await reading;
    }
    await Promise.all(writing);
  } catch (error) {
    // Whoever tries again makes the tables anew: no rows of this attempt may still be on their way then.
    await Promise.allSettled(writing);
    throw error;
  }
  if (signal?.aborted === true) return ordinal;
  await rows.finish();

  await db.transaction(async (tx) => {
    await moveFenced(tx, READ_MODELS, epoch, 'anywhere', { position, ordinal }, READ_MODELS_MOVED);
    if ((await tx.query(`SELECT there FROM ${next}.${WITNESS}`)).length === 0)
      throw new DatabaseUnavailable('The database crashed while the read models were built, and has lost some of them');
    await tx.query(`DROP TABLE ${next}.${WITNESS}`);
    // Renaming takes no lock on a table, so it waits for no reader; those in the middle of a read finish on the old ones.
    await tx.query(`ALTER SCHEMA ${SCHEMA} RENAME TO ${old}`);
    await tx.query(`ALTER SCHEMA ${next} RENAME TO ${SCHEMA}`);
    await tx.query('DELETE FROM worker.parked_event WHERE consumer = $1', [READ_MODELS]);
    for (const { projection, fact, error } of parked)
      await park(tx, READ_MODELS, projection, fact, error, fact.recordedAt);
  });
  for (const failure of parked) reportParked(log, failure);
  // The new tables count already; what keeps the old ones busy, or takes them away first, is no failure of the rebuild.
  await dropOne(db, old, log).catch((error: unknown) => log.warn({ err: error }, 'the old read models stay for now'));
  return ordinal;
}

/**
 * Work that goes on beside other work: whoever awaits it gets its error. Only where something else fails first nobody does,
 * and Node ends a process for an error that nobody looks at.
 */
function awaitedLater<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

/** Removes the tables of rebuilds that did not end, of this runner and of those before it; never those of one that came later. */
async function dropLeftovers(db: Database, epoch: number, log: Log): Promise<void> {
  const found = await db.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname ~ $1 ORDER BY nspname`,
    [`^(${NEXT}|${OLD})(_|$)`],
  );
  for (const { name } of found) {
    const of = Number(/_(\d+)_/.exec(name)?.[1] ?? 0);
    if (of <= epoch) await dropOne(db, name, log);
  }
}

/** Does not wait long for whoever still reads or writes there. */
async function dropOne(db: Database, schema: string, log: Log): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      await tx.query(`SET LOCAL lock_timeout = ${String(PATIENCE_MS)}`);
      await tx.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    });
  } catch (error) {
    if (!(error instanceof SqlError && error.code === LOCK_NOT_AVAILABLE)) throw error;
    log.warn({ schema }, 'tables of an earlier time are still in use and stay for now');
  }
}

/** Rows written into the new tables at once. */
const CHUNK = 5_000;

/** The new tables: which of their rows are in memory, and which were written already. */
class BuildingRows {
  readonly #db: Database;
  readonly #schema: string;
  readonly #tables: readonly AnyTable[];
  readonly #limit: number;
  /** Not written yet, or changed since; null: removed, yet perhaps written. */
  readonly #rows = new Map<AnyTable, Map<string, StoredRow | null>>();
  /** Tables of which some rows are only in the database. They have their key. */
  readonly #partly = new Set<AnyTable>();
  #size = 0;

  constructor(db: Database, schema: string, tables: readonly AnyTable[], limit: number) {
    this.#db = db;
    this.#schema = schema;
    this.#tables = tables;
    this.#limit = limit;
    for (const table of tables) if (!table.grows) this.#rows.set(table, new Map());
  }

  get full(): boolean {
    return this.#size > this.#limit;
  }

  readonly known = (table: AnyTable, key: string): StoredRow | null | undefined => {
    const row = this.#rows.get(table)?.get(key);
    return row === undefined && !this.#partly.has(table) ? null : row;
  };

  readonly load = async (table: AnyTable, keys: readonly Key[]): Promise<void> => {
    for (const key of keys) this.#set(table, keyText(key), null);
    for (const row of await loadRows(this.#db, this.#schema, table, keys)) this.#set(table, keyOf(table, row), row);
  };

  take(unit: Unit): void {
    for (const [table, rows] of unit.changed) for (const [key, row] of rows) this.#set(table, key, row);
  }

  #set(table: AnyTable, key: string, row: StoredRow | null): void {
    const rows = this.#rows.get(table);
    if (!rows) return;
    if (rows.delete(key)) this.#size -= 1;
    if (row === null && !this.#partly.has(table)) return;
    rows.set(key, row);
    this.#size += 1;
  }

  async write(added: ReadonlyMap<AnyTable, readonly StoredRow[]>): Promise<void> {
    await Promise.all([...added].map(([table, rows]) => addRows(this.#db, this.#schema, table, rows)));
  }

  /** Writes and forgets the half of the rows that was not written to for longest. */
  async writeOlder(): Promise<void> {
    for (const [table, rows] of this.#rows) {
      const older = [...rows].slice(0, rows.size >> 1);
      if (older.length === 0) continue;
      if (!this.#partly.has(table)) await this.#db.query(primaryKeySql(this.#schema, table));
      this.#partly.add(table);
      await this.#writeRows(table, older);
      for (const [key] of older) rows.delete(key);
      this.#size -= older.length;
    }
  }

  async finish(): Promise<void> {
    // Two tables at a time: while one is written, another is indexed.
    const left = [...this.#tables];
    const lane = async (): Promise<void> => {
      for (let table = left.shift(); table; table = left.shift()) await this.#finishTable(table);
    };
    await Promise.all([lane(), lane()]);
    this.#rows.clear();
  }

  async #finishTable(table: AnyTable): Promise<void> {
    await this.#writeRows(table, [...(this.#rows.get(table) ?? [])]);
    await this.#transaction(async (tx) => {
      await tx.query(`SET LOCAL maintenance_work_mem = '64MB'`);
      await finishTable(tx, this.#schema, table, !this.#partly.has(table));
      // Rows are asked for by key or a few at a time: for such plans a rough estimate is enough.
      await tx.query('SET LOCAL default_statistics_target = 20');
      await tx.query(`ANALYZE ${this.#schema}.${table.name}`);
    });
  }

  async #writeRows(table: AnyTable, rows: readonly (readonly [string, StoredRow | null])[]): Promise<void> {
    const partly = this.#partly.has(table);
    for (let from = 0; from < rows.length; from += CHUNK) {
      const some = rows.slice(from, from + CHUNK);
      const kept = some.flatMap(([, row]) => (row === null ? [] : [row]));
      if (!partly) {
        await addRows(this.#db, this.#schema, table, kept);
        continue;
      }
      const gone = some.flatMap(([key, row]) => (row === null ? [key.split('\u0000')] : []));
      await this.#transaction(async (tx) => {
        await removeRows(tx, this.#schema, table, gone);
        await putRows(tx, this.#schema, table, kept);
      });
    }
  }

  /** Nothing of it counts before the tables are swapped, and that waits for the disk: until then nobody has to. */
  #transaction(work: (tx: Queryable) => Promise<void>): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await tx.query('SET LOCAL synchronous_commit = off');
      await work(tx);
    });
  }
}

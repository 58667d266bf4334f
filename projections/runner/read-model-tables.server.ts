/** The schema `read_model`: making it, noticing that it has changed, and comparing what is in it. */
import type { Database, Queryable } from '#platform/database/database.ts';
import { PROJECTIONS, SHAPE } from './all-projections.ts';
import { moveFenced } from './checkpoint.server.ts';
import type { Projection } from './projection.ts';
import { createSql, definitionOf, indexSql, primaryKeySql, type AnyTable } from './table.ts';

export const READ_MODELS = 'read-models';
/** NOTIFY channel: the checkpoint of the read models moved. */
export const READ_MODELS_MOVED = 'read_models_moved';
export const SCHEMA = 'read_model';

/** NOTIFY channel: the read models are to be built anew. */
export const READ_MODELS_ANEW = 'read_models_anew';

/** Steps that several processes start at once must wait for each other. Any number that nobody else locks. */
const LOCK = 7_204_119_027;

export const tablesOf = (projections: readonly Projection[]): readonly AnyTable[] =>
  projections.flatMap(({ tables }) => tables);

/**
 * Makes the tables. When their shape has changed since, the changed ones are made anew and empty, the others keep their
 * rows to be read, and the consumer of the read models builds all of them from the beginning of the log.
 */
export async function prepareReadModels(db: Database, projections: readonly Projection[] = PROJECTIONS): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const [row] = await tx.query<{ shape: string }>('SELECT shape FROM worker.checkpoint WHERE consumer = $1', [
      READ_MODELS,
    ]);
    if (row?.shape === SHAPE) return;
    await tx.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    const found = await tx.query<{ name: string; definition: string | null }>(
      `SELECT c.relname AS name, obj_description(c.oid, 'pg_class') AS definition
       FROM pg_class c WHERE c.relnamespace = '${SCHEMA}'::regnamespace AND c.relkind = 'r'`,
    );
    const kept = new Map(found.map(({ name, definition }) => [name, definition]));
    const tables = tablesOf(projections);
    for (const { name } of found)
      if (!tables.some((table) => table.name === name && definitionOf(table) === kept.get(name)))
        await tx.query(`DROP TABLE ${SCHEMA}.${name} CASCADE`);
    for (const table of tables) if (kept.get(table.name) !== definitionOf(table)) await createTable(tx, table);
    await beginAnew(tx);
  });
}

/** Empties every read model; the consumer then starts from the beginning of the log. */
export async function resetReadModels(db: Database, projections: readonly Projection[] = PROJECTIONS): Promise<void> {
  await db.transaction(async (tx) => {
    await createEmpty(tx, projections);
    await beginAnew(tx);
  });
}

/**
 * Has all read models built anew by whoever runs them, in any process; until then the rows of today can be read. For when
 * the same events read differently, such as after a person was erased.
 */
export async function requestRebuild(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await beginAnew(tx);
    await tx.query('SELECT pg_notify($1, $2)', [READ_MODELS_ANEW, '']);
  });
}

/** Empties them for the consumer on duty, which goes on with them. @throws Fenced */
export async function emptyReadModels(db: Database, projections: readonly Projection[], epoch: number): Promise<void> {
  await db.transaction(async (tx) => {
    await moveFenced(tx, READ_MODELS, epoch, 'anywhere', { position: null, ordinal: 0 }, READ_MODELS_MOVED);
    await createEmpty(tx, projections);
  });
}

async function createEmpty(tx: Queryable, projections: readonly Projection[]): Promise<void> {
  await tx.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
  await tx.query(`CREATE SCHEMA ${SCHEMA}`);
  for (const table of tablesOf(projections)) await createTable(tx, table);
}

/** The epoch rises too: a consumer that still runs must not write behind the reset. */
async function beginAnew(tx: Queryable): Promise<void> {
  await tx.query(
    `INSERT INTO worker.checkpoint (consumer, shape, epoch) VALUES ($1, $2, 1)
     ON CONFLICT (consumer) DO UPDATE SET position = NULL, ordinal = 0, shape = excluded.shape,
       epoch = worker.checkpoint.epoch + 1`,
    [READ_MODELS, SHAPE],
  );
  await tx.query('DELETE FROM worker.parked_event WHERE consumer = $1', [READ_MODELS]);
}

async function createTable(tx: Queryable, table: AnyTable): Promise<void> {
  await tx.query(createSql(SCHEMA, table));
  await finishTable(tx, SCHEMA, table, true);
}

/** Key (unless it is there already), indexes, and the note by which a later program knows the table. */
export async function finishTable(tx: Queryable, schema: string, table: AnyTable, withKey: boolean): Promise<void> {
  if (withKey) await tx.query(primaryKeySql(schema, table));
  for (const sql of indexSql(schema, table)) await tx.query(sql);
  await tx.query(`COMMENT ON TABLE ${schema}.${table.name} IS '${definitionOf(table)}'`);
}

/** All rows of all read models as text, in a fixed order: two of these are equal when the rows are. */
export async function dumpReadModels(db: Queryable, projections: readonly Projection[] = PROJECTIONS): Promise<string> {
  const lines: string[] = [];
  for (const { name, key } of tablesOf(projections)) {
    const rows = await db.query(`SELECT * FROM ${SCHEMA}.${name} ORDER BY ${key.join(', ')}`);
    for (const row of rows) lines.push(`${name} ${JSON.stringify(row)}`);
  }
  return lines.join('\n');
}

/**
 * The same for more rows than fit into one text: of each table the number of rows and a sum over hashes of all of them.
 * Equal rows give equal fingerprints, and one byte that differs another.
 */
export async function fingerprintReadModels(
  db: Queryable,
  projections: readonly Projection[] = PROJECTIONS,
): Promise<Readonly<Record<string, string>>> {
  const prints: Record<string, string> = {};
  for (const { name } of tablesOf(projections)) {
    const [row] = await db.query<{ print: string }>(
      `SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS print FROM ${SCHEMA}.${name} t`,
    );
    prints[name] = row?.print ?? '';
  }
  return prints;
}

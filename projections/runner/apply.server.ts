/**
 * One batch of the live read models as one call of a function in the database. The statement is always the same, so its
 * parts are planned once a connection, and tables that a batch leaves alone cost it nothing.
 */
import { createHash } from 'node:crypto';
import type { Database } from '#platform/database/database.ts';
import type { Checkpoint } from './checkpoint.server.ts';
import type { Unit } from './rows.ts';
import { sqlTypeOf, type AnyTable, type StoredRow } from './table.ts';

/** After each table, before each column, after each value; and what stands for NULL. */
const SIGNS = { table: '\u001c', column: '\u001d', value: '\u001f', nothing: '\u001e' } as const;

/** Programs that start at once make the function one after the other. Any number that nobody else locks. */
const LOCK = 7_204_119_028;

/** The columns as lists, of which the first element of `c` gives the length. */
function rowsSql(table: AnyTable, names: readonly string[]): string {
  const lists = names.map(
    (_name, index) => `unnest(string_to_array(c[${index + 2}], E'\\x1f', E'\\x1e')) AS c${index}`,
  );
  const values = names.map((name, index) => {
    const type = sqlTypeOf(table.columns[name] ?? 'text');
    return type === 'text' ? `v.c${index}` : `v.c${index}::${type}`;
  });
  return `SELECT ${values.join(', ')} FROM (SELECT ${lists.join(', ')}) v LIMIT c[1]::int8`;
}

function insertSql(schema: string, table: AnyTable): string {
  const names = Object.keys(table.columns);
  const rest = names.filter((name) => !table.key.includes(name));
  const replace = rest.map((name) => `${name} = excluded.${name}`).join(', ');
  const insert = `INSERT INTO ${schema}.${table.name} (${names.join(', ')}) ${rowsSql(table, names)}`;
  // The checkpoint lets each row come once. Looking for one that is there already would cost as much again.
  if (table.grows) return insert;
  return `${insert} ON CONFLICT ${replace === '' ? 'DO NOTHING' : `(${table.key.join(', ')}) DO UPDATE SET ${replace}`}`;
}

function deleteSql(schema: string, table: AnyTable): string {
  const names = table.key.map((_column, index) => `k${index}`);
  const same = table.key.map((column, index) => `t.${column} = k.k${index}`).join(' AND ');
  return `DELETE FROM ${schema}.${table.name} t USING (${rowsSql(table, table.key)}) AS k(${names.join(', ')}) WHERE ${same}`;
}

/** Of each table, what goes before what comes; in the order of `encode`. */
function bodySql(schema: string, tables: readonly AnyTable[]): string {
  const statements = tables.flatMap((table) => [deleteSql(schema, table), insertSql(schema, table)]);
  const parts = statements.map(
    (sql, index) => `IF t[${index + 1}] <> '' THEN c := string_to_array(t[${index + 1}], E'\\x1d'); ${sql}; END IF;`,
  );
  return `DECLARE
      t text[];
      c text[];
    BEGIN
      UPDATE worker.checkpoint SET position = p_to, ordinal = p_ordinal
       WHERE consumer = p_consumer AND epoch = p_epoch AND position IS NOT DISTINCT FROM p_from;
      IF NOT FOUND THEN
        RETURN false;
      END IF;
      t := string_to_array(p_rows, E'\\x1c');
      ${parts.join('\n      ')}
      RETURN true;
    END`;
}

const HAS_SIGN = new RegExp(`[${Object.values(SIGNS).join('')}]`);

/** A text that grows. One from the start: copying each part again costs more. */
class Lists {
  text = '';
  /** Whether a value holds a sign that stands between others. */
  mixed = false;

  block({ columns }: AnyTable, names: readonly string[], rows: readonly StoredRow[]): void {
    if (rows.length > 0) {
      this.text += String(rows.length);
      for (const name of names) {
        // JSON escapes them, numbers have none.
        const free = columns[name]?.startsWith('text') === true;
        this.text += SIGNS.column;
        for (const row of rows) {
          const value = row[name];
          if (value === null || value === undefined) this.text += SIGNS.nothing;
          else if (typeof value === 'string') {
            if (free && HAS_SIGN.test(value)) this.mixed = true;
            this.text += value;
          } else this.text += String(value);
          // Also after the last: a single empty text would otherwise be no element at all. The limit of the rows cuts off
          // what stands behind it.
          this.text += SIGNS.value;
        }
      }
    }
    this.text += SIGNS.table;
  }
}

/** Everything that a unit changes as one text, in the order of the function's statements; null when it cannot be. */
function textOf(tables: readonly AnyTable[], unit: Unit): string | null {
  const lists = new Lists();
  for (const table of tables) {
    const gone: StoredRow[] = [];
    const kept: StoredRow[] = [...(unit.added.get(table) ?? [])];
    for (const [key, row] of unit.changed.get(table) ?? [])
      if (row !== null) kept.push(row);
      else gone.push(Object.fromEntries(key.split('\u0000').map((part, index) => [table.key[index] ?? '', part])));
    lists.block(table, table.key, gone);
    lists.block(table, Object.keys(table.columns), kept);
  }
  return lists.mixed ? null : lists.text;
}

export interface Moved {
  readonly epoch: number;
  readonly from: Checkpoint;
  readonly to: Checkpoint;
}

/**
 * Writes all of a unit and moves the checkpoint, in one statement and so in one transaction and one round trip. False:
 * someone else has taken over, or the checkpoint is not where the consumer left it; nothing was written. Null: the unit
 * cannot be written in this way, and was not. The commit does not wait for the disk: what a crash of the database takes
 * is rows and checkpoint together, so the same facts are projected again.
 */
export type Apply = (unit: Unit, moved: Moved) => Promise<boolean | null>;

/** Makes the function for these tables, unless there is one. Its name says for which, so that programs that differ can share a database. */
export async function prepareApply(
  db: Database,
  schema: string,
  consumer: string,
  tables: readonly AnyTable[],
): Promise<Apply> {
  const body = bodySql(schema, tables);
  const name = `worker.apply_${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
  await db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    // Its plans are kept, so they must not be those for tables that happened to be small: rows are found by their key.
    await tx.query(`CREATE OR REPLACE FUNCTION ${name}(
        p_consumer text, p_epoch int8, p_from text, p_to text, p_ordinal int8, p_rows text) RETURNS boolean
      LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
      SET enable_mergejoin = off AS $$ ${body} $$`);
  });
  return async (unit, { epoch, from, to }) => {
    const text = textOf(tables, unit);
    if (text === null) return null;
    const [row] = await db.query<{ done: boolean }>(
      `SELECT ${name}($1, $2, $3, $4, $5, $6) AS done, set_config('synchronous_commit', 'off', true)`,
      [consumer, epoch, from.position, to.position, to.ordinal, text],
    );
    return row?.done === true;
  };
}

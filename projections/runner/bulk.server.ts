/** Many rows in one statement, for PostgreSQL and PGlite alike. */
import type { Database, Queryable } from '#platform/database/database.ts';
import { sqlTypeOf, type AnyTable, type Columns, type StoredRow } from './table.ts';
import type { Key, Unit } from './rows.ts';

/** Signs that JSON text cannot hold and people do not type; a column that has them anyway is sent as an array. */
const SEPARATOR = '\u001f';
const NOTHING = '\u001e';

const isText = (kind: string): boolean => kind.startsWith('text') || kind.startsWith('json');

interface List {
  readonly sql: (param: string) => string;
  readonly param: string;
}

/** Texts with a separator are a third of the work of an array with its quotes, on both sides. */
function textList(rows: readonly StoredRow[], column: string): List {
  const parts: string[] = [];
  for (const row of rows) {
    const value = row[column];
    if (value === null || value === undefined) parts.push(NOTHING);
    else {
      const text = typeof value === 'string' ? value : String(value);
      if (text.includes(SEPARATOR) || text.includes(NOTHING)) return arrayList(rows, column, 'text');
      parts.push(text);
    }
  }
  // One more at the end: a single empty text would otherwise be no row at all. The limit of the rows cuts it off.
  parts.push('');
  return {
    sql: (param) => `unnest(string_to_array(${param}::text, E'\\x1f', E'\\x1e'))`,
    param: parts.join(SEPARATOR),
  };
}

function arrayList(rows: readonly StoredRow[], column: string, type: string): List {
  const parts: string[] = [];
  for (const row of rows) {
    const value = row[column];
    if (value === null || value === undefined) parts.push('NULL');
    else parts.push(typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : String(value));
  }
  return { sql: (param) => `unnest(${param}::${type}[])`, param: `{${parts.join(',')}}` };
}

/** Takes a parameter and gives its place, such as `$3`. */
type Bind = (param: unknown) => string;

const binder =
  (params: unknown[]): Bind =>
  (param) =>
    `$${params.push(param)}`;

/** SELECT of these columns of the rows. */
function selectOf(columns: Columns, rows: readonly StoredRow[], bind: Bind): string {
  const kinds = Object.entries(columns);
  const lists = kinds.map(([column, kind]) => {
    const { sql, param } = isText(kind) ? textList(rows, column) : arrayList(rows, column, sqlTypeOf(kind));
    return sql(bind(param));
  });
  const select = kinds.map(([, kind], index) => `v.c${index}${kind.startsWith('jsonb') ? '::jsonb' : ''}`);
  const columnsSql = lists.map((list, index) => `${list} AS c${index}`).join(', ');
  return `SELECT ${select.join(', ')} FROM (SELECT ${columnsSql}) v LIMIT ${bind(rows.length)}::int8`;
}

/** A row that is there already is replaced, or, in a table that only grows, kept. */
function insertSql(schema: string, table: AnyTable, rows: readonly StoredRow[], bind: Bind): string {
  const names = Object.keys(table.columns);
  const rest = names.filter((name) => !table.key.includes(name));
  const replace = rest.map((name) => `${name} = excluded.${name}`).join(', ');
  const conflict =
    table.grows || rest.length === 0 ? 'DO NOTHING' : `(${table.key.join(', ')}) DO UPDATE SET ${replace}`;
  const select = selectOf(table.columns, rows, bind);
  return `INSERT INTO ${schema}.${table.name} (${names.join(', ')}) ${select} ON CONFLICT ${conflict}`;
}

const keyColumns = (table: AnyTable): Columns =>
  Object.fromEntries(table.key.map((column) => [column, table.columns[column] ?? 'text']));

function keysSql(table: AnyTable, keys: readonly Key[], bind: Bind): string {
  const rows = keys.map((key) => Object.fromEntries(table.key.map((column, index) => [column, key[index] ?? null])));
  const names = table.key.map((_column, index) => `k${index}`);
  return `(${selectOf(keyColumns(table), rows, bind)}) AS k(${names.join(', ')})`;
}

const sameKey = (table: AnyTable): string =>
  table.key.map((column, index) => `t.${column} = k.k${index}`).join(' AND ');

const deleteSql = (schema: string, table: AnyTable, keys: readonly Key[], bind: Bind): string =>
  `DELETE FROM ${schema}.${table.name} t USING ${keysSql(table, keys, bind)} WHERE ${sameKey(table)}`;

/** Writes the rows, also over those that are there; of each key there is one at most. */
export async function putRows(
  db: Queryable,
  schema: string,
  table: AnyTable,
  rows: readonly StoredRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const params: unknown[] = [];
  await db.query(insertSql(schema, table, rows, binder(params)), params);
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Adds rows of keys that are not there; many at once, because each call is a transaction. It does not wait for the disk. */
export async function addRows(
  db: Database,
  schema: string,
  table: AnyTable,
  rows: readonly StoredRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.keys(table.columns);
  let text = '';
  for (const row of rows) {
    let between = '';
    for (const name of names) {
      const value = row[name];
      text += between;
      if (value === null || value === undefined) text += '\\N';
      else if (typeof value !== 'string') text += String(value);
      else text += /[\\\t\n\r]/.test(value) ? value.replaceAll(/[\\\t\n\r]/g, (sign) => ESCAPED[sign] ?? sign) : value;
      between = '\t';
    }
    text += '\n';
  }
  await db.copyIn(`${schema}.${table.name} (${names.join(', ')})`, text, false);
}

export async function removeRows(db: Queryable, schema: string, table: AnyTable, keys: readonly Key[]): Promise<void> {
  if (keys.length === 0) return;
  const params: unknown[] = [];
  await db.query(deleteSql(schema, table, keys, binder(params)), params);
}

/** Those of the rows that there are. */
export async function loadRows(
  db: Queryable,
  schema: string,
  table: AnyTable,
  keys: readonly Key[],
): Promise<readonly StoredRow[]> {
  const select = Object.entries(table.columns).map(([name, kind]) =>
    kind.startsWith('jsonb') ? `t.${name}::text AS ${name}` : `t.${name}`,
  );
  const params: unknown[] = [];
  const from = keysSql(table, keys, binder(params));
  return db.query<StoredRow>(
    `SELECT ${select.join(', ')} FROM ${schema}.${table.name} t JOIN ${from} ON ${sameKey(table)}`,
    params,
  );
}

/** Everything that a unit changed. */
function unitSql(schema: string, unit: Unit, bind: Bind): readonly string[] {
  const statements: string[] = [];
  for (const [table, rows] of unit.changed) {
    const kept = [...rows.values()].filter((row) => row !== null);
    const gone = [...rows].flatMap(([key, row]) => (row === null ? [key.split('\u0000')] : []));
    if (gone.length > 0) statements.push(deleteSql(schema, table, gone, bind));
    if (kept.length > 0) statements.push(insertSql(schema, table, kept, bind));
  }
  for (const [table, rows] of unit.added) if (rows.length > 0) statements.push(insertSql(schema, table, rows, bind));
  return statements;
}

/** Writes all of the unit. */
export async function writeUnit(tx: Queryable, schema: string, unit: Unit): Promise<void> {
  const params: unknown[] = [];
  const statements = unitSql(schema, unit, binder(params));
  if (statements.length === 0) return;
  const parts = statements.map((sql, index) => `w${index} AS (${sql})`);
  await tx.query(`WITH ${parts.join(', ')} SELECT 1`, params);
}

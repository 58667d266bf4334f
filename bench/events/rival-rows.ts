/**
 * The read models of the rival, written by the very transaction that appends, as stores of that kind do it: the rows that
 * the projections ask for are read and locked by their key, and each row that changed is written by a prepared statement.
 */
import type pg from 'pg';
import type { RecordedEvent } from '#events/store/event-store.ts';
import { recognise, type Fact } from '#projections/fact.ts';
import { PROJECTIONS } from '#projections/runner/all-projections.ts';
import { project } from '#projections/runner/project.ts';
import { SCHEMA } from '#projections/runner/read-model-tables.server.ts';
import type { Key } from '#projections/runner/rows.ts';
import { keyText, type AnyTable, type StoredRow } from '#projections/runner/table.ts';

/** Projects events that this transaction has just appended; `ordinal` is of the first of them. */
export async function projectInline(
  client: pg.PoolClient,
  events: readonly RecordedEvent[],
  ordinal: number,
): Promise<void> {
  const facts = events.flatMap((event): Fact[] => {
    const fact = recognise(event);
    return fact ? [fact] : [];
  });
  const known = new Map<AnyTable, Map<string, StoredRow | null>>();
  const loadRows = async (table: AnyTable, keys: readonly Key[]): Promise<void> => {
    const rows = known.get(table) ?? new Map<string, StoredRow | null>();
    known.set(table, rows);
    for (const key of keys) {
      const { rows: some } = await client.query<StoredRow>({ ...readOf(table), values: [...key] });
      rows.set(keyText(key), some[0] ?? null);
    }
  };
  // One connection answers one question after the other.
  let last = Promise.resolve();
  const load = (table: AnyTable, keys: readonly Key[]): Promise<void> =>
    (last = last.then(() => loadRows(table, keys)));
  const { unit, failures } = await project(
    PROJECTIONS,
    facts,
    ordinal - 1,
    (table, key) => known.get(table)?.get(key),
    load,
  );
  const [failure] = failures;
  if (failure) throw failure.error;
  for (const [table, rows] of unit.changed) {
    for (const [key, row] of rows)
      await client.query(row === null ? { ...removeOf(table), values: key.split('\u0000') } : written(table, row));
  }
  for (const [table, rows] of unit.added) for (const row of rows) await client.query(written(table, row));
}

interface Statement {
  readonly name: string;
  readonly text: string;
}

const once = (kind: string, textOf: (table: AnyTable) => string): ((table: AnyTable) => Statement) => {
  const made = new Map<AnyTable, Statement>();
  return (table) => {
    const statement = made.get(table) ?? { name: `${kind} ${table.name}`, text: textOf(table) };
    made.set(table, statement);
    return statement;
  };
};

const written = (table: AnyTable, row: StoredRow) => ({
  ...writeOf(table),
  values: Object.keys(table.columns).map((column) => row[column] ?? null),
});

const whereKey = ({ key }: AnyTable): string => key.map((column, index) => `${column} = $${index + 1}`).join(' AND ');

const readOf = once('load', (table) => {
  const columns = Object.entries(table.columns).map(([name, kind]) =>
    kind.startsWith('jsonb') ? `${name}::text AS ${name}` : name,
  );
  return `SELECT ${columns.join(', ')} FROM ${SCHEMA}.${table.name} WHERE ${whereKey(table)} FOR UPDATE`;
});

const removeOf = once('remove', (table) => `DELETE FROM ${SCHEMA}.${table.name} WHERE ${whereKey(table)}`);

const writeOf = once('write', (table) => {
  const names = Object.keys(table.columns);
  const rest = names.filter((name) => !table.key.includes(name));
  const insert = `INSERT INTO ${SCHEMA}.${table.name} (${names.join(', ')}) VALUES (${names.map((_name, index) => `$${index + 1}`).join(', ')})`;
  if (table.grows) return insert;
  if (rest.length === 0) return `${insert} ON CONFLICT DO NOTHING`;
  const replace = rest.map((name) => `${name} = excluded.${name}`).join(', ');
  return `${insert} ON CONFLICT (${table.key.join(', ')}) DO UPDATE SET ${replace}`;
});

/**
 * A database that stands still in the past: the queries of the pages, asked there, read the folded rows instead of the live
 * ones, so that no shape is written a second time. What was not folded (names, the tutor's profile) is read as it is now.
 */
import type { Database } from '#platform/database/database.ts';
import { sqlTypeOf, type AnyTable, type StoredRow } from '../runner/table.ts';
import type { PastRows } from './fold.ts';

const LIVE = /\bread_model\.(\w+)/g;

/** For queries that begin with SELECT, which those of the pages do. */
export function pastDatabase(db: Database, rows: PastRows): Pick<Database, 'query'> {
  const tables = new Map([...rows].map(([table, stored]) => [table.name, { table, stored }]));
  return {
    query<R>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
      const used = new Map<string, { table: AnyTable; stored: readonly StoredRow[] }>();
      const past = sql.replaceAll(LIVE, (live, name: string) => {
        const known = tables.get(name);
        if (!known) return live;
        used.set(name, known);
        return `past_${name}`;
      });
      if (used.size === 0) return db.query<R>(sql, params);
      const all = [...params];
      const relations = [...used].map(([name, { table, stored }]) => {
        all.push(JSON.stringify(stored.map((row) => parsed(table, row))));
        const columns = Object.entries(table.columns).map(([column, kind]) => `${column} ${sqlTypeOf(kind)}`);
        return `past_${name} AS (SELECT * FROM jsonb_to_recordset($${all.length}::jsonb) AS r(${columns.join(', ')}))`;
      });
      return db.query<R>(`WITH ${relations.join(', ')} ${past}`, all);
    },
  };
}

/** A column `jsonb` is held as text by the projections, and has to arrive as what it says. */
function parsed({ columns }: AnyTable, row: StoredRow): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]): [string, unknown] => [
      column,
      columns[column]?.startsWith('jsonb') === true && typeof value === 'string' ? JSON.parse(value) : value,
    ]),
  );
}

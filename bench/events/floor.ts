/**
 * The floor: the simplest way to bring the same rows to the same disk. COPY of prepared text into a table without any
 * index, one transaction, and so one flush, for each batch that our log made.
 */
import pg from 'pg';
import { CopyIn } from '#platform/database/copy-in.ts';
import type { Database } from '#platform/database/database.ts';

interface Batch {
  readonly rows: number;
  readonly text: string;
}

/** The log's rows as text for COPY, cut where our batches were cut. */
export async function batchesOf(db: Database): Promise<readonly Batch[]> {
  const rows = await db.query<{ tx: string; line: string }>(
    `SELECT xmin::text AS tx, concat_ws(E'\\t', pos, stream, rev, id, type, replace(data, '\\', '\\\\'),
       replace(meta, '\\', '\\\\'), recorded_at, '\\\\x' || encode(chain, 'hex')) || E'\\n' AS line
     FROM log_event ORDER BY pos`,
  );
  const batches: Batch[] = [];
  let lines: string[] = [];
  for (const [index, { tx, line }] of rows.entries()) {
    lines.push(line);
    if (rows[index + 1]?.tx === tx) continue;
    batches.push({ rows: lines.length, text: lines.join('') });
    lines = [];
  }
  return batches;
}

/** Gives the seconds that it took to write all of them, one batch after the other. */
export async function copyAll(url: string, batches: readonly Batch[]): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE TABLE plain (pos int8, stream text, rev int8, id uuid, type text, data text, meta text,
      recorded_at int8, chain bytea)`);
    const start = performance.now();
    for (const { text } of batches) {
      await client.query(new CopyIn('plain', text)).done;
    }
    const seconds = (performance.now() - start) / 1_000;
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM plain');
    const expected = batches.reduce((sum, batch) => sum + batch.rows, 0);
    if (Number(rows[0]?.count) !== expected) throw new Error('The floor lost rows');
    return seconds;
  } finally {
    await client.end();
  }
}

/**
 * The floor: the simplest way to bring the same rows to the same disk. COPY of prepared text into a table without any
 * index, one transaction, and so one flush, for each batch that our log made.
 */
import pg from 'pg';
import type { Database } from '#platform/database/database.ts';

interface Batch {
  readonly rows: number;
  readonly text: Buffer;
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
    batches.push({ rows: lines.length, text: Buffer.from(lines.join('')) });
    lines = [];
  }
  return batches;
}

/** What pg asks of a query of one's own; it has no COPY by itself. */
class CopyIn {
  readonly done: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #error: Error | null = null;
  readonly #sql: string;
  readonly #text: Buffer;

  constructor(sql: string, text: Buffer) {
    this.#sql = sql;
    this.#text = text;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#sql);
  }

  handleCopyInResponse(connection: { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }): void {
    connection.sendCopyFromChunk(this.#text);
    connection.endCopyFrom();
  }

  handleError(error: Error): void {
    this.#error = error;
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    if (this.#error === null) this.#resolve();
  }

  handleCommandComplete(): void {
    // How many rows it took is known already.
  }
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
      const copy = new CopyIn('COPY plain FROM STDIN', text);
      client.query(copy);
      await copy.done;
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

/**
 * The history of documents: every update ever stored, with its times and its author, in pages; whole states along the way,
 * so that any moment is a state and a short tail; and what came after the end, which is in no live document.
 */
import * as Y from 'yjs';
import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import type { HistoryRow } from '../documents/history.ts';

/** Steps that ran are never changed; see platform/database/schema.server.ts. */
const SCHEMA = [
  // `at`: business time of the row with this number, ms.
  `CREATE TABLE sync_checkpoint (
     document text NOT NULL, seq int8 NOT NULL, at int8 NOT NULL, body bytea NOT NULL, PRIMARY KEY (document, seq))`,
  `CREATE TABLE sync_late (
     document text NOT NULL, n int8 NOT NULL, body bytea NOT NULL, person_id text NOT NULL,
     wall_at int8 NOT NULL, business_at int8 NOT NULL, PRIMARY KEY (document, n))`,
  // The compact copy: which rows are in it, and where it is.
  `CREATE TABLE sync_copy (
     document text PRIMARY KEY, head int8 NOT NULL, late int8 NOT NULL, key text NOT NULL, counts text NOT NULL)`,
];

/** Rows a page of the history. */
export const PAGE_ROWS = 5_000;

/** Updates of one person in one minute (business ms, floored). */
export interface MinuteCount {
  readonly personId: string;
  readonly minute: number;
  readonly count: number;
}

/** How a moment was put together. */
export interface Moment {
  /** The document as it was; whoever asked for it destroys it. */
  readonly doc: Y.Doc;
  /** Number of the last row in it. */
  readonly seq: number;
  readonly rowsReplayed: number;
  readonly bytesRead: number;
}

interface Stored {
  readonly seq: number;
  readonly body: Uint8Array;
}

interface CopyRow {
  readonly document: string;
  readonly head: number;
  readonly late: number;
  readonly key: string;
  readonly counts: string;
}

const ROW = `body, person_id AS "personId", business_at AS at, wall_at AS "wallAt"`;

export class HistoryTable {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  prepare(): Promise<void> {
    return migrate(this.db, 'sync-history', SCHEMA);
  }

  /** The next rows behind `after`, in order: at most PAGE_ROWS, and none when there are no more. */
  async page(name: string, after: number, rows = PAGE_ROWS): Promise<HistoryRow[]> {
    const found = await this.db.query<Omit<HistoryRow, 'late'>>(
      `SELECT seq, brought, ${ROW} FROM sync_update WHERE document = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
      [name, after, rows],
    );
    return found.map((row) => ({ ...row, late: false }));
  }

  /** What was sent after the end, numbered on behind `head`. */
  async late(name: string, head: number): Promise<HistoryRow[]> {
    const found = await this.db.query<Omit<HistoryRow, 'late' | 'brought' | 'seq'> & { n: number }>(
      `SELECT n, ${ROW} FROM sync_late WHERE document = $1 ORDER BY n`,
      [name],
    );
    return found.map(({ n, ...row }) => ({ ...row, seq: head + n, brought: false, late: true }));
  }

  /** Keeps updates that came after the end. Durable when it resolves. */
  async addLate(name: string, personId: string, body: Uint8Array, wallAt: number, businessAt: number): Promise<void> {
    await this.db.query(
      `INSERT INTO sync_late (document, n, body, person_id, wall_at, business_at)
       SELECT $1, 1 + count(*), $2, $3, $4, $5 FROM sync_late WHERE document = $1`,
      [name, body, personId, wallAt, businessAt],
    );
  }

  /** The last number, and how much came late. */
  async size(name: string): Promise<{ head: number; late: number }> {
    const [row] = await this.db.query<{ head: number; late: number }>(
      `SELECT head, (SELECT count(*) FROM sync_late l WHERE l.document = d.name) AS late
       FROM sync_document d WHERE name = $1`,
      [name],
    );
    return row ?? { head: 0, late: 0 };
  }

  async counts(name: string): Promise<MinuteCount[]> {
    return this.db.query<MinuteCount>(
      `SELECT person_id AS "personId", business_at - business_at % 60000 AS minute, count(*) AS count
       FROM sync_update WHERE document = $1 GROUP BY 1, 2 ORDER BY 2, 1`,
      [name],
    );
  }

  /** The last number that has a state of its own; 0 for none. */
  async lastCheckpoint(name: string): Promise<number> {
    const [row] = await this.db.query<{ seq: number | null }>(
      'SELECT max(seq) AS seq FROM sync_checkpoint WHERE document = $1',
      [name],
    );
    return row?.seq ?? 0;
  }

  /** Numbers of all states that are kept, in order. */
  async checkpoints(name: string): Promise<number[]> {
    const rows = await this.db.query<{ seq: number }>(
      'SELECT seq FROM sync_checkpoint WHERE document = $1 ORDER BY seq',
      [name],
    );
    return rows.map(({ seq }) => seq);
  }

  /** Keeps the state after the row `seq`: exactly the rows up to it, and none behind. */
  async keepCheckpoint(name: string, seq: number, body: Uint8Array): Promise<void> {
    await this.db.query(
      `INSERT INTO sync_checkpoint (document, seq, at, body)
       SELECT document, seq, business_at, $3 FROM sync_update WHERE document = $1 AND seq = $2
       ON CONFLICT DO NOTHING`,
      [name, seq, body],
    );
  }

  /** The document as it was at a business time, ms; null before anything was written. Late ink is in no moment. */
  async moment(name: string, at: number): Promise<Moment | null> {
    const [base] = await this.db.query<Stored>(
      'SELECT seq, body FROM sync_checkpoint WHERE document = $1 AND at <= $2 ORDER BY seq DESC LIMIT 1',
      [name, at],
    );
    const tail: Stored[] = [];
    let seq = base?.seq ?? 0;
    for (;;) {
      const page = await this.db.query<Stored>(
        `SELECT seq, body FROM sync_update WHERE document = $1 AND seq > $2 AND business_at <= $3 ORDER BY seq LIMIT $4`,
        [name, seq, at, PAGE_ROWS],
      );
      // Clocks of two processes differ by a moment: the first row that is later ends it, whatever stands behind.
      const gapless = page.findIndex((row, i) => row.seq !== seq + 1 + i);
      const before = gapless < 0 ? page : page.slice(0, gapless);
      for (const row of before) tail.push(row);
      seq += before.length;
      if (before.length < PAGE_ROWS) break;
    }
    const parts = base ? [base, ...tail] : tail;
    if (parts.length === 0) return null;
    const doc = new Y.Doc();
    applyAll(
      doc,
      parts.map(({ body }) => body),
    );
    return { doc, seq, rowsReplayed: tail.length, bytesRead: parts.reduce((sum, { body }) => sum + body.length, 0) };
  }

  /** The state after the row `seq`, from the nearest state before it. */
  async stateAt(name: string, seq: number): Promise<Y.Doc> {
    const [base] = await this.db.query<Stored>(
      'SELECT seq, body FROM sync_checkpoint WHERE document = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1',
      [name, seq],
    );
    const doc = new Y.Doc();
    if (base) Y.applyUpdate(doc, base.body, 'history');
    for (let after = base?.seq ?? 0; after < seq;) {
      const page = await this.page(name, after, Math.min(PAGE_ROWS, seq - after));
      if (page.length === 0) break;
      applyAll(
        doc,
        page.map(({ body }) => body),
      );
      after = page.at(-1)?.seq ?? seq;
    }
    return doc;
  }

  async copyOf(name: string): Promise<CopyRow | null> {
    const [row] = await this.db.query<CopyRow>(
      'SELECT document, head, late, key, counts FROM sync_copy WHERE document = $1',
      [name],
    );
    return row ?? null;
  }

  /** Never replaces a copy of more by one of less. */
  async keepCopy({ document, head, late, key, counts }: CopyRow): Promise<void> {
    await this.db.query(
      `INSERT INTO sync_copy (document, head, late, key, counts) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (document) DO UPDATE
       SET head = excluded.head, late = excluded.late, key = excluded.key, counts = excluded.counts
       WHERE (sync_copy.head, sync_copy.late) < (excluded.head, excluded.late)`,
      [document, head, late, key, counts],
    );
  }

  /** Documents with something in them that no copy has. */
  async uncopied(): Promise<string[]> {
    const rows = await this.db.query<{ name: string }>(
      `SELECT d.name FROM sync_document d LEFT JOIN sync_copy c ON c.document = d.name
       WHERE d.head > coalesce(c.head, 0)
          OR (c.head IS NOT NULL AND c.late < (SELECT count(*) FROM sync_late l WHERE l.document = d.name))
       ORDER BY d.name`,
    );
    return rows.map(({ name }) => name);
  }
}

/** Applies updates as one act. One that Yjs cannot read does not cost the others. */
export function applyAll(doc: Y.Doc, updates: readonly Uint8Array[]): number {
  let broken = 0;
  doc.transact(() => {
    for (const update of updates)
      try {
        Y.applyUpdate(doc, update, 'history');
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        broken += 1;
      }
  }, 'history');
  return broken;
}

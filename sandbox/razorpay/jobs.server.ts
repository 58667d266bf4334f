import { createTables, integer, text, type Database } from '../shared/database.server.ts';

/** Work that the provider finishes by itself a moment after it has answered. */
const KINDS = ['process-transfer', 'finish-payment', 'review-account'] as const;
export type JobKind = (typeof KINDS)[number];

export interface Jobs {
  /** `delayMs` of wall time. Written in the caller's transaction, so a crash cannot lose it. */
  schedule(kind: JobKind, entityId: string, delayMs: number): void;
  /** Removes and returns what is due by the wall clock. Call it in the transaction that does the work. */
  takeDue(): { kind: JobKind; entityId: string } | undefined;
}

const isKind = (value: string): value is JobKind => KINDS.some((kind) => kind === value);

export function createJobs(database: Database): Jobs {
  createTables(
    database,
    `CREATE TABLE IF NOT EXISTS job (
       seq INTEGER PRIMARY KEY AUTOINCREMENT, due_ms INTEGER NOT NULL, kind TEXT NOT NULL, entity_id TEXT NOT NULL);
     CREATE INDEX IF NOT EXISTS job_due ON job (due_ms, seq)`,
  );
  return {
    schedule(kind, entityId, delayMs) {
      database.run('INSERT INTO job (due_ms, kind, entity_id) VALUES (?, ?, ?)', Date.now() + delayMs, kind, entityId);
    },
    takeDue() {
      const row = database.get('SELECT * FROM job WHERE due_ms <= ? ORDER BY due_ms, seq LIMIT 1', Date.now());
      if (!row) return undefined;
      database.run('DELETE FROM job WHERE seq = ?', integer(row, 'seq'));
      const kind = text(row, 'kind');
      if (!isKind(kind)) throw new Error(`no such job: ${kind}`);
      return { kind, entityId: text(row, 'entity_id') };
    },
  };
}

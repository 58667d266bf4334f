import { createTables, integer, text, textOrNull, type Database } from '../shared/database.server.ts';

export interface LoggedRequest {
  readonly method: string;
  /** The route, such as `/v1/payments/:id/capture`. */
  readonly route: string;
  readonly path: string;
  /** Null when the caller got no answer. */
  readonly status: number | null;
  /** False when an injected fault kept the call from happening, or when it was refused. */
  readonly committed: boolean;
  readonly idempotencyKey: string | null;
  readonly fault: string | null;
  readonly body: string;
}

export interface RequestLog {
  add(entry: LoggedRequest): void;
  /** The newest `limit`, oldest first. */
  list(limit: number): Readonly<Record<string, unknown>>[];
  /** Calls ever made, by `POST /v1/orders`: how many came, and how many took effect. */
  counts(): Record<string, { calls: number; committed: number }>;
}

const KEPT = 5_000;
const LONGEST_BODY = 4_000;

export function createRequestLog(database: Database): RequestLog {
  createTables(
    database,
    `CREATE TABLE IF NOT EXISTS request (
       seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, method TEXT NOT NULL, route TEXT NOT NULL,
       path TEXT NOT NULL, status INTEGER, committed INTEGER NOT NULL, idempotency_key TEXT, fault TEXT,
       body TEXT NOT NULL);
     CREATE TABLE IF NOT EXISTS request_count (
       route TEXT PRIMARY KEY, calls INTEGER NOT NULL, committed INTEGER NOT NULL)`,
  );
  return {
    add(entry) {
      const committed = entry.committed ? 1 : 0;
      database.run(
        `INSERT INTO request (at_ms, method, route, path, status, committed, idempotency_key, fault, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        Date.now(),
        entry.method,
        entry.route,
        entry.path,
        entry.status,
        committed,
        entry.idempotencyKey,
        entry.fault,
        entry.body.slice(0, LONGEST_BODY),
      );
      database.run('DELETE FROM request WHERE seq <= (SELECT max(seq) FROM request) - ?', KEPT);
      database.run(
        `INSERT INTO request_count (route, calls, committed) VALUES (?, 1, ?)
         ON CONFLICT (route) DO UPDATE SET calls = calls + 1, committed = committed + excluded.committed`,
        `${entry.method} ${entry.route}`,
        committed,
      );
    },
    list(limit) {
      return database
        .all('SELECT * FROM request ORDER BY seq DESC LIMIT ?', limit)
        .reverse()
        .map((row) => ({
          at: integer(row, 'at_ms'),
          method: text(row, 'method'),
          route: text(row, 'route'),
          path: text(row, 'path'),
          status: row.status === null ? null : integer(row, 'status'),
          committed: row.committed === 1,
          idempotencyKey: textOrNull(row, 'idempotency_key'),
          fault: textOrNull(row, 'fault'),
          body: text(row, 'body'),
        }));
    },
    counts() {
      const rows = database.all('SELECT * FROM request_count ORDER BY route');
      return Object.fromEntries(
        rows.map((row) => [text(row, 'route'), { calls: integer(row, 'calls'), committed: integer(row, 'committed') }]),
      );
    },
  };
}

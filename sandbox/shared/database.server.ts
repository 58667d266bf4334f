import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';

export type Row = Readonly<Record<string, SQLOutputValue>>;

export interface Database {
  all(sql: string, ...values: SQLInputValue[]): Row[];
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  run(sql: string, ...values: SQLInputValue[]): void;
  /** All of `work` or none of it. Inside another transaction it joins that one. */
  transaction<T>(work: () => T): T;
  /** Inside a transaction: undoes `work` alone when it throws, and leaves the rest to the transaction. */
  attempt<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the one database of the sandbox in `folder`, which is made when absent. Once a statement has returned, a
 * SIGKILL cannot lose it: the write-ahead log is in the kernel's hands by then (a power cut can lose the newest).
 * The lock is exclusive, so that two sandboxes can never deliver the same webhooks from one folder.
 */
export function openDatabase(folder: string): Database {
  mkdirSync(folder, { recursive: true });
  const sqlite = new DatabaseSync(join(folder, 'sandbox.sqlite'));
  try {
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  } catch (error) {
    throw new Error(`The sandbox cannot open ${folder}; is another one running there?`, { cause: error });
  }
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const made = sqlite.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  let inside = false;
  return {
    all: (sql, ...values) => prepare(sql).all(...values),
    get: (sql, ...values) => prepare(sql).get(...values),
    run: (sql, ...values) => {
      prepare(sql).run(...values);
    },
    transaction(work) {
      if (inside) return work();
      sqlite.exec('BEGIN IMMEDIATE');
      inside = true;
      try {
        const result = work();
        sqlite.exec('COMMIT');
        return result;
      } catch (error) {
        sqlite.exec('ROLLBACK');
        throw error;
      } finally {
        inside = false;
      }
    },
    attempt(work) {
      if (!inside) throw new Error('an attempt belongs inside a transaction');
      sqlite.exec('SAVEPOINT attempt');
      try {
        const result = work();
        sqlite.exec('RELEASE attempt');
        return result;
      } catch (error) {
        sqlite.exec('ROLLBACK TO attempt; RELEASE attempt');
        throw error;
      }
    },
    close: () => sqlite.close(),
  };
}

/** Creates tables; several statements separated by semicolons. */
export function createTables(database: Database, sql: string): void {
  for (const statement of sql.split(';')) {
    if (statement.trim() !== '') database.run(statement);
  }
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`column ${column} holds no text`);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`column ${column} holds no integer`);
  return value;
}

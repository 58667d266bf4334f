/**
 * The database port. Two adapters: PGlite on a thread of its own, and PostgreSQL.
 *
 * Values: int8 arrives as a number (both adapters; an unsafe one throws), jsonb as parsed JSON,
 * bytea as Uint8Array, timestamptz is not used: instants are int8 milliseconds since the epoch.
 * Parameters: an array is a PostgreSQL array, undefined is null, and jsonb is passed as JSON text.
 *
 * A statement that failed throws `SqlError` with its SQLSTATE, a database that cannot be reached
 * `DatabaseUnavailable`; after that one, whether a COMMIT took effect is unknown.
 */
export type Row = Record<string, unknown>;

export interface Queryable {
  /** Runs one statement with $1, $2 … parameters and gives its rows. */
  query<R = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
}

/** A connection taken out of the pool; whoever takes one gives it back. */
export interface Connection extends Queryable {
  /** Like `query`, with the number of rows that an insert, update or delete touched (0 for any other statement). */
  execute<R = Row>(sql: string, params?: readonly unknown[]): Promise<{ rows: R[]; affected: number }>;
  /** A transaction left open is rolled back. */
  release(): void;
}

export interface Database extends Queryable {
  readonly kind: 'pglite' | 'postgres';
  acquire(): Promise<Connection>;
  /**
   * Runs `work` in one transaction; rolls back when it throws.
   * Danger: inside `work` use only `tx`. With PGlite there is one connection, so the outer handle would wait for ever;
   * both adapters therefore throw when it is used there.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Runs several statements without parameters, for schemas. */
  script(sql: string): Promise<void>;
  /**
   * Adds rows to a table in one transaction: the quickest way in for thousands of them. `into` names the table and its
   * columns, `text` has a line for each row, in the text format of COPY. `waits` false: not for the disk, so that a crash of
   * the database may take what was copied.
   */
  copyIn(into: string, text: string, waits?: boolean): Promise<void>;
  /** Calls `onNotify` after a NOTIFY on the channel. A hint only: it may be lost, so its user also polls. */
  listen(channel: string, onNotify: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export { DatabaseUnavailable, SqlError } from './errors.ts';

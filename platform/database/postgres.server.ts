import pg from 'pg';
import { CopyIn } from './copy-in.ts';
import type { Connection, Database } from './database.ts';
import { DatabaseUnavailable, SqlError, safeInteger, sqlFactsOf } from './errors.ts';
import { MisuseGuard } from './misuse.ts';
import { PostgresListener } from './postgres-listener.server.ts';
import { transact } from './transact.ts';

export interface PostgresOptions {
  /** Connections at most. */
  readonly max?: number;
  /** Waits this long at the start for a database that is not up yet, ms. */
  readonly patienceMs?: number;
  /**
   * The server rolls back a transaction in which this client has said nothing for so long, ms: a process that was frozen in
   * the middle of one would otherwise keep its locks, and everybody else from its work, for as long as it sleeps.
   */
  readonly idleInTransactionMs?: number;
  readonly log?: { warn(details: Readonly<Record<string, unknown>>, message: string): void };
}

/** PostgreSQL 15 or newer by URL. Lost connections are replaced as they are needed. */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Database> {
  const { max = 10, patienceMs = 15_000, idleInTransactionMs = 10_000, log = { warn: () => undefined } } = options;
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, safeInteger);
  types.setTypeParser(pg.types.builtins.BYTEA, bytes);
  const settings = {
    connectionString: url,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    types,
  };
  const pool = new pg.Pool({ ...settings, max });
  // Without a listener, an idle connection that the server closes ends the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  const listener = new PostgresListener(() => new pg.Client(settings), log);
  const guard = new MisuseGuard();

  async function send<R>(
    client: pg.Pool | pg.PoolClient,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<{ rows: R[]; affected: number }> {
    try {
      const result = await client.query(sql, [...params]);
      const changes = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(result.command);
      return { rows: result.rows, affected: changes ? (result.rowCount ?? 0) : 0 };
    } catch (error) {
      throw translated(error);
    }
  }

  /** A connection, and how to give it back. */
  async function take(): Promise<{ client: pg.PoolClient; giveBack(): void }> {
    guard.check();
    const client = await pool.connect().catch((error: unknown) => {
      throw translated(error);
    });
    const onError = (error: Error): void => log.warn({ err: error }, 'a database connection was lost while in use');
    client.on('error', onError);
    return {
      client,
      giveBack() {
        client.off('error', onError);
        // A connection in the middle of something is closed rather than handed on; the server then rolls back.
        client.release(client.getTransactionStatus() !== 'I');
      },
    };
  }

  async function acquire(): Promise<Connection> {
    const { client, giveBack } = await take();
    let released = false;
    const held = async <R>(sql: string, params?: readonly unknown[]): Promise<{ rows: R[]; affected: number }> => {
      if (released) throw new Error('The connection was given back already');
      return send<R>(client, sql, params);
    };
    return {
      async query<R>(sql: string, params?: readonly unknown[]) {
        return (await held<R>(sql, params)).rows;
      },
      execute: held,
      release() {
        if (released) return;
        released = true;
        giveBack();
      },
    };
  }

  const db: Database = {
    kind: 'postgres',
    async query<R>(sql: string, params?: readonly unknown[]) {
      guard.check();
      return (await send<R>(pool, sql, params)).rows;
    },
    acquire,
    transaction: async (work) => transact(await acquire(), guard, work),
    async script(sql) {
      guard.check();
      // Without a list of parameters pg uses the simple protocol, which takes several statements.
      await pool.query(sql).catch((error: unknown) => {
        throw translated(error);
      });
    },
    async copyIn(into, text, waits) {
      const { client, giveBack } = await take();
      try {
        await client.query(new CopyIn(into, text, waits)).done;
      } catch (error) {
        throw translated(error);
      } finally {
        giveBack();
      }
    },
    listen: (channel, onNotify) => listener.listen(channel, onNotify),
    async close() {
      await listener.close();
      await pool.end();
    },
  };

  try {
    await waitUntilUp(db, patienceMs);
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}

async function waitUntilUp(db: Database, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      const [row] = await db.query<{ server_encoding: string }>('SHOW server_encoding');
      if (row?.server_encoding !== 'UTF8') throw new Error('The database must be encoded in UTF8');
      return;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

function translated(error: unknown): Error {
  const facts = sqlFactsOf(error);
  if (facts !== null) return new SqlError(facts, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  // A value that cannot be parsed is our own error; all others come from the connection.
  if (error instanceof RangeError || error instanceof TypeError) return error;
  return new DatabaseUnavailable(`The database cannot be reached: ${message}`, { cause: error });
}

function bytes(text: string): Uint8Array {
  if (!text.startsWith('\\x')) throw new RangeError('bytea is not in hex format');
  return Uint8Array.from(Buffer.from(text.slice(2), 'hex'));
}

import type { Connection, Queryable } from './database.ts';
import type { MisuseGuard } from './misuse.ts';

/** Runs `work` between BEGIN and COMMIT on a connection taken for it, and gives the connection back. */
export async function transact<T>(
  connection: Connection,
  guard: MisuseGuard,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  let failed = false;
  let ended = false;
  const tx: Queryable = {
    async query(sql, params) {
      if (ended) throw new Error('The transaction has ended; its handle was kept too long');
      try {
        return await connection.query(sql, params);
      } catch (error) {
        failed = true;
        throw error;
      }
    },
  };
  try {
    await connection.query('BEGIN');
    const result = await guard.enter(() => work(tx));
    ended = true;
    // COMMIT of a transaction that a swallowed error has aborted rolls back and reports success; this one throws.
    if (failed) await connection.query('SELECT 1');
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    ended = true;
    await rollBack(connection);
    throw error;
  } finally {
    connection.release();
  }
}

async function rollBack(connection: Connection): Promise<void> {
  try {
    await connection.query('ROLLBACK');
  } catch {
    // The connection is gone, and the transaction with it. The first error is the one to tell.
  }
}

import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** Steps that several processes start at once must wait for each other. Any number that nobody else locks. */
const LOCK = 7_204_119_026;

/**
 * Runs the statements that this database has not run yet under `name`, in order and once, all in one transaction.
 * Each is one SQL command. A statement that ran may never be changed: a new one is added at the end.
 */
export async function migrate(db: Database, name: string, statements: readonly string[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await tx.query(
      `CREATE TABLE IF NOT EXISTS schema_step (
         name text NOT NULL, step int NOT NULL, hash text NOT NULL, done_at int8 NOT NULL, PRIMARY KEY (name, step))`,
    );
    const done = await tx.query<{ step: number; hash: string }>(
      'SELECT step, hash FROM schema_step WHERE name = $1 ORDER BY step',
      [name],
    );
    if (done.length > statements.length) {
      throw new Error(`The database has ${done.length} steps of "${name}", this program knows ${statements.length}`);
    }
    for (const [index, statement] of statements.entries()) {
      const hash = createHash('sha256').update(statement).digest('hex');
      const before = done[index];
      if (before === undefined) {
        await tx.query(statement);
        await tx.query('INSERT INTO schema_step VALUES ($1, $2, $3, $4)', [name, index + 1, hash, Date.now()]);
      } else if (before.hash !== hash) {
        throw new Error(`Step ${index + 1} of "${name}" was changed after it ran; add a new step instead`);
      }
    }
  });
}

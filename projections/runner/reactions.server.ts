/** Writes what processes asked for, in the transaction that moves their checkpoint. */
import type { Queryable } from '#platform/database/database.ts';
import { planCall, WORK_WAITS } from '../effects/outbox.server.ts';
import { postNotice, type Posted } from '../notices/post.server.ts';
import type { Reaction } from '../processes/process.ts';

/** What a fact set off, with where it came from. Commands are not among them: they were submitted before. */
export interface Wanted {
  readonly process: string;
  readonly reaction: Exclude<Reaction, { kind: 'command' }>;
  readonly correlationId: string;
  readonly causationId: string;
  /** Business ms. */
  readonly at: number;
}

/** Gives the notices that are new, for the live channel. */
export async function writeReactions(tx: Queryable, wanted: readonly Wanted[], wallNow: number): Promise<Posted[]> {
  const posted: Posted[] = [];
  for (const { process, reaction, correlationId, causationId, at } of wanted) {
    switch (reaction.kind) {
      case 'timer':
      case 'reminder':
        // The first timer of a key stands, fired or not: a fact that comes again arms nothing again.
        await tx.query(
          `INSERT INTO worker.timer (key, due_at, command, notice, process, correlation_id, causation_id)
           VALUES ($1, $2, $3::jsonb, $4::jsonb, $5, $6, $7) ON CONFLICT (key) DO NOTHING`,
          [
            reaction.key,
            reaction.dueAt,
            reaction.kind === 'timer' ? JSON.stringify(reaction.command) : null,
            reaction.kind === 'reminder' ? JSON.stringify(reaction.notice) : null,
            process,
            correlationId,
            causationId,
          ],
        );
        break;
      case 'forget':
        await tx.query('DELETE FROM worker.timer WHERE key = ANY($1) AND fired_at IS NULL', [reaction.keys]);
        break;
      case 'call':
        await planCall(tx, { ...reaction, correlationId, causationId }, wallNow);
        break;
      case 'notice':
        posted.push(...(await postNotice(tx, reaction.notice, at, wallNow)));
        break;
    }
  }
  if (wanted.length > 0) await tx.query('SELECT pg_notify($1, $2)', [WORK_WAITS, '']);
  return posted;
}

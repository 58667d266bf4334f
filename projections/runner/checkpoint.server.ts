import type { Database, Queryable } from '#platform/database/database.ts';
import type { Position } from '#events/store/event-store.ts';

/** Someone else has taken this duty over; whatever we were about to commit is theirs now. */
export class Fenced extends Error {
  constructor(consumer: string) {
    super(`Another worker runs ${consumer} now`);
    this.name = 'Fenced';
  }
}

export interface Checkpoint {
  readonly position: Position | null;
  /** Facts seen since the beginning of the log. */
  readonly ordinal: number;
}

/** Takes the duty over in the database: every commit under an earlier epoch fails from here on. */
export async function takeOver(db: Database, consumer: string): Promise<number> {
  const [row] = await db.query<{ epoch: number }>(
    `INSERT INTO worker.checkpoint (consumer, epoch) VALUES ($1, 1)
     ON CONFLICT (consumer) DO UPDATE SET epoch = worker.checkpoint.epoch + 1 RETURNING epoch`,
    [consumer],
  );
  if (!row) throw new Error(`No checkpoint for ${consumer}`);
  return row.epoch;
}

export async function readCheckpoint(db: Queryable, consumer: string): Promise<Checkpoint> {
  const [row] = await db.query<Checkpoint>('SELECT position, ordinal FROM worker.checkpoint WHERE consumer = $1', [
    consumer,
  ]);
  return row ?? { position: null, ordinal: 0 };
}

/** Whether whoever took the duty over at this epoch still has it. */
export async function stillOnDuty(db: Queryable, consumer: string, epoch: number): Promise<boolean> {
  const [row] = await db.query<{ epoch: number }>('SELECT epoch FROM worker.checkpoint WHERE consumer = $1', [
    consumer,
  ]);
  return row?.epoch === epoch;
}

/** Locks the checkpoint for this transaction. @throws Fenced */
export async function lockCheckpoint(tx: Queryable, consumer: string, epoch: number): Promise<Checkpoint> {
  const [row] = await tx.query<Checkpoint & { epoch: number }>(
    'SELECT position, ordinal, epoch FROM worker.checkpoint WHERE consumer = $1 FOR UPDATE',
    [consumer],
  );
  if (row?.epoch !== epoch) throw new Fenced(consumer);
  return row;
}

export async function moveCheckpoint(tx: Queryable, consumer: string, to: Checkpoint): Promise<void> {
  await tx.query('UPDATE worker.checkpoint SET position = $2, ordinal = $3 WHERE consumer = $1', [
    consumer,
    to.position,
    to.ordinal,
  ]);
}

/** For a statement of its own, or a part of a larger one: returns a row unless someone else has taken over. */
export const moveFencedSql = (
  bind: (param: unknown) => string,
  consumer: string,
  epoch: number,
  to: Checkpoint,
  channel: string,
): string =>
  `UPDATE worker.checkpoint SET position = ${bind(to.position)}::text, ordinal = ${bind(to.ordinal)}::int8
   WHERE consumer = ${bind(consumer)}::text AND epoch = ${bind(epoch)}::int8
   RETURNING pg_notify(${bind(channel)}::text, '')::text AS told`;

/** Moves the checkpoint of a consumer that keeps it in its own memory, and tells whoever listens. @throws Fenced */
export async function moveFenced(
  tx: Queryable,
  consumer: string,
  epoch: number,
  to: Checkpoint,
  channel: string,
): Promise<void> {
  const params: unknown[] = [];
  const sql = moveFencedSql((param) => `$${params.push(param)}`, consumer, epoch, to, channel);
  if ((await tx.query(sql, params)).length === 0) throw new Fenced(consumer);
}

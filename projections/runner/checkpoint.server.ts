import type { Database, Queryable } from '#platform/database/database.ts';
import type { Position } from '#events/store/event-store.ts';

/** Someone else has taken this duty over; whatever we were about to commit is theirs now. */
export class Fenced extends Error {
  constructor(consumer: string) {
    super(`Another worker runs ${consumer} now`);
    this.name = 'Fenced';
  }
}

/** The checkpoint is not where it was read: a commit whose answer was lost came through after all. It passes: read again. */
export class CheckpointMoved extends Error {
  constructor(consumer: string) {
    super(`The checkpoint of ${consumer} moved meanwhile`);
    this.name = 'CheckpointMoved';
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

/** Who runs a duty now, by its epoch, and where its checkpoint is. */
export async function dutyOf(
  db: Queryable,
  consumer: string,
): Promise<{ readonly epoch: number; readonly position: Position | null } | undefined> {
  const [row] = await db.query<{ epoch: number; position: Position | null }>(
    'SELECT epoch, position FROM worker.checkpoint WHERE consumer = $1',
    [consumer],
  );
  return row;
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

/**
 * Moves the checkpoint from where the caller believes it to be (`'anywhere'`: wherever it is), and tells whoever listens.
 * @throws Fenced also when it is elsewhere: a crash of the database has taken commits, or a lost one came through.
 */
export async function moveFenced(
  tx: Queryable,
  consumer: string,
  epoch: number,
  from: Checkpoint | 'anywhere',
  to: Checkpoint,
  channel: string,
): Promise<void> {
  const moved = await tx.query(
    `UPDATE worker.checkpoint SET position = $3, ordinal = $4 WHERE consumer = $1 AND epoch = $2 AND ($6 OR position IS NOT DISTINCT FROM $7)
     RETURNING pg_notify($5, '')::text`,
    [
      consumer,
      epoch,
      to.position,
      to.ordinal,
      channel,
      from === 'anywhere',
      from === 'anywhere' ? null : from.position,
    ],
  );
  if (moved.length === 0) throw new Fenced(consumer);
}

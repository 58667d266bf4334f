/**
 * Many copies of what a few hundred real lives left in timeline and ledger, each a day later than the one before. Only these
 * two tables grow: they are what is asked.
 */
import type { Database } from '#platform/database/database.ts';

const DAY = 24 * 3_600_000;

export interface Sizes {
  readonly events: number;
  readonly entries: number;
  readonly copies: number;
  /** Places in the log that one copy takes. */
  readonly perCopy: number;
  readonly occurredFrom: number;
  readonly occurredTo: number;
  readonly recordedFrom: number;
  readonly recordedTo: number;
}

/** Until there are at least `wanted` events. */
export async function grow(db: Database, wanted: number): Promise<Sizes> {
  const [one] = await db.query<{ lived: number; places: number; span: number }>(
    `SELECT count(*)::int8 AS lived, max(ordinal)::int8 AS places, (max(recorded_at) - min(recorded_at) + 1)::int8 AS span
     FROM read_model.timeline`,
  );
  if (!one) throw new Error('a maximum without a row');
  const { places: perCopy, span } = one;
  const copies = Math.ceil(wanted / one.lived);
  const [from, last] = [1, copies - 1];
  await db.query(
    `INSERT INTO read_model.timeline
     SELECT t.ordinal + k * $1, t.event_id || '.' || k, t.position, t.stream, t.revision, t.lane, t.booking_id || '.' || k,
       t.lesson_id || '.' || k, t.tutor_id, t.type, t.data, t.actor, t.occurred_at + k * $2, t.recorded_at + k * $3,
       t.correlation_id, t.chain
     FROM generate_series($4::int8, $5::int8) k CROSS JOIN read_model.timeline t ORDER BY k, t.ordinal`,
    [perCopy, DAY, span, from, last],
  );
  await db.query(
    `INSERT INTO read_model.ledger_entry
     SELECT l.entry_id || '.' || k, l.booking_id || '.' || k, l.account || '.' || k, l.class, l.amount, l.at + k * $2, l.type,
       l.ordinal + k * $1
     FROM generate_series($3::int8, $4::int8) k CROSS JOIN read_model.ledger_entry l ORDER BY k, l.ordinal`,
    [perCopy, DAY, from, last],
  );
  await db.script('VACUUM ANALYZE read_model.timeline');
  await db.script('VACUUM ANALYZE read_model.ledger_entry');
  const [sizes] = await db.query<Omit<Sizes, 'entries' | 'copies' | 'perCopy'>>(
    `SELECT count(*)::int8 AS events, min(occurred_at) AS "occurredFrom", max(occurred_at) AS "occurredTo",
       min(recorded_at) AS "recordedFrom", max(recorded_at) AS "recordedTo" FROM read_model.timeline`,
  );
  const [ledger] = await db.query<{ entries: number }>('SELECT count(*)::int8 AS entries FROM read_model.ledger_entry');
  if (!sizes || !ledger) throw new Error('a count without a row');
  return { ...sizes, entries: ledger.entries, copies, perCopy };
}

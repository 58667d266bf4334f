import type { Database } from '#platform/database/database.ts';
import type { Queries, TimelineRow } from '../queries.ts';

/**
 * `mine`: the rows of the timeline that stand with the booking $1 (SPEC RM8). Three lists that share no event: each is found
 * by an index of its own, where one condition over all of them would read every event of every case.
 */
export const OF_BOOKING = `
  mine AS (
    SELECT e.* FROM read_model.timeline e WHERE e.booking_id = $1
    UNION ALL
    SELECT e.* FROM read_model.timeline_seat s JOIN read_model.timeline e ON e.lesson_id = s.lesson_id
      WHERE s.booking_id = $1
    UNION ALL
    -- What happened to the tutor's account while this booking's money was with us.
    SELECT e.* FROM read_model.payout p JOIN read_model.timeline e ON e.tutor_id = p.tutor_id
      AND e.occurred_at >= p.planned_at AND (p.released_at IS NULL OR e.occurred_at <= p.released_at)
      WHERE p.booking_id = $1
  )`;

/** $2: one event only; null: all of them. */
const ROWS_OF_BOOKING = `
  WITH ${OF_BOOKING}
  SELECT coalesce(json_agg(json_build_array(e.position, e.event_id, e.stream, e.revision, e.lane, e.type, e.data::json,
    e.actor::json, n.name, e.occurred_at, e.recorded_at, e.correlation_id, e.chain) ORDER BY e.ordinal), '[]')::text AS rows
  FROM mine e
  LEFT JOIN person_name n ON e.actor::json->>'kind' = 'person' AND n.person_id = e.actor::json->>'id'
  WHERE $2::text IS NULL OR e.event_id = $2`;

type Column = keyof TimelineRow;
/** In the order of the array above. */
const COLUMNS: readonly Column[] = [
  'position',
  'eventId',
  'stream',
  'revision',
  'lane',
  'type',
  'data',
  'actor',
  'actorName',
  'occurredAt',
  'recordedAt',
  'correlationId',
  'chain',
];

export function timelineQueries(db: Database): Pick<Queries, 'timeline' | 'timelineEvent'> {
  // As one text: a case of thousands of events spends most of its time on rows that the driver takes apart one by one.
  async function rowsOf(bookingId: string, eventId: string | null): Promise<readonly TimelineRow[]> {
    const [found] = await db.query<{ rows: string }>(ROWS_OF_BOOKING, [bookingId, eventId]);
    // Written by the statement above.
    const rows = JSON.parse(found?.rows ?? '[]') as readonly (readonly unknown[])[];
    return rows.map(
      (values) => Object.fromEntries(COLUMNS.map((column, index) => [column, values[index]])) as unknown as TimelineRow,
    );
  }
  return {
    timeline: (bookingId) => rowsOf(bookingId, null),
    async timelineEvent(bookingId, eventId) {
      const [row] = await rowsOf(bookingId, eventId);
      return row ?? null;
    },
  };
}

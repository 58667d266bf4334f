import type { Database } from '#platform/database/database.ts';
import type { Queries, TimelineRow } from '../queries.ts';

export function timelineQueries(db: Database): Pick<Queries, 'timeline'> {
  return {
    timeline: (bookingId) =>
      db.query<TimelineRow>(
        `SELECT e.position, e.event_id AS "eventId", e.stream, e.revision, e.lane, e.type, e.data::json AS data, e.actor::json AS actor,
           n.name AS "actorName", e.occurred_at AS "occurredAt", e.recorded_at AS "recordedAt",
           e.correlation_id AS "correlationId", e.chain
         FROM read_model.timeline e
         LEFT JOIN person_name n ON e.actor::json->>'kind' = 'person' AND n.person_id = e.actor::json->>'id'
         WHERE e.booking_id = $1
            OR e.lesson_id IN (SELECT s.lesson_id FROM read_model.timeline_seat s WHERE s.booking_id = $1)
            -- What happened to the tutor's account while this booking's money was with us.
            OR EXISTS (SELECT FROM read_model.payout p WHERE p.booking_id = $1 AND p.tutor_id = e.tutor_id
              AND e.occurred_at >= p.planned_at AND (p.released_at IS NULL OR e.occurred_at <= p.released_at))
         ORDER BY e.ordinal`,
        [bookingId],
      ),
  };
}

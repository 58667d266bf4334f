import type { Database } from '#platform/database/database.ts';
import type { DriftRow, Queries } from '../queries.ts';

export const driftQueries = (db: Database): Pick<Queries, 'drift'> => ({
  drift: () =>
    db.query<DriftRow>(
      `SELECT drift_id AS "driftId", class, subject, booking_id AS "bookingId", ours, theirs,
         first_seen_at AS "firstSeenAt", last_seen_at AS "lastSeenAt", note
       FROM worker.drift WHERE resolved_at IS NULL ORDER BY first_seen_at, drift_id LIMIT 500`,
    ),
});

import type { Database } from '#platform/database/database.ts';
import type { CallOfCase, Queries } from '../queries.ts';

export function callQueries(db: Database): Pick<Queries, 'callsOf'> {
  return {
    // Of the request only its amount: the rest is what the provider needs, not what happened.
    callsOf: (bookingId) =>
      db.query<CallOfCase>(
        `SELECT operation_id AS "operationId", kind, state, causation_id AS "causationId", created_at AS "plannedAt",
           sent_at AS "sentAt", updated_at AS "changedAt", attempts, provider_id AS "providerId", problem,
           (request->>'amount')::int8 AS amount
         FROM worker.outbound_call WHERE booking_id = $1 ORDER BY created_at, operation_id`,
        [bookingId],
      ),
  };
}

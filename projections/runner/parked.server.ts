import type { Queryable } from '#platform/database/database.ts';
import { DatabaseUnavailable, SqlError } from '#platform/database/database.ts';
import type { RecordedEvent } from '#events/store/event-store.ts';

/** Puts an event aside for one part of a consumer, so that everything else goes on. `/ops` lists it. */
export async function park(
  tx: Queryable,
  consumer: string,
  part: string,
  event: RecordedEvent,
  error: unknown,
  at: number,
): Promise<void> {
  await tx.query(
    `INSERT INTO worker.parked_event (consumer, part, event_id, stream, revision, position, type, error, parked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
    [consumer, part, event.id, event.stream, event.revision, event.position, event.type, messageOf(error), at],
  );
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Errors that pass by themselves: no event is to blame for them. 40: conflicts, 53: no resources, 57: shutting down. */
export const passesByItself = (error: unknown): boolean =>
  error instanceof DatabaseUnavailable || (error instanceof SqlError && /^(40|53|57|58)/.test(error.code));

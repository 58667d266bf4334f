import type { Queryable } from '#platform/database/database.ts';
import { DatabaseUnavailable, SqlError } from '#platform/database/database.ts';
import { StreamBusy } from '#events/handling/handle.ts';
import { InvalidEvent, type RecordedEvent } from '#events/store/event-store.ts';

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

/** Without U+0000, which the column could not hold: the note about a poisonous event must not be poison too. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll('\u0000', '\\u0000');

/** Errors that pass by themselves: no event is to blame for them. 40: conflicts, 53: no resources, 57: shutting down. */
export const passesByItself = (error: unknown): boolean =>
  error instanceof DatabaseUnavailable ||
  error instanceof StreamBusy ||
  (error instanceof SqlError && /^(40|53|57|58)/.test(error.code));

/**
 * Errors that the same event will meet again however often it is tried: bugs of the program, and values that the
 * database refuses (22: data, 23: constraints, 54: too large). Others, such as a table that is being built anew, may pass.
 */
export const neverPasses = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof InvalidEvent ||
  (error instanceof SqlError && /^(22|23|54)/.test(error.code));

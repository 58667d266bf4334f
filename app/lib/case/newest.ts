/** The newest events of several bookings. Pure. */
import type { TimelineRow } from '#projections/queries.ts';

export interface EventOfBooking extends TimelineRow {
  readonly bookingId: string;
}

/** One event may stand in several bookings of a lesson: it is listed once. Order by the store's time, newest first. */
export function newestFirst(rows: readonly EventOfBooking[], limit: number): readonly EventOfBooking[] {
  const once = new Map(rows.map((row) => [row.eventId, row]));
  return [...once.values()]
    .toSorted((one, other) => other.recordedAt - one.recordedAt || other.revision - one.revision)
    .slice(0, limit);
}

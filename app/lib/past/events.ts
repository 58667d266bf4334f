/** Where in the events of a booking an instant lies. Pure. */
import type { PastEvent, PastMoment } from '#projections/queries.ts';

export interface EventsAround {
  /** Events up to the instant, of how many. */
  readonly seen: number;
  readonly all: number;
  /** The instant of the last event up to then, ms by the clock that was asked for; null: none. */
  readonly last: number | null;
  /** The instants to go to for one event less, and for one more. */
  readonly earlier: number | null;
  readonly later: number | null;
  /** A few events on either side, in the order of that clock. */
  readonly near: readonly (PastEvent & { readonly stamp: number; readonly seen: boolean })[];
}

/** So many events are shown on either side. */
const NEAR = 5;

export function eventsAround(events: readonly PastEvent[], moment: PastMoment): EventsAround {
  const ordered = events
    .map((event) => ({ ...event, stamp: moment.by === 'recorded' ? event.recordedAt : event.occurredAt }))
    .map((event) => ({ ...event, seen: event.stamp <= moment.at }))
    .toSorted((one, other) => one.stamp - other.stamp);
  const seen = ordered.filter((event) => event.seen).length;
  const last = ordered[seen - 1]?.stamp ?? null;
  return {
    seen,
    all: ordered.length,
    last,
    // Events of one instant come and go together.
    earlier: ordered.findLast((event) => last !== null && event.stamp < last)?.stamp ?? null,
    later: ordered[seen]?.stamp ?? null,
    near: ordered.slice(Math.max(0, seen - NEAR), seen + NEAR),
  };
}

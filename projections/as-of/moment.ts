/** An instant of the past, by one of the two clocks that every event carries. Pure. */

/**
 * `recorded`: the store's wall clock, when the log got the event. `business`: the instant at which it happened for
 * bookings, holds and deadlines.
 */
export type PastClock = 'recorded' | 'business';

export interface PastMoment {
  readonly by: PastClock;
  /** ms since the epoch, itself included. */
  readonly at: number;
}

export interface Stamps {
  readonly occurredAt: number;
  readonly recordedAt: number;
}

/** The instant of an event by that clock, ms. */
export const stampOf = (event: Stamps, by: PastClock): number =>
  by === 'recorded' ? event.recordedAt : event.occurredAt;

/** The event had come by then (SPEC AO1, AO2). */
export const isBy = (event: Stamps, { by, at }: PastMoment): boolean => stampOf(event, by) <= at;

import type { Availability } from '#events/calendar/availability.ts';
import type { WeeklyWindow } from '#events/calendar/events.ts';
import { BOOKABLE_AHEAD_MS } from '#events/shared/policy.ts';
import type { Offer } from '#events/tutor/events.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Queries, Slot } from '../queries.ts';
import { freeSlots, reachesBack, type TakenTime } from './slots.ts';

const DAY = 86_400_000;
/** The longest range that a page may ask for at once. */
const MAX_RANGE_MS = 62 * DAY;

export interface CalendarOf {
  readonly availability: Availability;
  readonly taken: readonly TakenTime[];
}

interface CalendarRow {
  readonly tutor_id: string;
  readonly zone: string;
  readonly windows: readonly WeeklyWindow[];
  readonly offers: readonly Offer[];
}

/** The calendars of these tutors with the lessons that touch [from, to). */
export async function calendarsOf(
  db: Database,
  tutorIds: readonly string[],
  from: number,
  to: number,
): Promise<ReadonlyMap<string, CalendarOf>> {
  const calendars = await db.query<CalendarRow>(
    `SELECT c.tutor_id, c.zone, c.windows, t.offers FROM read_model.calendar c
     JOIN read_model.tutor t ON t.tutor_id = c.tutor_id WHERE c.tutor_id = ANY($1)`,
    [tutorIds],
  );
  const off = await db.query<{ tutor_id: string; from_at: number; to_at: number }>(
    'SELECT tutor_id, from_at, to_at FROM read_model.time_off WHERE tutor_id = ANY($1) AND to_at > $2 AND from_at < $3',
    [tutorIds, from, to],
  );
  const lessons = await db.query<{
    tutor_id: string;
    offer_id: string;
    starts_at: number;
    minutes: number;
    taken: number;
  }>(
    `SELECT tutor_id, offer_id, starts_at, minutes, count(*)::int4 AS taken FROM read_model.seat
     WHERE tutor_id = ANY($1) AND starts_at > $2 AND starts_at < $3 GROUP BY tutor_id, offer_id, starts_at, minutes`,
    [tutorIds, reachesBack(from), to],
  );
  return new Map(
    calendars.map(({ tutor_id, zone, windows, offers }) => [
      tutor_id,
      {
        availability: {
          zone,
          windows,
          offers,
          timeOff: off
            .filter((row) => row.tutor_id === tutor_id)
            .map(({ from_at, to_at }) => ({ from: from_at, to: to_at })),
        },
        taken: lessons
          .filter((row) => row.tutor_id === tutor_id)
          .map(({ offer_id, starts_at, minutes, taken }) => ({
            offerId: offer_id,
            startsAt: starts_at,
            minutes,
            taken,
          })),
      },
    ]),
  );
}

/**
 * Nothing in the past is free, nor what lies too far ahead to be booked, and nobody asks for more than two months. Null
 * when nothing is left of the range; so it also is for bounds that are no instants.
 */
function bounded(clock: BusinessClock, from: number, to: number): { from: number; to: number } | null {
  const now = Math.floor(clock.now());
  const start = Math.ceil(Math.max(from, now + 1));
  const end = Math.floor(Math.min(to, start + MAX_RANGE_MS, now + BOOKABLE_AHEAD_MS + 1));
  return start < end ? { from: start, to: end } : null;
}

/** Free slots of several tutors within [from, to), by tutor. */
export async function freeSlotsOf(
  db: Database,
  clock: BusinessClock,
  tutorIds: readonly string[],
  range: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<string, readonly Slot[]>> {
  const within = bounded(clock, range.from, range.to);
  if (!within) return new Map();
  const { from, to } = within;
  const calendars = await calendarsOf(db, tutorIds, from, to);
  return new Map(
    [...calendars].map(([tutorId, { availability, taken }]) => [tutorId, freeSlots(availability, taken, from, to)]),
  );
}

export function calendarQueries(db: Database, clock: BusinessClock): Pick<Queries, 'freeSlots'> {
  return {
    async freeSlots(tutorId, from, to) {
      return (await freeSlotsOf(db, clock, [tutorId], { from, to })).get(tutorId) ?? [];
    },
  };
}

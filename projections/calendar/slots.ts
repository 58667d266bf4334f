import { slotsBetween, type Availability } from '#events/calendar/availability.ts';
import type { Slot } from '../queries.ts';

const MINUTE = 60_000;
const LONGEST_MINUTES = 90;

/** A lesson that has taken time, with how many of its seats are gone. */
export interface TakenTime {
  readonly offerId: string;
  readonly startsAt: number;
  readonly minutes: number;
  readonly taken: number;
}

/** Lessons that begin before a range may reach into it. Business ms. */
export const reachesBack = (from: number): number => from - LONGEST_MINUTES * MINUTE;

/** Free slots within [from, to), soonest first: what the windows give, less what lessons have taken (SPEC RM2). */
export function freeSlots(
  availability: Availability,
  taken: readonly TakenTime[],
  from: number,
  to: number,
): readonly Slot[] {
  const slots: Slot[] = [];
  for (const slot of slotsBetween(availability, from, to)) {
    const endsAt = slot.startsAt + slot.minutes * MINUTE;
    const inTheWay = taken.filter(
      (one) => one.startsAt < endsAt && slot.startsAt < one.startsAt + one.minutes * MINUTE,
    );
    const own = inTheWay.find(
      (one) => one.offerId === slot.offerId && one.startsAt === slot.startsAt && one.minutes === slot.minutes,
    );
    // Another lesson at that time takes the tutor, whatever seats it has.
    if (inTheWay.length > (own ? 1 : 0)) continue;
    const seatsLeft = slot.seats - (own?.taken ?? 0);
    if (seatsLeft > 0) slots.push({ ...slot, seatsLeft });
  }
  return slots;
}

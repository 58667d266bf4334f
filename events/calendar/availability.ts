import type { WeeklyWindow } from './events.ts';
import { clockOf, dayAt, MINUTE_MS, weekdayOf } from './wall-time.ts';

/** What of an offer makes slots. */
export interface SlotOffer {
  readonly offerId: string;
  readonly minutes: number;
  readonly seats: number;
  /** Price a seat, paise. */
  readonly price: number;
}

export interface Availability {
  /** IANA zone of the windows. */
  readonly zone: string;
  readonly windows: readonly WeeklyWindow[];
  readonly timeOff: readonly { readonly from: number; readonly to: number }[];
  readonly offers: readonly SlotOffer[];
}

export interface OpenSlot {
  /** UTC instant, ms. */
  readonly startsAt: number;
  readonly minutes: number;
  readonly offerId: string;
  readonly seats: number;
  /** Price a seat, paise. */
  readonly price: number;
}

/** `HH:MM` up to `24:00` as minutes after midnight; null for anything else. */
export function wallMinutesOf(text: string): number | null {
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  if (!match) return null;
  const [hours, minutes] = [Number(match[1]), Number(match[2])];
  return minutes < 60 && hours * 60 + minutes <= 24 * 60 ? hours * 60 + minutes : null;
}

/**
 * The starts within [from, to) (UTC ms) that the weekly windows give and time off leaves, soonest first (rules CA2–CA5).
 * Lessons already booked are not looked at. The work grows with the days asked for: bound the range before.
 */
export function slotsBetween(availability: Availability, from: number, to: number): readonly OpenSlot[] {
  const { zone, windows, timeOff } = availability;
  const offers = new Map(availability.offers.map((offer) => [offer.offerId, offer]));
  const slots = new Map<string, OpenSlot>();
  if (to <= from || windows.length === 0) return [];
  // A window belongs to the day on which it starts, so the range is covered by its own days.
  for (let day = dayAt(zone, from); day <= dayAt(zone, to); day += 1) {
    const today = windows.filter((window) => window.weekday === weekdayOf(day));
    if (today.length === 0) continue;
    const instantOf = clockOf(zone, day);
    for (const window of today) {
      const offer = offers.get(window.offerId);
      if (!offer) continue;
      for (const startsAt of startsIn(window, offer.minutes, instantOf)) {
        if (startsAt < from || startsAt >= to) continue;
        const endsAt = startsAt + offer.minutes * MINUTE_MS;
        if (timeOff.some((off) => startsAt < off.to && off.from < endsAt)) continue;
        const { offerId, minutes, seats, price } = offer;
        slots.set(`${offerId} ${startsAt}`, { startsAt, minutes, offerId, seats, price });
      }
    }
  }
  return [...slots.values()].sort((a, b) => a.startsAt - b.startsAt || (a.offerId < b.offerId ? -1 : 1));
}

/** The starts of one window on one day: wall times, none skipped by the clocks, none running into the next or past the end. */
function* startsIn(
  window: WeeklyWindow,
  minutes: number,
  instantOf: (wallMinutes: number) => number | null,
): Generator<number> {
  const opens = wallMinutesOf(window.from);
  const closes = wallMinutesOf(window.to);
  if (opens === null || closes === null || minutes < 1) return;
  const closesAt = lastInstant(opens, closes, instantOf);
  let freeFrom = -Infinity;
  for (let wall = opens; wall + minutes <= closes; wall += minutes) {
    const startsAt = instantOf(wall);
    if (startsAt === null || startsAt < freeFrom) continue;
    const endsAt = startsAt + minutes * MINUTE_MS;
    if (endsAt > closesAt) continue;
    freeFrom = endsAt;
    yield startsAt;
  }
}

/** The instant of the wall time `closes`; where the clocks skip it, the instant of the skip. */
function lastInstant(opens: number, closes: number, instantOf: (wallMinutes: number) => number | null): number {
  for (let wall = closes; wall >= opens; wall -= 1) {
    const instant = instantOf(wall);
    if (instant !== null) return wall === closes ? instant : instant + MINUTE_MS;
  }
  return -Infinity;
}

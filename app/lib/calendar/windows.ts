/** The weekly hours of a tutor as a form has them, and what is wrong with them in words. Pure. */
import type { WeeklyWindow } from '#events/calendar/events.ts';
import { minuteOf } from './zoned.ts';
import type { Messages } from '../messages/index.ts';

/** What the check needs to know of an offer. */
export interface OfferLength {
  readonly offerId: string;
  readonly title: string;
  readonly minutes: number;
}

/** One row of the form, as typed. */
export interface WindowRow {
  readonly weekday: string;
  readonly from: string;
  readonly to: string;
  readonly offerId: string;
}

export type Checked =
  | { readonly kind: 'windows'; readonly windows: readonly WeeklyWindow[] }
  | { readonly kind: 'problem'; readonly row: number; readonly code: string; readonly message: string };

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

/** Monday first, as the week is shown. */
export const WEEK: readonly (typeof WEEKDAYS)[number][] = [1, 2, 3, 4, 5, 6, 0];

/** A time field knows no 24:00: midnight as an end is the end of the day. */
const endOfDay = (to: string): string => (to === '00:00' ? '24:00' : to);

/**
 * Turns rows into windows in week order, or names the first row that cannot stand and why. Hours of two different
 * lessons may overlap: whichever is booked first takes the time. Of one lesson they may not.
 */
export function checkWindows(
  rows: readonly WindowRow[],
  offers: readonly OfferLength[],
  m: Messages['calendar'],
): Checked {
  const windows: WeeklyWindow[] = [];
  for (const [row, { weekday: dayText, from, to: toText, offerId }] of rows.entries()) {
    const to = endOfDay(toText);
    const problem = (code: string, message: string): Checked => ({ kind: 'problem', row, code, message });
    const weekday = WEEKDAYS.find((day) => String(day) === dayText);
    const offer = offers.find((one) => one.offerId === offerId);
    const start = minuteOf(from);
    const end = minuteOf(to);
    if (weekday === undefined) return problem('no-day', m.problems.noDay);
    const day = m.weekdays[weekday] ?? '';
    if (start === null || end === null) return problem('no-time', m.problems.noTime(day));
    if (end <= start) return problem('ends-before-start', m.problems.endsBeforeStart(day, from, to));
    if (!offer) return problem('no-offer', m.problems.noOffer(day));
    if (end - start < offer.minutes) {
      return problem('too-short', m.problems.tooShort(day, from, to, offer.title, offer.minutes));
    }
    const clash = windows.find(
      (other) =>
        other.offerId === offerId &&
        other.weekday === weekday &&
        start < (minuteOf(other.to) ?? 0) &&
        (minuteOf(other.from) ?? 0) < end,
    );
    if (clash)
      return problem('overlap', m.problems.overlap(day, `${clash.from}–${clash.to}`, `${from}–${to}`, offer.title));
    windows.push({ weekday, from, to, offerId });
  }
  const order = (window: WeeklyWindow): number => WEEK.indexOf(window.weekday) * 1440 + (minuteOf(window.from) ?? 0);
  return { kind: 'windows', windows: windows.toSorted((a, b) => order(a) - order(b)) };
}

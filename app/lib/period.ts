/** A span of whole days, as download forms send it. Days are those of a zone; instants are ms. Pure. */
import { addDays, instantOf, isDay, wallAt, type Day } from './calendar/zoned.ts';

export interface Period {
  readonly fromDay: Day;
  /** The last day, which is in it. */
  readonly toDay: Day;
  /** [from, to) */
  readonly from: number;
  readonly to: number;
}

/** From the first of April, as books are kept in India, to today. */
export function financialYear(now: number, zone: string): { readonly fromDay: Day; readonly toDay: Day } {
  const toDay = wallAt(now, zone).day;
  const year = Number(toDay.slice(0, 4)) - (toDay.slice(5) < '04-01' ? 1 : 0);
  return { fromDay: `${year}-04-01`, toDay };
}

/** The days `from` and `to` of an address, in whichever order; a day that is none is that of the financial year. */
export function periodOf(search: URLSearchParams, now: number, zone: string): Period {
  const usual = financialYear(now, zone);
  const dayOf = (name: string, otherwise: Day): Day => {
    const day = search.get(name) ?? '';
    return isDay(day) ? day : otherwise;
  };
  const [fromDay = usual.fromDay, toDay = usual.toDay] = [
    dayOf('from', usual.fromDay),
    dayOf('to', usual.toDay),
  ].sort();
  return { fromDay, toDay, from: instantOf(fromDay, 0, zone), to: instantOf(addDays(toDay, 1), 0, zone) };
}

export interface Month {
  /** `2026-11`. */
  readonly month: string;
  /** [from, to) */
  readonly from: number;
  readonly to: number;
}

/** The first year that an address may ask for: nothing was ever paid before, and a year below 100 counts as 19xx. */
const EARLIEST = '1970';

/** The month of an address, such as `2026-11`; one that is none, or before 1970, is the month that it is. */
export function monthOf(asked: string | null, now: number, zone: string): Month {
  const today = wallAt(now, zone).day;
  const known = asked !== null && isDay(`${asked}-01`) && asked >= EARLIEST;
  const month = known ? asked : today.slice(0, 7);
  const first: Day = `${month}-01`;
  const next = addDays(first, 31).slice(0, 7);
  return { month, from: instantOf(first, 0, zone), to: instantOf(`${next}-01`, 0, zone) };
}

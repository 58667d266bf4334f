/** Calendar days and clock times of forms, on top of the zone arithmetic of `ui/time.ts`. Instants are ms. */
import { instantOf as instantOfWall, wallTime } from '../ui/time.ts';

/** A calendar day, `YYYY-MM-DD`. */
export type Day = string;

export interface Wall {
  readonly day: Day;
  /** 0 = Sunday … 6 = Saturday. */
  readonly weekday: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

const DAY = 86_400_000;
const two = (value: number): string => String(value).padStart(2, '0');

/** What the clock on the wall shows in `zone` at `instant`. */
export function wallAt(instant: number, zone: string): Wall {
  const wall = wallTime(instant, zone);
  return {
    day: `${wall.year}-${two(wall.month)}-${two(wall.day)}`,
    weekday: wall.weekday,
    minute: wall.hour * 60 + wall.minute,
  };
}

/** The instant at which the wall in `zone` shows `minute` of `day`. */
export function instantOf(day: Day, minute: number, zone: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return instantOfWall(year, month, date, Math.floor(minute / 60), minute % 60, zone);
}

/** The day `count` days later (or earlier). */
export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY).toISOString().slice(0, 10);
}

/** The Monday on or before `day`. */
export function mondayOf(day: Day): Day {
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/** Is it a day that the calendar has? */
export function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** `HH:MM` as minutes since midnight, or null; `24:00` is the end of the day. */
export function minuteOf(clock: string): number | null {
  const match = /^(\d{2}):(\d{2})$/.exec(clock);
  if (!match) return null;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minute <= 24 * 60 ? minute : null;
}

/** Minutes since midnight as `HH:MM`. */
export function clockOf(minute: number): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `YYYY-MM-DDTHH:MM` of a form field as an instant in `zone`, or null. */
export function instantOfField(value: string, zone: string): number | null {
  const [day = '', clock = ''] = value.split('T');
  const minute = minuteOf(clock);
  return isDay(day) && minute !== null ? instantOf(day, minute, zone) : null;
}

/**
 * Instants (ms) as words in a time zone. Month and day names are ours, because the server's and the browser's ICU do
 * not agree on them ("Sept", narrow spaces) and the page would flicker when it wakes up.
 */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const LONG_WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Wall time in a zone; `month` is 1–12. */
export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

/** Whether the name is a zone that this runtime knows. */
export function isZone(zone: string): boolean {
  try {
    formatFor(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export function wallTime(at: number, zone: string): Wall {
  const parts = new Map(
    formatFor(zone)
      .formatToParts(at)
      .map((part) => [part.type, Number(part.value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const [year, month, day] = [of('year'), of('month'), of('day')];
  return {
    year,
    month,
    day,
    hour: of('hour'),
    minute: of('minute'),
    second: of('second'),
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
  };
}

/** Offset from UTC in ms at that instant: +19,800,000 for India. */
export function zoneOffset(at: number, zone: string): number {
  const wall = wallTime(at, zone);
  return (
    Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second) - Math.floor(at / 1000) * 1000
  );
}

/** The instant of a wall time; a time that a clock change skips moves forward past the gap. */
export function instantOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  zone: string,
): number {
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  const first = wall - zoneOffset(wall, zone);
  return wall - zoneOffset(first, zone);
}

/** `2026-11-21`: the same for all instants of one day in the zone, and sortable. */
export function dayKey(at: number, zone: string): string {
  const { year, month, day } = wallTime(at, zone);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Midnight of the day `days` after the one that holds `at`. */
export function dayStart(at: number, zone: string, days = 0): number {
  const { year, month, day } = wallTime(at, zone);
  return instantOf(year, month, day + days, 0, 0, zone);
}

/** `6:30 pm`. */
export function formatClock(at: number, zone: string, seconds = false): string {
  const { hour, minute, second } = wallTime(at, zone);
  const tail = seconds ? `:${String(second).padStart(2, '0')}` : '';
  return `${hour % 12 === 0 ? 12 : hour % 12}:${String(minute).padStart(2, '0')}${tail} ${hour < 12 ? 'am' : 'pm'}`;
}

/** `Sat 21 Nov`, with the year when it is not that of `now`. */
export function formatDate(at: number, zone: string, now?: number): string {
  const { year, month, day, weekday } = wallTime(at, zone);
  const base = `${WEEKDAYS[weekday]} ${day} ${MONTHS[month - 1]}`;
  return now !== undefined && wallTime(now, zone).year !== year ? `${base} ${year}` : base;
}

/** `Saturday 21 Nov`. */
export function formatLongDate(at: number, zone: string): string {
  const { month, day, weekday } = wallTime(at, zone);
  return `${LONG_WEEKDAYS[weekday]} ${day} ${MONTHS[month - 1]}`;
}

/** `Sat 21 Nov, 6:30 pm`. */
export function formatInstant(at: number, zone: string, now?: number): string {
  return `${formatDate(at, zone, now)}, ${formatClock(at, zone)}`;
}

/** `Sat 21 Nov, 6:30–7:30 pm`; the half of the day is said once when both ends share it, the date once within half a day. */
export function formatRange(from: number, to: number, zone: string, now?: number): string {
  if (dayKey(from, zone) !== dayKey(to, zone) && to - from >= DAY / 2) {
    return `${formatInstant(from, zone, now)} – ${formatInstant(to, zone, now)}`;
  }
  const start = formatClock(from, zone);
  const end = formatClock(to, zone);
  const shared = start.slice(-2) === end.slice(-2) ? start.slice(0, -3) : start;
  return `${formatDate(from, zone, now)}, ${shared}–${end}`;
}

function namePart(at: number, zone: string, style: 'short' | 'long', locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: style }).formatToParts(at);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** `UTC+5:30`. */
export function formatOffset(at: number, zone: string): string {
  const minutes = Math.round(zoneOffset(at, zone) / MINUTE);
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '\u2212' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

const shortNames = new Map<string, string>();

/** `IST`, or `UTC+8` where English has no letters for the zone. */
export function zoneShort(at: number, zone: string): string {
  if (zone === 'UTC') return 'UTC';
  const offset = formatOffset(at, zone);
  const key = `${zone} ${offset}`;
  const known = shortNames.get(key);
  if (known !== undefined) return known;
  // Each English names only the zones of its own part of the world.
  const candidates = ['en-IN', 'en-GB', 'en-US', 'en-AU'].map((locale) => namePart(at, zone, 'short', locale));
  const name = candidates.find((candidate) => /^[A-Z]{2,5}$/.test(candidate) && candidate !== 'GMT') ?? offset;
  shortNames.set(key, name);
  return name;
}

/** `India Standard Time (Asia/Kolkata, UTC+5:30)`. */
export function zoneLong(at: number, zone: string): string {
  if (zone === 'UTC') return 'Coordinated Universal Time (UTC)';
  const name = namePart(at, zone, 'long', 'en-US');
  const offset = formatOffset(at, zone);
  return `${name.startsWith('GMT') ? zone : name} (${name.startsWith('GMT') ? '' : `${zone.replace('Asia/Calcutta', 'Asia/Kolkata')}, `}${offset})`;
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** A length of time in its two largest units: `2 days 4 hours`, `13 h 51 min` when `brief`. */
export function formatDuration(ms: number, brief = false): string {
  const total = Math.max(0, Math.floor(ms / MINUTE));
  const [days, hours, minutes] = [Math.floor(total / 1440), Math.floor((total % 1440) / 60), total % 60];
  if (brief) {
    const wholeHours = days * 24 + hours;
    return wholeHours > 0 ? `${wholeHours} h${minutes > 0 ? ` ${minutes} min` : ''}` : `${minutes} min`;
  }
  if (days > 0) return hours > 0 ? `${plural(days, 'day')} ${plural(hours, 'hour')}` : plural(days, 'day');
  if (hours > 0) return minutes > 0 ? `${plural(hours, 'hour')} ${plural(minutes, 'minute')}` : plural(hours, 'hour');
  return plural(minutes, 'minute');
}

/** `9:41`, for a countdown; never below zero. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** `in 25 hours`, `3 minutes ago`, `now`: one unit, the largest that says enough. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(at - now);
  if (distance < MINUTE) return 'now';
  const words =
    distance < HOUR
      ? plural(Math.floor(distance / MINUTE), 'minute')
      : distance < 2 * DAY
        ? plural(Math.floor(distance / HOUR), 'hour')
        : plural(Math.floor(distance / DAY), 'day');
  return at > now ? `in ${words}` : `${words} ago`;
}

/** `today`, `tomorrow`, `yesterday`, else the date. */
export function formatDay(at: number, zone: string, now: number): string {
  const key = dayKey(at, zone);
  if (key === dayKey(now, zone)) return 'today';
  if (key === dayKey(dayStart(now, zone, 1), zone)) return 'tomorrow';
  if (key === dayKey(dayStart(now, zone, -1), zone)) return 'yesterday';
  return formatDate(at, zone, now);
}

export type PartOfDay = 'morning' | 'afternoon' | 'evening';

/** Morning until noon, afternoon until five, evening after it. */
export function partOfDay(at: number, zone: string): PartOfDay {
  const { hour } = wallTime(at, zone);
  return hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening';
}

export interface DayGroup<Item> {
  readonly key: string;
  /** Midnight of the day in the zone. */
  readonly start: number;
  readonly items: readonly Item[];
}

/** Items by day in the zone, in time order; days without items are left out. */
export function groupByDay<Item>(
  items: readonly Item[],
  zone: string,
  at: (item: Item) => number,
): readonly DayGroup<Item>[] {
  const days = new Map<string, Item[]>();
  for (const item of items.toSorted((one, other) => at(one) - at(other))) {
    const key = dayKey(at(item), zone);
    const day = days.get(key);
    if (day) day.push(item);
    else days.set(key, [item]);
  }
  return [...days].map(([key, day]) => {
    const [first] = day;
    return { key, start: first === undefined ? 0 : dayStart(at(first), zone), items: day };
  });
}

/**
 * Wall time in an IANA zone ↔ UTC instants (ms), with Intl alone. Safe over clock changes and in half-hour zones.
 * A day is the count of days since 1970-01-01 in the zone's own calendar.
 */
export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** Days beyond this have no wall time that could be computed: a `Date` ends soon after, business ms. */
export const LAST_INSTANT = 8_640_000_000_000_000 - 7 * DAY_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** How far the zone's clocks are ahead of UTC at `instant`, ms. */
export function offsetAt(zone: string, instant: number): number {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/** The zone's calendar day at `instant`. */
export const dayAt = (zone: string, instant: number): number =>
  Math.floor((instant + offsetAt(zone, instant)) / DAY_MS);

/** 0 = Sunday … 6 = Saturday; 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/**
 * A converter for one calendar day: minutes after its midnight on the wall → instant. Null for a wall time that the
 * clocks skip on that day; a wall time that comes twice gives its first instant.
 */
export function clockOf(zone: string, day: number): (wallMinutes: number) => number | null {
  const asUtc = day * DAY_MS;
  // The day lies within these bounds in every zone; where both offsets agree, the clocks do not change in between.
  const before = offsetAt(zone, asUtc - DAY_MS);
  const after = offsetAt(zone, asUtc + 2 * DAY_MS);
  if (before === after) return (wallMinutes) => asUtc + wallMinutes * MINUTE_MS - before;
  return (wallMinutes) => {
    const wall = asUtc + wallMinutes * MINUTE_MS;
    const candidates = [wall - before, wall - after].sort((a, b) => a - b);
    return candidates.find((instant) => instant + offsetAt(zone, instant) === wall) ?? null;
  };
}

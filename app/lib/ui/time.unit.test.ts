import { describe, expect, test } from 'vitest';
import * as time from './time.ts';

/** Sat 21 Nov 2026, 6:30 pm in India. */
const AT = Date.UTC(2026, 10, 21, 13, 0);
const KOLKATA = 'Asia/Kolkata';

describe('instants in words', () => {
  test('in India, New York and Kathmandu', () => {
    expect(time.formatInstant(AT, KOLKATA)).toBe('Sat 21 Nov, 6:30 pm');
    expect(time.formatInstant(AT, 'America/New_York')).toBe('Sat 21 Nov, 8:00 am');
    expect(time.formatInstant(AT, 'Asia/Kathmandu')).toBe('Sat 21 Nov, 6:45 pm');
  });
  test('midnight and noon are twelve', () => {
    expect(time.formatClock(Date.UTC(2026, 0, 1, 0, 5), 'UTC')).toBe('12:05 am');
    expect(time.formatClock(Date.UTC(2026, 0, 1, 12, 5), 'UTC')).toBe('12:05 pm');
  });
  test('the year is said only when it is another one', () => {
    expect(time.formatDate(AT, KOLKATA, AT)).toBe('Sat 21 Nov');
    expect(time.formatDate(AT, KOLKATA, AT + 100 * time.DAY)).toBe('Sat 21 Nov 2026');
  });
  test('a range says the half of the day once, and both dates when it is long', () => {
    expect(time.formatRange(AT, AT + time.HOUR, KOLKATA)).toBe('Sat 21 Nov, 6:30–7:30 pm');
    expect(time.formatRange(AT - 7 * time.HOUR, AT, KOLKATA)).toBe('Sat 21 Nov, 11:30 am–6:30 pm');
    expect(time.formatRange(AT, AT + 7 * time.HOUR, KOLKATA)).toBe('Sat 21 Nov, 6:30 pm–1:30 am');
    expect(time.formatRange(AT, AT + 13 * time.HOUR, KOLKATA)).toBe('Sat 21 Nov, 6:30 pm – Sun 22 Nov, 7:30 am');
  });
  test('today, tomorrow, yesterday by the viewer’s midnight, not by 24 hours', () => {
    const late = Date.UTC(2026, 10, 21, 18, 0); // 11:30 pm in India
    expect(time.formatDay(late + time.HOUR, KOLKATA, late)).toBe('tomorrow');
    expect(time.formatDay(late - 2 * time.HOUR, KOLKATA, late)).toBe('today');
    expect(time.formatDay(late - 24 * time.HOUR, KOLKATA, late)).toBe('yesterday');
    expect(time.formatDay(late + 3 * time.DAY, KOLKATA, late)).toBe('Tue 24 Nov');
  });
});

describe('zones', () => {
  test('are written out', () => {
    expect(time.zoneShort(AT, KOLKATA)).toBe('IST');
    expect(time.zoneShort(AT, 'America/New_York')).toBe('EST');
    expect(time.zoneShort(AT, 'UTC')).toBe('UTC');
    expect(time.zoneShort(AT, 'Asia/Kathmandu')).toBe('UTC+5:45');
    expect(time.zoneLong(AT, KOLKATA)).toBe('India Standard Time (Asia/Kolkata, UTC+5:30)');
  });
  test('an unknown name is not a zone', () => {
    expect(time.isZone('Asia/Kolkata')).toBe(true);
    expect(time.isZone('Mars/Olympus')).toBe(false);
    expect(time.isZone('')).toBe(false);
  });
  test('a wall time and back, over a clock change', () => {
    const newYork = 'America/New_York';
    for (const at of [Date.UTC(2026, 10, 1, 4, 30), Date.UTC(2026, 10, 1, 7, 30), AT]) {
      const wall = time.wallTime(at, newYork);
      expect(time.instantOf(wall.year, wall.month, wall.day, wall.hour, wall.minute, newYork)).toBe(at);
    }
    const before = Date.UTC(2026, 9, 31, 16, 0);
    expect(time.dayStart(before, newYork, 2) - time.dayStart(before, newYork, 1)).toBe(25 * time.HOUR);
  });
});

describe('lengths', () => {
  test('in two units, or brief', () => {
    expect(time.formatDuration(52 * time.HOUR)).toBe('2 days 4 hours');
    expect(time.formatDuration(90 * time.MINUTE)).toBe('1 hour 30 minutes');
    expect(time.formatDuration(52 * time.HOUR + 22 * time.MINUTE, true)).toBe('52 h 22 min');
  });
  test('a countdown never goes below zero', () => {
    expect(time.formatCountdown(581_000)).toBe('9:41');
    expect(time.formatCountdown(3_600_000 + 61_000)).toBe('1:01:01');
    expect(time.formatCountdown(-5)).toBe('0:00');
  });
  test('relative', () => {
    expect(time.formatRelative(AT + 25 * time.HOUR, AT)).toBe('in 25 hours');
    expect(time.formatRelative(AT - 3 * time.MINUTE, AT)).toBe('3 minutes ago');
    expect(time.formatRelative(AT + 5 * time.DAY, AT)).toBe('in 5 days');
    expect(time.formatRelative(AT + 10_000, AT)).toBe('now');
  });
});

describe('grouping by day', () => {
  test('the same instants fall on other days in another zone', () => {
    const items = [AT + 6 * time.HOUR, AT]; // 6:30 pm and 12:30 am in India
    expect(time.groupByDay(items, KOLKATA, (at) => at).map((day) => day.key)).toEqual(['2026-11-21', '2026-11-22']);
    expect(time.groupByDay(items, 'America/New_York', (at) => at)).toEqual([
      { key: '2026-11-21', start: Date.UTC(2026, 10, 21, 5, 0), items: [AT, AT + 6 * time.HOUR] },
    ]);
  });
  test('parts of the day', () => {
    expect(time.partOfDay(AT, KOLKATA)).toBe('evening');
    expect(time.partOfDay(AT, 'America/New_York')).toBe('morning');
    expect(time.partOfDay(AT - 2 * time.HOUR, KOLKATA)).toBe('afternoon');
  });
});

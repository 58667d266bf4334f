import { describe, expect, test } from 'vitest';
import { NO_FILTERS, daysAhead, filterCount, freeWindow, queryOf, searchFrom, searchHref } from './tutor-search.ts';
import { HOUR } from './ui/time.ts';

const KOLKATA = 'Asia/Kolkata';
/** Fri 20 Nov 2026, 5:40 pm in India. */
const NOW = Date.UTC(2026, 10, 20, 12, 10);
const india = (day: number, hour: number): number => Date.UTC(2026, 10, day, hour) - 5.5 * HOUR;

describe('the address holds the search', () => {
  test('what is written can be read again', () => {
    const form = {
      ...NO_FILTERS,
      text: 'limits & sets',
      subject: 'JEE maths',
      max: '800',
      day: 'tomorrow',
      part: 'evening' as const,
      sort: 'price' as const,
      page: 3,
    };
    const address = new URL(searchHref(form), 'http://localhost');
    expect(searchFrom(address.searchParams)).toEqual(form);
    expect(filterCount(form)).toBe(4);
  });
  test('an empty form leaves a clean address', () => {
    expect(searchHref(NO_FILTERS)).toBe('/tutors');
  });
  test.each(['page=0', 'page=x', 'page=1.5', 'max=-3', 'max=abc', 'day=someday', 'part=evening', 'sort=worst'])(
    'nonsense counts as not asked: %s',
    (query) => expect(searchFrom(new URLSearchParams(query))).toEqual(NO_FILTERS),
  );
});

describe('free time in the viewer’s zone', () => {
  test('any time asks for nothing', () => {
    expect(freeWindow('', '', KOLKATA, NOW)).toBeNull();
  });
  test('today starts now, this evening not before five', () => {
    expect(freeWindow('today', '', KOLKATA, NOW)).toEqual({ from: NOW, to: india(21, 0) });
    expect(freeWindow('today', 'evening', KOLKATA, NOW - 3 * HOUR)).toEqual({ from: india(20, 17), to: india(21, 0) });
  });
  test('a part of today that is over leaves nothing', () => {
    const morning = freeWindow('today', 'morning', KOLKATA, NOW);
    expect(morning && morning.to <= morning.from).toBe(true);
  });
  test('tomorrow, and a date', () => {
    expect(freeWindow('tomorrow', 'morning', KOLKATA, NOW)).toEqual({ from: india(21, 0), to: india(21, 12) });
    expect(freeWindow('2026-11-24', 'afternoon', KOLKATA, NOW)).toEqual({ from: india(24, 12), to: india(24, 17) });
  });
  test('the weekend is Saturday and Sunday, on Sunday the rest of it', () => {
    const weekend = { from: india(21, 0), to: india(23, 0) };
    expect(freeWindow('weekend', '', KOLKATA, NOW)).toEqual(weekend);
    expect(freeWindow('weekend', '', KOLKATA, india(22, 10))).toEqual({ from: india(22, 10), to: india(23, 0) });
  });
  test('a day of 25 hours is searched whole', () => {
    const window = freeWindow('2026-11-01', '', 'America/New_York', Date.UTC(2026, 9, 20));
    expect(window && (window.to - window.from) / HOUR).toBe(25);
  });
});

test('rupees become paise, pages become offsets', () => {
  expect(queryOf({ ...NO_FILTERS, max: '800', page: 2 }, KOLKATA, NOW)).toEqual({
    maxPrice: 80_000,
    sort: 'best',
    limit: 12,
    offset: 12,
  });
});

test('the days ahead begin after tomorrow', () => {
  expect(daysAhead(KOLKATA, NOW, 3).map((day) => day.value)).toEqual(['2026-11-22', '2026-11-23', '2026-11-24']);
});

import { expect, it } from 'vitest';
import { financialYear, monthOf, periodOf } from './period.ts';

const ZONE = 'Asia/Kolkata';
const now = Date.parse('2026-11-20T20:00:00Z');
const of = (query: string) => periodOf(new URLSearchParams(query), now, ZONE);

it('is the Indian financial year up to today unless days are given', () => {
  expect(financialYear(now, ZONE)).toEqual({ fromDay: '2026-04-01', toDay: '2026-11-21' });
  expect(financialYear(Date.parse('2027-03-31T12:00:00Z'), ZONE).fromDay).toBe('2026-04-01');
  expect(of('from=nonsense')).toMatchObject({ fromDay: '2026-04-01', toDay: '2026-11-21' });
});

it('holds the last day whole, in the zone', () => {
  const { from, to } = of('from=2026-11-01&to=2026-11-20');
  expect(new Date(from).toISOString()).toBe('2026-10-31T18:30:00.000Z');
  expect(new Date(to).toISOString()).toBe('2026-11-20T18:30:00.000Z');
  expect(of('from=2026-11-20&to=2026-11-01')).toEqual(of('from=2026-11-01&to=2026-11-20'));
});

it('is a whole month of the zone, or the month that it is', () => {
  const december = monthOf('2026-12', now, ZONE);
  expect(new Date(december.from).toISOString()).toBe('2026-11-30T18:30:00.000Z');
  expect(new Date(december.to).toISOString()).toBe('2026-12-31T18:30:00.000Z');
  expect(monthOf('1970-01', now, ZONE).month).toBe('1970-01');
  for (const other of [null, '', '2026-13', '2026-1', 'x', '0000-01', '1969-12'])
    expect(monthOf(other, Date.parse('2026-11-30T19:00:00Z'), ZONE).month).toBe('2026-12');
});

import { expect, test } from 'vitest';
import { formatDate } from '../ui/time.ts';
import { refundExpectedBy } from './refund-date.ts';

test.each([
  ['Fri 20 Nov', Date.UTC(2026, 10, 20, 10), 'Tue 1 Dec'],
  ['Sat 21 Nov', Date.UTC(2026, 10, 21, 10), 'Tue 1 Dec'],
  ['Mon 23 Nov, late', Date.UTC(2026, 10, 23, 18), 'Wed 2 Dec'],
])('sent %s', (_, at, by) => {
  expect(formatDate(refundExpectedBy(at, 'Asia/Kolkata'), 'Asia/Kolkata')).toBe(by);
});

test('weekends do not count where the clocks change either', () => {
  const sent = Date.UTC(2026, 9, 29, 15);
  expect(formatDate(refundExpectedBy(sent, 'America/New_York'), 'America/New_York')).toBe('Mon 9 Nov');
});

import { expect, it } from 'vitest';
import { readableFields } from './readable.ts';

const fields = (data: Record<string, unknown>) =>
  readableFields(data, 'Asia/Kolkata', (id) => (id === 'p1' ? 'Rohan Mehta' : null));

it('reads instants with date, seconds and zone', () => {
  const [field] = fields({ startsAt: Date.parse('2026-11-18T12:30:05Z') });
  expect(field).toEqual({ key: 'starts at', value: 'Wed 18 Nov 2026, 6:00:05 pm IST', code: false });
});

it('reads paise as rupees and milliseconds as a length', () => {
  expect(fields({ amount: 72_000, heldMs: 3_360_000, taughtMs: 4_000 }).map((field) => field.value)).toEqual([
    '₹720.00',
    '56 minutes',
    '4 s',
  ]);
});

it('keeps ids to copy, and puts a name beside a person', () => {
  expect(fields({ orderId: 'order_1', studentId: 'p1' })).toEqual([
    { key: 'order id', value: 'order_1', code: true },
    { key: 'student id', value: 'Rohan Mehta (p1)', code: false },
  ]);
});

it('leaves counts, lists, nothing and nested data readable', () => {
  const values = fields({ seats: 3, reasons: ['a', 'b'], code: null, ok: true, policy: { version: '1' } });
  expect(values.map((field) => field.value)).toEqual(['3', 'a; b', 'none', 'yes', '{"version":"1"}']);
});

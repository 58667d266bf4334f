/** A day of business with every fate; `npm run test:chaos -- --month` runs a whole month of them. */
import { expect, test } from 'vitest';
import { booksAtEveryInstant, runMonth } from './month.ts';
import { ALL_FATES } from './scenarios.ts';

test('LE1, LE2: after every event of a day with every fate the trial balance is zero and each paisa has one place', async () => {
  const report = await runMonth({ days: 1, perDay: ALL_FATES.length + 6 });
  expect(report.problems).toEqual([]);
  expect(Object.keys(report.fates).sort()).toEqual([...ALL_FATES].sort());
  expect(report.entries).toBeGreaterThan(100);
}, 300_000);

test('the check of the books finds an entry that is missing', () => {
  const entry = {
    entryId: 'e:0',
    bookingId: 'b',
    account: 'escrow:booking:b',
    class: 'escrow:booking',
    type: 'PaymentCaptured',
    amount: -80_000,
    ordinal: 1,
  };
  const paid = { ...entry, entryId: 'e:1', account: 'psp:balance', class: 'psp:balance', amount: 80_000 };
  expect(booksAtEveryInstant([entry, paid])).toEqual([]);
  expect(booksAtEveryInstant([entry])[0]).toContain('the trial balance is -80000');
});

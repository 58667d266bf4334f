import { expect, it } from 'vitest';
import type { EarningRow } from '#projections/queries.ts';
import { earningsCsv } from './csv.ts';

const row: EarningRow = {
  bookingId: 'b1',
  tutorId: 't',
  studentName: '=HYPERLINK("x")',
  subject: 'Maths, class 11',
  startsAt: Date.parse('2026-11-18T12:30:00Z'),
  minutes: 60,
  code: null,
  gross: 80_000,
  commission: 8_000,
  share: 72_000,
  state: 'hold-running',
  t0: null,
  releaseAt: null,
  releasedAt: null,
  transferId: 'trf_1',
  reversed: 0,
  outcome: 'held',
};

it('writes rupees, UTC and quotes, and disarms what a spreadsheet would run', () => {
  const [head, line, rest] = earningsCsv([row]).split('\r\n');
  expect(head).toMatch(/^booking,student,/);
  expect(line).toBe(
    `b1,"'=HYPERLINK(""x"")","Maths, class 11",2026-11-18T12:30:00.000Z,60,800.00,80.00,720.00,0.00,hold-running,held,,,trf_1`,
  );
  expect(rest).toBe('');
});

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
  owed: 0,
  clawback: 0,
  pauses: [],
  settlementId: null,
  disputeState: null,
  outcome: 'held',
};

it('writes rupees, UTC and quotes, and disarms what a spreadsheet would run', () => {
  const [head, line, rest] = earningsCsv([row]).split('\r\n');
  expect(head).toMatch(/^booking,student,/);
  expect(line).toBe(
    `b1,"'=HYPERLINK(""x"")","Maths, class 11",2026-11-18T12:30:00.000Z,60,800.00,80.00,720.00,0.00,0.00,720.00,hold-running,held,,,,,trf_1,`,
  );
  expect(rest).toBe('');
});

it('says what froze it, what rests, and where it went', () => {
  const rested: EarningRow = {
    ...row,
    studentName: 'Asha',
    reversed: 36_000,
    disputeState: 'resolved',
    pauses: [{ reason: 'bank-changed', until: 1 }],
    settlementId: 'setl_1',
  };
  expect(earningsCsv([rested]).split('\r\n')[1]).toContain(
    '360.00,0.00,360.00,hold-running,held,resolved,bank-changed,,,trf_1,setl_1',
  );
});

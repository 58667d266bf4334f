import { expect, it } from 'vitest';
import type { Statement, StatementRow } from '#projections/queries.ts';
import { byMonth, instituteStatement } from './statement.ts';

const row = (over: Partial<StatementRow>): StatementRow => ({
  at: Date.parse('2026-11-20T12:00:00Z'),
  kind: 'paid',
  bookingId: 'b',
  subject: 'Maths',
  lessonAt: 0,
  studentName: 'Asha',
  tutorName: 'Kavita',
  amount: -80_000,
  gross: null,
  commission: null,
  reference: 'pay_1',
  ...over,
});

it('sums by month of the zone, what went back apart', () => {
  const late = Date.parse('2026-10-31T20:00:00Z');
  const rows = [row({}), row({ at: late, reference: 'pay_2' }), row({ kind: 'refunded', amount: 30_000 })];
  expect(byMonth(rows, 'Asia/Kolkata')).toEqual([{ month: '2026-11', paid: 160_000, refunded: 30_000 }]);
  expect(byMonth(rows, 'UTC').map(({ month }) => month)).toEqual(['2026-11', '2026-10']);
});

it('counts a payment once that two students’ statements name, and asks for students only', async () => {
  const asked: string[] = [];
  const member = (personId: string, as: 'student' | 'tutor') => ({
    personId,
    name: personId,
    as,
    lessons: 0,
    hereMs: 0,
  });
  const statement = (rows: readonly StatementRow[]): Statement => ({ from: 0, to: 1, rows, total: 0 });
  const rows = await instituteStatement(
    {
      institute: (instituteId) =>
        Promise.resolve({
          instituteId,
          name: 'Sahyadri',
          members: [member('a', 'student'), member('b', 'student'), member('t', 'tutor')],
        }),
      studentStatement: (personId) => {
        asked.push(personId);
        return Promise.resolve(statement([row({}), row({ kind: 'refunded', amount: 1, reference: personId })]));
      },
    },
    'i',
    0,
    1,
  );
  expect(asked).toEqual(['a', 'b']);
  expect(rows.map(({ reference }) => reference).sort()).toEqual(['a', 'b', 'pay_1']);
});

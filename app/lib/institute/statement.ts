/** An institute's own money: what its students paid and what went back. */
import type { Queries, StatementRow } from '#projections/queries.ts';
import { dayKey } from '../ui/time.ts';

type Asked = Pick<Queries, 'institute' | 'studentStatement'>;

/** So many students are asked for at a time, so that one institute does not take the whole database. */
const AT_ONCE = 8;

/** What moved for the students of an institute in [from, to), oldest first; each payment and refund once. */
export async function instituteStatement(
  queries: Asked,
  instituteId: string,
  from: number,
  to: number,
): Promise<readonly StatementRow[]> {
  const members = (await queries.institute(instituteId))?.members ?? [];
  const students = members.filter((member) => member.as === 'student').map((member) => member.personId);
  const found = new Map<string, StatementRow>();
  for (let next = 0; next < students.length; next += AT_ONCE) {
    const some = students.slice(next, next + AT_ONCE);
    const statements = await Promise.all(some.map((student) => queries.studentStatement(student, from, to)));
    for (const row of statements.flatMap(({ rows }) => rows)) found.set(`${row.kind} ${row.reference}`, row);
  }
  return [...found.values()].toSorted((one, other) => one.at - other.at);
}

export interface MonthSum {
  /** `2026-11`. */
  readonly month: string;
  readonly paid: number;
  readonly refunded: number;
}

/** Paise by calendar month of the zone, the latest first. What a bank took back counts as gone back. */
export function byMonth(rows: readonly StatementRow[], zone: string): readonly MonthSum[] {
  const months = new Map<string, { paid: number; refunded: number }>();
  for (const row of rows) {
    const month = dayKey(row.at, zone).slice(0, 7);
    const sum = months.get(month) ?? { paid: 0, refunded: 0 };
    months.set(month, sum);
    if (row.kind === 'paid') sum.paid -= row.amount;
    else sum.refunded += row.amount;
  }
  return [...months]
    .map(([month, sum]) => ({ month, ...sum }))
    .toSorted((one, other) => other.month.localeCompare(one.month));
}

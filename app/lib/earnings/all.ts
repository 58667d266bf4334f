/** Every payout of a tutor, however many pages they take. */
import type { EarningRow, Earnings, EarningsPage, Queries } from '#projections/queries.ts';

/** The sums of the last page, which are over all, with the rows of all pages. */
export async function allEarnings(
  { earnings }: Pick<Queries, 'earnings'>,
  tutorId: string,
  which: Omit<EarningsPage, 'after' | 'limit'> = {},
): Promise<Earnings> {
  const rows: EarningRow[] = [];
  for (let after: string | undefined; ;) {
    const page = await earnings(tutorId, after === undefined ? which : { ...which, after });
    rows.push(...page.rows);
    if (page.next === null) return { ...page, rows };
    after = page.next;
  }
}

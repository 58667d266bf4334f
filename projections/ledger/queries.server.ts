import type { Database } from '#platform/database/database.ts';
import type { LedgerRow, Queries } from '../queries.ts';
import { CHART, isAccountClass, moneyTerms, type AccountClass } from './chart.ts';

const CLASSES: readonly AccountClass[] = Object.keys(CHART).filter(isAccountClass);

export function ledgerQueries(db: Database): Pick<Queries, 'ledgerOf' | 'moneyOf' | 'trialBalance'> {
  const ledgerOf = (bookingId: string) =>
    db.query<LedgerRow>(
      `SELECT entry_id AS "entryId", account, class, amount, type, at FROM read_model.ledger_entry
       WHERE booking_id = $1 ORDER BY ordinal, entry_id`,
      [bookingId],
    );
  return {
    ledgerOf,
    async moneyOf(bookingId) {
      const entries = await ledgerOf(bookingId);
      return entries.length === 0 ? null : moneyTerms(entries);
    },
    async trialBalance(at) {
      const sums = await db.query<{ class: string; debit: number; credit: number }>(
        `SELECT class, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::int8 AS debit,
           coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::int8 AS credit
         FROM read_model.ledger_entry WHERE $1::int8 IS NULL OR at <= $1 GROUP BY class`,
        [at ?? null],
      );
      const known = new Map(sums.map((row) => [row.class, row]));
      const rows = CLASSES.map((account) => {
        const { debit = 0, credit = 0 } = known.get(account) ?? {};
        return { account, ...CHART[account], debit, credit, balance: debit - credit };
      });
      // Over what was posted, not over the chart: an account that is not in it would be missing there.
      return { rows, sum: sums.reduce((total, { debit, credit }) => total + debit - credit, 0) };
    },
  };
}

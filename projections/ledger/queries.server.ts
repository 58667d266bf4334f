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
    async trialBalance(at, by = 'business') {
      const upTo = at !== undefined && by === 'recorded' ? await lastRecordedBy(db, at) : null;
      const sums = await db.query<{ class: string; debit: number; credit: number }>(
        `SELECT class, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::int8 AS debit,
           coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::int8 AS credit
         FROM read_model.ledger_entry
         WHERE ($1::int8 IS NULL OR at <= $1) AND ($2::int8 IS NULL OR ordinal <= $2) GROUP BY class`,
        [upTo === null ? (at ?? null) : null, upTo],
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

/**
 * The last place in the log up to which all was recorded by $1 (wall ms); 0: none. Recorded times never go backwards along
 * the log, and every entry's event stands on the timeline, so its key is halved until one place is left. Between two of its
 * events there are places of others: about these nothing is asked.
 */
const LAST_RECORDED_BY = `
  WITH RECURSIVE search(known, last) AS (
    SELECT 0::int8, coalesce(max(ordinal), 0)::int8 FROM read_model.timeline
    UNION ALL
    SELECT CASE WHEN e.late THEN s.known ELSE m.middle END, CASE WHEN e.late THEN e.ordinal - 1 ELSE s.last END
    FROM search s
    CROSS JOIN LATERAL (SELECT (s.known + s.last + 1) / 2 AS middle) m
    LEFT JOIN LATERAL (SELECT t.ordinal, t.recorded_at > $1::int8 AS late FROM read_model.timeline t
      WHERE t.ordinal <= m.middle ORDER BY t.ordinal DESC LIMIT 1) e ON true
    WHERE s.known < s.last
  )
  SELECT known AS ordinal FROM search WHERE known >= last`;

async function lastRecordedBy(db: Database, at: number): Promise<number> {
  const [found] = await db.query<{ ordinal: number }>(LAST_RECORDED_BY, [at]);
  return found?.ordinal ?? 0;
}

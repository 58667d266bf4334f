import { expect } from 'vitest';
import type { Database } from '#platform/database/database.ts';
import { moneyTerms, problemsOf, type Posted } from '../ledger/chart.ts';
import { until } from './world.ts';

/** LE1–LE3 for one booking, once everything that is in the log is in the ledger. */
export async function booksOf(
  { db, settled }: { readonly db: Database; settled(): Promise<void> },
  bookingId: string,
): Promise<void> {
  await settled();
  const entries = await until('ledger entries', async () => {
    const found = await db.query<Posted & { account: string }>(
      'SELECT account, class, type, amount FROM read_model.ledger_entry WHERE booking_id = $1 ORDER BY ordinal',
      [bookingId],
    );
    return found.length > 0 ? found : null;
  });
  expect(problemsOf(entries)).toEqual([]);

  const [paid] = await db.query<{ gross: number; refunded: number }>(
    `SELECT (SELECT coalesce(sum(amount), 0)::int8 FROM read_model.capture WHERE booking_id = $1) AS gross,
            (SELECT coalesce(sum(amount), 0)::int8 FROM read_model.refund WHERE booking_id = $1 AND state = 'processed') AS refunded`,
    [bookingId],
  );
  const { gross, returned } = moneyTerms(entries);
  const [taken] = await db.query<{ lost: number }>(
    `SELECT coalesce(-sum(amount), 0)::int8 AS lost FROM read_model.ledger_entry
     WHERE booking_id = $1 AND class = 'psp:balance' AND type = 'ChargebackLost'`,
    [bookingId],
  );
  expect([gross, returned - (taken?.lost ?? 0)], 'LE2: accounts and read models tell the same story').toEqual([
    paid?.gross,
    paid?.refunded,
  ]);
}

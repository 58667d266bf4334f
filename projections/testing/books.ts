import { expect } from 'vitest';
import type { Database } from '#platform/database/database.ts';
import { until } from './world.ts';

const ASSETS = /^(psp:|bank:|gst:|expense:)/;

/** LE1–LE3 for one booking, once everything that is in the log is in the ledger. */
export async function booksOf(
  { db, settled }: { readonly db: Database; settled(): Promise<void> },
  bookingId: string,
): Promise<void> {
  await settled();
  const balances = new Map<string, number>();
  const rows = await until('ledger entries', async () => {
    const found = await db.query<{ account: string; balance: number }>(
      `SELECT account, sum(amount)::int8 AS balance FROM read_model.ledger_entry WHERE booking_id = $1 GROUP BY account`,
      [bookingId],
    );
    return found.length > 0 ? found : null;
  });
  for (const { account, balance } of rows) balances.set(account, balance);

  const total = (of: (account: string) => boolean): number =>
    [...balances].reduce((sum, [account, balance]) => (of(account) ? sum + balance : sum), 0);
  expect(
    total(() => true),
    'LE1: the entries add up to zero',
  ).toBe(0);
  for (const [account, balance] of balances)
    if (!ASSETS.test(account)) expect(balance, `LE3: ${account} is not negative`).toBeLessThanOrEqual(0);

  const [captured] = await db.query<{ gross: number; refunded: number }>(
    `SELECT (SELECT coalesce(sum(amount), 0)::int8 FROM read_model.capture WHERE booking_id = $1) AS gross,
            (SELECT coalesce(sum(amount), 0)::int8 FROM read_model.refund WHERE booking_id = $1 AND state = 'processed') AS refunded`,
    [bookingId],
  );
  const tutor = -total((account) => account.includes(':payable:'));
  const commission = -total((account) => account.endsWith('commission:pending') || account === 'revenue:commission');
  const held = -total((account) => account.startsWith('escrow:') || account.startsWith('refund:in_flight:'));
  expect(
    (captured?.refunded ?? 0) + tutor + commission + held,
    'LE2: gross = refunded + tutor + commission + held',
  ).toBe(captured?.gross);
}

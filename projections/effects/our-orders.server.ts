/** Which booking or tutor something at the provider belongs to: from the outbox, which knows it before any read model does. */
import type { Database } from '#platform/database/database.ts';

export async function orderIdOf(db: Database, bookingId: string): Promise<string | null> {
  const [row] = await db.query<{ provider_id: string | null }>(
    `SELECT provider_id FROM worker.outbound_call WHERE booking_id = $1 AND kind = 'create-order'`,
    [bookingId],
  );
  return row?.provider_id ?? null;
}

export async function bookingOfOrder(db: Database, orderId: string): Promise<string | null> {
  const [row] = await db.query<{ booking_id: string }>(
    `SELECT booking_id FROM worker.outbound_call WHERE kind = 'create-order' AND provider_id = $1`,
    [orderId],
  );
  return row?.booking_id ?? null;
}

/** The tutor whose account this is. Accounts that were there before us (the demo) are known to the read model only. */
export async function tutorOfAccount(db: Database, accountId: string): Promise<string | null> {
  const [row] = await db.query<{ tutor_id: string }>(
    `SELECT request->>'tutorId' AS tutor_id FROM worker.outbound_call
     WHERE kind = 'create-account' AND split_part(coalesce(provider_id, ''), '/', 1) = $1
     UNION ALL SELECT tutor_id FROM read_model.tutor WHERE account_id = $1 LIMIT 1`,
    [accountId],
  );
  return row?.tutor_id ?? null;
}

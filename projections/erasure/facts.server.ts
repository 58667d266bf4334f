/** What is open for a person who wants to be erased, out of the read models. */
import type { ErasureFacts } from '#events/person/can-erase.ts';
import type { Database } from '#platform/database/database.ts';

const DUTIES: readonly string[] = ['ops', 'auditor', 'institute-admin'];

export async function erasureFacts(db: Database, personId: string): Promise<ErasureFacts> {
  const [row] = await db.query<Omit<ErasureFacts, 'hasDuty'>>(
    `WITH own AS (SELECT booking_id, state, refund FROM read_model.booking WHERE $1 IN (student_id, booked_by, tutor_id))
     SELECT
       (SELECT count(*)::int4 FROM own
         WHERE state NOT IN ('closed', 'cancelled', 'expired', 'declined')) AS "openBookings",
       (SELECT count(*)::int4 FROM read_model.payout p JOIN own USING (booking_id)
         WHERE p.state NOT IN ('settled', 'cancelled', 'reversed')) AS "openPayouts",
       (SELECT count(*)::int4 FROM read_model.refund r JOIN own USING (booking_id)
         WHERE r.state IN ('requested', 'delayed')
           -- Failed, nothing was asked since, and no bank took it either.
           OR (r.state = 'failed'
             AND NOT EXISTS (SELECT 1 FROM read_model.refund n WHERE n.provider_payment_id = r.provider_payment_id
               AND n.refund_id <> r.refund_id AND n.state <> 'failed' AND n.requested_at >= r.requested_at)
             AND NOT EXISTS (SELECT 1 FROM read_model.capture c
               WHERE c.provider_payment_id = r.provider_payment_id AND c.lost >= r.amount)))
       -- Owed by a cancellation or a dispute, or paid twice, and not back yet, whether or not it was asked for.
       + (SELECT count(*)::int4 FROM read_model.capture c JOIN own USING (booking_id)
           LEFT JOIN read_model.dispute d USING (booking_id)
         WHERE least(c.amount, CASE WHEN c.surplus THEN c.amount ELSE greatest(own.refund, coalesce(d.refund, 0)) END)
           > c.lost + (SELECT coalesce(sum(r.amount), 0) FROM read_model.refund r
             WHERE r.provider_payment_id = c.provider_payment_id AND r.state = 'processed')) AS "openRefunds",
       (SELECT count(*)::int4 FROM read_model.dispute d JOIN own USING (booking_id)
         WHERE d.state NOT IN ('resolved', 'withdrawn'))
       + (SELECT count(*)::int4 FROM read_model.chargeback c JOIN own USING (booking_id)
         WHERE c.state NOT IN ('won', 'lost', 'accepted', 'closed')) AS "openCases",
       (SELECT coalesce(sum(clawback), 0)::int8 FROM read_model.payout WHERE tutor_id = $1) AS owes,
       (SELECT count(*)::int4 FROM read_model.guardian g WHERE g.guardian_id = $1 AND NOT EXISTS (
         SELECT 1 FROM read_model.guardian o
         WHERE o.person_id = g.person_id AND o.guardian_id <> $1)) AS children`,
    [personId],
  );
  const roles = await db.query<{ role: string }>('SELECT role FROM read_model.person_role WHERE person_id = $1', [
    personId,
  ]);
  return {
    openBookings: row?.openBookings ?? 0,
    openPayouts: row?.openPayouts ?? 0,
    openRefunds: row?.openRefunds ?? 0,
    openCases: row?.openCases ?? 0,
    owes: row?.owes ?? 0,
    children: row?.children ?? 0,
    hasDuty: roles.some(({ role }) => DUTIES.includes(role)),
  };
}

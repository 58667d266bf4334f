import type { Database } from '#platform/database/database.ts';
import type { ChargebackRow, Queries } from '../queries.ts';

const CHARGEBACK = `
  SELECT c.chargeback_id AS "chargebackId", c.booking_id AS "bookingId", c.provider_payment_id AS "providerPaymentId",
    coalesce(b.subject, '') AS subject, coalesce(t.profile->>'name', 'Tutor') AS "tutorName",
    coalesce(sn.name, 'Student') AS "studentName", c.amount, c.phase, c.round, c.reason_code AS "reasonCode",
    c.respond_by AS "respondBy", c.state, c.opened_at AS "openedAt", c.since, c.answered_by AS "answeredBy", c.answer,
    c.problem, c.lost
  FROM read_model.chargeback c
  LEFT JOIN read_model.booking b ON b.booking_id = c.booking_id
  LEFT JOIN read_model.tutor t ON t.tutor_id = b.tutor_id
  LEFT JOIN person_name sn ON sn.person_id = b.student_id`;

export function chargebackQueries(db: Database): Pick<Queries, 'chargeback' | 'chargebacksOf' | 'chargebacksOpen'> {
  return {
    async chargeback(chargebackId) {
      const rows = await db.query<ChargebackRow>(`${CHARGEBACK} WHERE c.chargeback_id = $1`, [chargebackId]);
      return rows[0] ?? null;
    },
    chargebacksOf: (bookingId) =>
      db.query<ChargebackRow>(`${CHARGEBACK} WHERE c.booking_id = $1 ORDER BY c.opened_at, c.chargeback_id`, [
        bookingId,
      ]),
    chargebacksOpen: () =>
      db.query<ChargebackRow>(
        `${CHARGEBACK} WHERE c.state IN ('open', 'action-required', 'contesting', 'accepting', 'submitted')
         ORDER BY c.respond_by, c.chargeback_id LIMIT 500`,
      ),
  };
}

import type { Database } from '#platform/database/database.ts';
import type { PaymentRow, Queries, RefundRow } from '../queries.ts';

export function paymentQueries(db: Database): Pick<Queries, 'paymentsOf' | 'refundsOf'> {
  return {
    refundsOf: (bookingId) =>
      db.query<RefundRow>(
        `SELECT r.refund_id AS "refundId", r.booking_id AS "bookingId", r.provider_payment_id AS "providerPaymentId",
           r.amount, r.reason, r.state, c.method, coalesce(c.surplus, false) AS surplus,
           r.requested_at AS "requestedAt", r.expected_by AS "expectedBy", r.processed_at AS "processedAt"
         FROM read_model.refund r LEFT JOIN read_model.capture c ON c.provider_payment_id = r.provider_payment_id
         WHERE r.booking_id = $1 ORDER BY r.requested_at, r.refund_id`,
        [bookingId],
      ),
    paymentsOf: (personId) =>
      db.query<PaymentRow>(
        `SELECT c.booking_id AS "bookingId", c.provider_payment_id AS "providerPaymentId",
           coalesce(c.order_id, '') AS "orderId", c.amount, coalesce(c.method, '') AS method, c.captured_at AS "capturedAt",
           (SELECT coalesce(sum(r.amount), 0)::int8 FROM read_model.refund r
             WHERE r.provider_payment_id = c.provider_payment_id AND r.state = 'processed') AS refunded,
           greatest(
             (SELECT coalesce(sum(r.amount), 0)::int8 FROM read_model.refund r
               WHERE r.provider_payment_id = c.provider_payment_id AND r.state <> 'failed'),
             CASE WHEN c.surplus THEN c.amount ELSE b.refund END - c.lost) AS "refundDue", c.lost,
           b.subject, coalesce(t.profile->>'name', n.name, 'Tutor') AS "tutorName", b.starts_at AS "startsAt"
         FROM read_model.capture c
         JOIN read_model.booking b ON b.booking_id = c.booking_id
         LEFT JOIN read_model.tutor t ON t.tutor_id = b.tutor_id
         LEFT JOIN person_name n ON n.person_id = b.tutor_id
         WHERE b.booked_by = $1 OR b.student_id = $1
           OR b.student_id IN (SELECT g.person_id FROM read_model.guardian g WHERE g.guardian_id = $1)
         ORDER BY c.captured_at DESC, c.provider_payment_id LIMIT 500`,
        [personId],
      ),
  };
}

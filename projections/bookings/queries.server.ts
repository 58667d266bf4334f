import type { Database } from '#platform/database/database.ts';
import type { BookingRow, Queries } from '../queries.ts';

/** Every column of `BookingRow`, in its own names. Joined to payments, refunds, lesson and names where it is read. */
export const BOOKING = `
  SELECT b.booking_id AS "bookingId", b.state, b.tutor_id AS "tutorId",
    coalesce(t.profile->>'name', tn.name, 'Tutor') AS "tutorName", t.slug AS "tutorSlug",
    b.student_id AS "studentId", coalesce(sn.name, 'Student') AS "studentName", b.booked_by AS "bookedBy",
    b.offer_id AS "offerId", b.subject, b.starts_at AS "startsAt", b.minutes, b.seats, b.price, b.mode, b.note,
    b.policy->>'version' AS "policyVersion", b.requested_at AS "requestedAt", b.confirmed_at AS "confirmedAt",
    b.lesson_id AS "lessonId", l.code, b.pay_by AS "payBy", p.order_id AS "orderId",
    CASE
      WHEN p.booking_id IS NULL OR p.state = 'planned' THEN 'none'
      WHEN p.state <> 'paid' THEN p.state
      WHEN m.due > m.refunded THEN 'refunding'
      WHEN m.refunded >= m.captured THEN 'refunded'
      WHEN m.lost > 0 THEN 'charged-back'
      WHEN m.refunded > 0 THEN 'partly-refunded'
      ELSE 'paid'
    END AS payment,
    p.problem AS "paymentProblem", p.method AS "paymentMethod",
    CASE WHEN p.state = 'paid' THEN m.due ELSE 0 END AS "refundDue", m.refunded,
    b.decline_reason AS "declineReason", b.cancelled_by AS "cancelledBy", b.cancel_rule AS "cancelRule",
    coalesce(b.outcome, o.outcome) AS outcome,
    CASE WHEN b.move_id IS NOT NULL THEN jsonb_build_object('proposalId', b.move_id, 'by', b.move_by,
      'startsAt', b.move_to, 'answerBy', b.move_answer_by, 'agreed', b.move_agreed) END AS reschedule,
    b.refund_cap_pct AS "refundCapPct", d.state AS "disputeState", m.worst AS "refundState", m.expected AS "refundExpectedBy"
  FROM read_model.booking b
  LEFT JOIN read_model.payment p ON p.booking_id = b.booking_id
  LEFT JOIN read_model.lesson l ON l.lesson_id = b.lesson_id
  LEFT JOIN read_model.outcome o ON o.booking_id = b.booking_id
  LEFT JOIN read_model.dispute d ON d.booking_id = b.booking_id
  LEFT JOIN read_model.tutor t ON t.tutor_id = b.tutor_id
  LEFT JOIN person_name tn ON tn.person_id = b.tutor_id
  LEFT JOIN person_name sn ON sn.person_id = b.student_id
  CROSS JOIN LATERAL (
    SELECT sums.*, greatest(sums.asked, b.refund - sums.lost) AS due
    FROM (SELECT
      (SELECT coalesce(sum(c.amount), 0)::int8 FROM read_model.capture c WHERE c.booking_id = b.booking_id) AS captured,
      (SELECT coalesce(sum(r.amount), 0)::int8 FROM read_model.refund r
        WHERE r.booking_id = b.booking_id AND r.state <> 'failed') AS asked,
      (SELECT coalesce(sum(r.amount), 0)::int8 FROM read_model.refund r
        WHERE r.booking_id = b.booking_id AND r.state = 'processed') AS refunded,
      -- One that failed is tried again under another id; it counts only until then.
      (SELECT r.state FROM read_model.refund r WHERE r.booking_id = b.booking_id
        ORDER BY array_position(ARRAY['delayed', 'requested', 'processed', 'failed'], r.state), r.refund_id LIMIT 1) AS worst,
      (SELECT max(r.expected_by) FROM read_model.refund r
        WHERE r.booking_id = b.booking_id AND r.state IN ('requested', 'delayed')) AS expected,
      -- What the payer's bank took counts towards what a cancellation gives back: nobody is paid twice.
      (SELECT coalesce(sum(c.lost), 0)::int8 FROM read_model.capture c
        WHERE c.booking_id = b.booking_id AND NOT c.surplus) AS lost
    ) sums
  ) m`;

/** More than anyone's page shows; a page that needs more asks with an offset, once one does. */
const MAX_ROWS = 500;

export function bookingQueries(db: Database): Pick<Queries, 'booking' | 'bookingsOf' | 'requestsFor' | 'studentsOf'> {
  return {
    async booking(bookingId) {
      const rows = await db.query<BookingRow>(`${BOOKING} WHERE b.booking_id = $1`, [bookingId]);
      return rows[0] ?? null;
    },
    bookingsOf: (personId) =>
      db.query<BookingRow>(
        `${BOOKING} WHERE b.student_id = $1 OR b.booked_by = $1
           OR b.student_id IN (SELECT g.person_id FROM read_model.guardian g WHERE g.guardian_id = $1)
         ORDER BY b.starts_at DESC, b.booking_id LIMIT ${MAX_ROWS}`,
        [personId],
      ),
    // Only those whose seat is held: the others are declined in a moment.
    requestsFor: (tutorId) =>
      db.query<BookingRow>(
        `${BOOKING} WHERE b.tutor_id = $1 AND b.state = 'requested' AND b.mode = 'accept' AND b.lesson_id IS NOT NULL
         ORDER BY b.starts_at, b.booking_id LIMIT ${MAX_ROWS}`,
        [tutorId],
      ),
    studentsOf: (tutorId) =>
      db.query(
        `SELECT b.student_id AS "studentId", coalesce(n.name, 'Student') AS name, count(*)::int4 AS lessons,
           max(b.starts_at) AS "lastAt"
         FROM read_model.booking b LEFT JOIN person_name n ON n.person_id = b.student_id
         WHERE b.tutor_id = $1 AND b.state IN ('confirmed', 'in-progress', 'under-review', 'completed', 'closed')
         GROUP BY b.student_id, n.name ORDER BY max(b.starts_at) DESC, b.student_id LIMIT ${MAX_ROWS}`,
        [tutorId],
      ),
  };
}

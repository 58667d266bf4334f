import { json, statement, type Projection } from '../runner/projection.ts';

const setState = (bookingId: string, state: string) =>
  statement(`UPDATE read_model.booking SET state = $2 WHERE booking_id = $1`, bookingId, state);

/** One row a booking, with the state of money.md §7.1 (SPEC RM3). */
export const bookings: Projection = {
  name: 'bookings',
  schema: `
    CREATE TABLE read_model.booking (
      booking_id text PRIMARY KEY,
      state text NOT NULL,
      tutor_id text NOT NULL,
      student_id text NOT NULL,
      booked_by text NOT NULL,
      offer_id text NOT NULL,
      subject text NOT NULL,
      starts_at int8 NOT NULL,
      minutes int4 NOT NULL,
      seats int4 NOT NULL,
      price int8 NOT NULL,
      mode text NOT NULL,
      note text NOT NULL,
      policy jsonb NOT NULL,
      requested_at int8 NOT NULL,
      confirmed_at int8,
      lesson_id text,
      pay_by int8,
      decline_reason text,
      cancelled_by text,
      cancel_rule text,
      cancelled_at int8,
      refund int8 NOT NULL DEFAULT 0,
      outcome text,
      t0 int8
    );
    CREATE INDEX booking_student ON read_model.booking (student_id, starts_at DESC);
    CREATE INDEX booking_booked_by ON read_model.booking (booked_by, starts_at DESC);
    CREATE INDEX booking_tutor ON read_model.booking (tutor_id, starts_at DESC);
    CREATE INDEX booking_state ON read_model.booking (state, starts_at);
    CREATE INDEX booking_lesson ON read_model.booking (lesson_id);
  `,
  tables: { booking: 'booking_id' },
  project(fact) {
    switch (fact.type) {
      case 'BookingRequested': {
        const { data } = fact;
        return [
          statement(
            `INSERT INTO read_model.booking (booking_id, state, tutor_id, student_id, booked_by, offer_id, subject,
               starts_at, minutes, seats, price, mode, note, policy, requested_at)
             VALUES ($1, 'requested', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14)
             ON CONFLICT (booking_id) DO NOTHING`,
            data.bookingId,
            data.tutorId,
            data.studentId,
            data.bookedBy,
            data.offerId,
            data.subject,
            data.startsAt,
            data.minutes,
            data.seats,
            data.price,
            data.mode,
            data.note,
            json(data.policy),
            data.requestedAt,
          ),
        ];
      }
      case 'SeatHeld':
        return [
          statement(
            `UPDATE read_model.booking SET lesson_id = $2 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.lessonId,
          ),
        ];
      case 'BookingAccepted':
        return [
          statement(
            `UPDATE read_model.booking SET state = 'awaiting-payment', lesson_id = $2, pay_by = $3 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.lessonId,
            fact.data.payBy,
          ),
        ];
      case 'BookingDeclined':
        return [
          statement(
            `UPDATE read_model.booking SET state = 'declined', decline_reason = $2 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.reason,
          ),
        ];
      case 'BookingConfirmed':
        return [
          statement(
            `UPDATE read_model.booking SET state = 'confirmed', lesson_id = $2, confirmed_at = $3 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.lessonId,
            fact.data.confirmedAt,
          ),
        ];
      case 'BookingExpired':
        return [setState(fact.data.bookingId, 'expired')];
      case 'BookingCancelled': {
        const { bookingId, by, rule, refund, refundPct, cancelledAt } = fact.data;
        const untaught = rule === 'tutor-no-show' || rule === 'nobody' ? rule : null;
        const late = by === 'student' && refundPct < 100 ? 'cancelled-late' : null;
        return [
          statement(
            `UPDATE read_model.booking SET state = 'cancelled', cancelled_by = $2, cancel_rule = $3, refund = $4,
               cancelled_at = $5, outcome = coalesce($6, outcome) WHERE booking_id = $1`,
            bookingId,
            by,
            rule,
            refund,
            cancelledAt,
            untaught ?? late,
          ),
        ];
      }
      case 'BookingStarted':
        return [setState(fact.data.bookingId, 'in-progress')];
      case 'BookingCompleted':
        return [
          statement(
            `UPDATE read_model.booking SET state = 'completed', outcome = $2, t0 = $3 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.outcome,
            fact.data.t0,
          ),
        ];
      case 'BookingUnderReview':
        return [
          statement(
            `UPDATE read_model.booking SET state = 'under-review', outcome = $2 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.outcome,
          ),
        ];
      case 'BookingClosed':
        return [setState(fact.data.bookingId, 'closed')];
      default:
        return [];
    }
  },
};

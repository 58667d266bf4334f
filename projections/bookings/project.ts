import { change, json, table, type Projection } from '../runner/projection.ts';

const BOOKING = table(
  'booking',
  {
    booking_id: 'text',
    state: 'text',
    tutor_id: 'text',
    student_id: 'text',
    booked_by: 'text',
    offer_id: 'text',
    subject: 'text',
    starts_at: 'int8',
    minutes: 'int4',
    seats: 'int4',
    price: 'int8',
    mode: 'text',
    note: 'text',
    policy: 'jsonb',
    requested_at: 'int8',
    confirmed_at: 'int8 null',
    lesson_id: 'text null',
    pay_by: 'int8 null',
    decline_reason: 'text null',
    cancelled_by: 'text null',
    cancel_rule: 'text null',
    cancelled_at: 'int8 null',
    refund: 'int8',
    outcome: 'text null',
    t0: 'int8 null',
  },
  {
    key: ['booking_id'],
    indexes: {
      booking_student: '(student_id, starts_at DESC)',
      booking_booked_by: '(booked_by, starts_at DESC)',
      booking_tutor: '(tutor_id, starts_at DESC)',
      booking_state: '(state, starts_at)',
      booking_lesson: '(lesson_id)',
    },
  },
);

/** One row a booking, with the state of money.md §7.1 (SPEC RM3). */
export const bookings: Projection = {
  name: 'bookings',
  tables: [BOOKING],
  project(fact, rows) {
    switch (fact.type) {
      case 'BookingRequested': {
        const { data } = fact;
        return rows.put(BOOKING, {
          booking_id: data.bookingId,
          state: 'requested',
          tutor_id: data.tutorId,
          student_id: data.studentId,
          booked_by: data.bookedBy,
          offer_id: data.offerId,
          subject: data.subject,
          starts_at: data.startsAt,
          minutes: data.minutes,
          seats: data.seats,
          price: data.price,
          mode: data.mode,
          note: data.note,
          policy: json(data.policy),
          requested_at: data.requestedAt,
          confirmed_at: null,
          lesson_id: null,
          pay_by: null,
          decline_reason: null,
          cancelled_by: null,
          cancel_rule: null,
          cancelled_at: null,
          refund: 0,
          outcome: null,
          t0: null,
        });
      }
      case 'SeatHeld':
        return change(rows, BOOKING, fact.data.bookingId, () => ({ lesson_id: fact.data.lessonId }));
      case 'BookingAccepted': {
        const { bookingId, lessonId, payBy } = fact.data;
        return change(rows, BOOKING, bookingId, () => ({
          state: 'awaiting-payment',
          lesson_id: lessonId,
          pay_by: payBy,
        }));
      }
      case 'BookingDeclined': {
        const { bookingId, reason } = fact.data;
        return change(rows, BOOKING, bookingId, () => ({ state: 'declined', decline_reason: reason }));
      }
      case 'BookingConfirmed': {
        const { bookingId, lessonId, confirmedAt } = fact.data;
        return change(rows, BOOKING, bookingId, () => ({
          state: 'confirmed',
          lesson_id: lessonId,
          confirmed_at: confirmedAt,
        }));
      }
      case 'BookingExpired':
        return change(rows, BOOKING, fact.data.bookingId, () => ({ state: 'expired' }));
      case 'BookingCancelled': {
        const { bookingId, by, rule, refund, refundPct, cancelledAt } = fact.data;
        const untaught = rule === 'tutor-no-show' || rule === 'nobody' ? rule : null;
        const late = by === 'student' && refundPct < 100 ? 'cancelled-late' : null;
        return change(rows, BOOKING, bookingId, (row) => ({
          state: 'cancelled',
          cancelled_by: by,
          cancel_rule: rule,
          refund,
          cancelled_at: cancelledAt,
          outcome: untaught ?? late ?? row.outcome,
        }));
      }
      case 'BookingStarted':
        return change(rows, BOOKING, fact.data.bookingId, () => ({ state: 'in-progress' }));
      case 'BookingCompleted': {
        const { bookingId, outcome, t0 } = fact.data;
        return change(rows, BOOKING, bookingId, () => ({ state: 'completed', outcome, t0 }));
      }
      case 'BookingUnderReview': {
        const { bookingId, outcome } = fact.data;
        return change(rows, BOOKING, bookingId, () => ({ state: 'under-review', outcome }));
      }
      case 'BookingClosed':
        return change(rows, BOOKING, fact.data.bookingId, () => ({ state: 'closed' }));
    }
  },
};

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
    /** The wish to move it that is not decided yet. */
    move_id: 'text null',
    move_by: 'text null',
    move_to: 'int8 null',
    move_answer_by: 'int8 null',
    move_agreed: 'boolean null',
    refund_cap_pct: 'int4',
    /** The cancellation that waits for a second person of ops. */
    cancel_id: 'text null',
    cancel_proposed_by: 'text null',
    cancel_reason: 'text null',
    cancel_refund: 'int8 null',
    cancel_proposed_at: 'int8 null',
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

const NO_MOVE = { move_id: null, move_by: null, move_to: null, move_answer_by: null, move_agreed: null } as const;

const NO_CANCELLATION = {
  cancel_id: null,
  cancel_proposed_by: null,
  cancel_reason: null,
  cancel_refund: null,
  cancel_proposed_at: null,
} as const;

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
          ...NO_MOVE,
          refund_cap_pct: 100,
          ...NO_CANCELLATION,
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
          ...NO_MOVE,
          ...NO_CANCELLATION,
          outcome: untaught ?? late ?? row.outcome,
        }));
      }
      case 'RescheduleProposed': {
        const { bookingId, proposalId, by, startsAt, answerBy } = fact.data;
        return change(rows, BOOKING, bookingId, () => ({
          move_id: proposalId,
          move_by: by,
          move_to: startsAt,
          move_answer_by: answerBy,
          move_agreed: false,
        }));
      }
      case 'RescheduleAgreed':
        return change(rows, BOOKING, fact.data.bookingId, () => ({ move_agreed: true }));
      case 'RescheduleDeclined':
        return change(rows, BOOKING, fact.data.bookingId, ({ move_id }) =>
          move_id === fact.data.proposalId ? NO_MOVE : {},
        );
      case 'BookingRescheduled': {
        const { bookingId, lessonId, startsAt, refundCapPct } = fact.data;
        return change(rows, BOOKING, bookingId, () => ({
          ...NO_MOVE,
          lesson_id: lessonId,
          starts_at: startsAt,
          refund_cap_pct: refundCapPct,
        }));
      }
      case 'CancellationProposed': {
        const { bookingId, proposalId, by, reason, refund, at } = fact.data;
        return change(rows, BOOKING, bookingId, () => ({
          cancel_id: proposalId,
          cancel_proposed_by: by,
          cancel_reason: reason,
          cancel_refund: refund,
          cancel_proposed_at: at,
        }));
      }
      case 'CancellationRejected':
        return change(rows, BOOKING, fact.data.bookingId, () => NO_CANCELLATION);
      case 'BookingStarted':
        return change(rows, BOOKING, fact.data.bookingId, () => ({ state: 'in-progress', ...NO_MOVE }));
      case 'BookingCompleted': {
        const { bookingId, outcome, t0 } = fact.data;
        // What people decided after a review does not change what came of the lesson.
        return change(rows, BOOKING, bookingId, (row) => ({
          state: 'completed',
          outcome: outcome === 'reviewed' ? row.outcome : outcome,
          t0,
          ...NO_CANCELLATION,
        }));
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

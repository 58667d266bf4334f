import type { TimelineLane } from '../queries.ts';
import { json, statement, type Projection, type Statement } from '../runner/projection.ts';
import type { Fact } from '../fact.ts';

/** Where a fact stands: with one booking, or with every booking that has or had a seat in the lesson. */
function placeOf(fact: Fact): { lane: TimelineLane; bookingId: string | null; lessonId: string | null } | null {
  switch (fact.type) {
    case 'SeatHeld':
    case 'SeatRefused':
    case 'SeatReleased':
      return { lane: 'calendar', bookingId: fact.data.bookingId, lessonId: null };
    // A seat's own facts are nobody else's business: they stand with that booking only.
    case 'SeatTaken':
    case 'SeatGivenUp':
    case 'OutcomeDecided':
      return { lane: 'lesson', bookingId: fact.data.bookingId, lessonId: null };
    case 'LessonScheduled':
    case 'LessonCancelled':
    case 'LessonStarted':
    case 'LessonEnded':
    case 'ParticipantJoined':
    case 'ParticipantLeft':
    case 'MediaStarted':
    case 'MediaStopped':
    case 'WorkNoted':
      return { lane: 'lesson', bookingId: null, lessonId: fact.data.lessonId };
    case 'BookingRequested':
    case 'BookingAccepted':
    case 'BookingDeclined':
    case 'BookingConfirmed':
    case 'BookingExpired':
    case 'BookingCancelled':
    case 'BookingStarted':
    case 'BookingCompleted':
    case 'BookingUnderReview':
    case 'BookingClosed':
      return { lane: 'booking', bookingId: fact.data.bookingId, lessonId: null };
    case 'OrderPlanned':
    case 'OrderCreated':
    case 'PaymentAttemptFailed':
    case 'PaymentAuthorized':
    case 'PaymentCaptured':
    case 'SurplusPaymentDetected':
    case 'RefundRequested':
    case 'RefundProcessed':
    case 'RefundFailed':
      return { lane: 'payment', bookingId: fact.data.bookingId, lessonId: null };
    case 'PayoutPlanned':
    case 'TransferRequested':
    case 'TransferProcessed':
    case 'TransferFailed':
    case 'HoldStarted':
    case 'ReleaseAuthorized':
    case 'HoldLifted':
    case 'TransferSettled':
    case 'ReversalRequested':
    case 'TransferReversed':
    case 'PayoutCancelled':
      return { lane: 'payout', bookingId: fact.data.bookingId, lessonId: null };
    default:
      return null;
  }
}

/** Every event of one case in order, found by booking (SPEC RM8). */
export const timeline: Projection = {
  name: 'timeline',
  schema: `
    CREATE TABLE read_model.timeline (
      ordinal int8 PRIMARY KEY,
      event_id text NOT NULL,
      position text NOT NULL,
      stream text NOT NULL,
      revision int8 NOT NULL,
      lane text NOT NULL,
      booking_id text,
      lesson_id text,
      type text NOT NULL,
      data jsonb NOT NULL,
      actor jsonb NOT NULL,
      occurred_at int8 NOT NULL,
      recorded_at int8 NOT NULL,
      correlation_id text NOT NULL,
      chain text NOT NULL
    );
    CREATE INDEX timeline_booking ON read_model.timeline (booking_id, ordinal);
    CREATE INDEX timeline_lesson ON read_model.timeline (lesson_id, ordinal);
    CREATE TABLE read_model.timeline_seat (
      booking_id text NOT NULL,
      lesson_id text NOT NULL,
      PRIMARY KEY (booking_id, lesson_id)
    );
  `,
  tables: { timeline: 'ordinal', timeline_seat: 'booking_id, lesson_id' },
  project(fact, ordinal) {
    const place = placeOf(fact);
    if (!place) return [];
    const statements: Statement[] = [
      statement(
        `INSERT INTO read_model.timeline (ordinal, event_id, position, stream, revision, lane, booking_id, lesson_id, type, data,
           actor, occurred_at, recorded_at, correlation_id, chain)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12, $13, $14, $15)
         ON CONFLICT (ordinal) DO NOTHING`,
        ordinal,
        fact.id,
        fact.position,
        fact.stream,
        fact.revision,
        place.lane,
        place.bookingId,
        place.lessonId,
        fact.type,
        json(fact.data),
        json(fact.meta.actor),
        fact.meta.occurredAt,
        fact.recordedAt,
        fact.meta.correlationId,
        fact.chain,
      ),
    ];
    if (fact.type === 'SeatTaken')
      statements.push(
        statement(
          `INSERT INTO read_model.timeline_seat (booking_id, lesson_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
          fact.data.bookingId,
          fact.data.lessonId,
        ),
      );
    return statements;
  },
};

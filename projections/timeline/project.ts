import type { Fact } from '../fact.ts';
import type { TimelineLane } from '../queries.ts';
import { growingTable, json, table, type Projection } from '../runner/projection.ts';

interface Place {
  readonly lane: TimelineLane;
  readonly bookingId: string | null;
  readonly lessonId: string | null;
  readonly tutorId: string | null;
}

/** Streams whose every event is about one booking, and calendars, some of whose events are. */
const LANES: Readonly<Record<string, TimelineLane>> = {
  booking: 'booking',
  calendar: 'calendar',
  payment: 'payment',
  payout: 'payout',
  dispute: 'dispute',
  chargeback: 'chargeback',
};

type OfAccount = Extract<
  Fact,
  { type: 'LinkedAccountActivated' | 'LinkedAccountSuspended' | 'LinkedAccountFailed' | 'BankDetailsChanged' }
>;

/** What of a tutor's own stream decides over their payouts. What they told us for it is in none of these. */
const isOfAccount = (fact: Fact): fact is OfAccount =>
  fact.type === 'LinkedAccountActivated' ||
  fact.type === 'LinkedAccountSuspended' ||
  fact.type === 'LinkedAccountFailed' ||
  fact.type === 'BankDetailsChanged';

/** Where a fact stands: with one booking, or with every booking that has or had a seat in the lesson. */
function placeOf(fact: Fact): Place | null {
  const data: Readonly<Record<string, unknown>> = fact.data;
  const bookingId = typeof data.bookingId === 'string' ? data.bookingId : null;
  if (fact.category === 'lesson') {
    // A seat's own facts are nobody else's business: they stand with that booking only.
    const lessonId = bookingId === null && typeof data.lessonId === 'string' ? data.lessonId : null;
    return { lane: 'lesson', bookingId, lessonId, tutorId: null };
  }
  if (isOfAccount(fact)) return { lane: 'tutor', bookingId: null, lessonId: null, tutorId: fact.data.tutorId };
  const lane = LANES[fact.category];
  return lane === undefined || bookingId === null ? null : { lane, bookingId, lessonId: null, tutorId: null };
}

const TIMELINE = growingTable(
  'timeline',
  {
    ordinal: 'int8',
    event_id: 'text',
    position: 'text',
    stream: 'text',
    revision: 'int8',
    lane: 'text',
    booking_id: 'text null',
    lesson_id: 'text null',
    tutor_id: 'text null',
    type: 'text',
    data: 'json',
    actor: 'json',
    occurred_at: 'int8',
    recorded_at: 'int8',
    correlation_id: 'text',
    chain: 'text',
  },
  {
    key: ['ordinal'],
    indexes: {
      timeline_booking: '(booking_id, ordinal) WHERE booking_id IS NOT NULL',
      timeline_lesson: '(lesson_id, ordinal) WHERE lesson_id IS NOT NULL',
      timeline_tutor: '(tutor_id, ordinal) WHERE tutor_id IS NOT NULL',
    },
  },
);

const TIMELINE_SEAT = table(
  'timeline_seat',
  { booking_id: 'text', lesson_id: 'text' },
  { key: ['booking_id', 'lesson_id'] },
);

/** Every event of one case in order, found by booking (SPEC RM8). */
export const timeline: Projection = {
  name: 'timeline',
  tables: [TIMELINE, TIMELINE_SEAT],
  project(fact, rows, ordinal) {
    const place = placeOf(fact);
    if (!place) return;
    rows.add(TIMELINE, {
      ordinal,
      event_id: fact.id,
      position: fact.position,
      stream: fact.stream,
      revision: fact.revision,
      lane: place.lane,
      booking_id: place.bookingId,
      lesson_id: place.lessonId,
      tutor_id: place.tutorId,
      type: fact.type,
      data: json(fact.data),
      actor: json(fact.meta.actor),
      occurred_at: fact.meta.occurredAt,
      recorded_at: fact.recordedAt,
      correlation_id: fact.meta.correlationId,
      chain: fact.chain,
    });
    if (fact.type === 'SeatTaken')
      rows.put(TIMELINE_SEAT, { booking_id: fact.data.bookingId, lesson_id: fact.data.lessonId });
  },
};

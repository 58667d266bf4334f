/** The rows that the API answers with; a test holds them against the rows' types, field by field. */
import { Type } from '@sinclair/typebox';
import { IntegerOrNull, NumberOrNull, Paise, TextOrNull, oneOf, oneOfOrNull } from './schema.server.ts';

const OUTCOMES = [
  'held',
  'student-no-show',
  'tutor-no-show',
  'nobody',
  'unclear',
  'failed-technically',
  'cancelled-late',
] as const;
const REFUND_STATES = ['requested', 'delayed', 'failed', 'processed'] as const;
const DISPUTE_STATES = ['opened', 'under-review', 'awaiting-second', 'resolved', 'withdrawn'] as const;
const MODES = ['instant', 'accept'] as const;

export const Booking = Type.Object({
  bookingId: Type.String(),
  state: oneOf([
    'requested',
    'awaiting-payment',
    'confirmed',
    'in-progress',
    'under-review',
    'completed',
    'closed',
    'cancelled',
    'expired',
    'declined',
  ]),
  tutorId: Type.String(),
  tutorName: Type.String(),
  tutorSlug: TextOrNull,
  studentId: Type.String(),
  studentName: Type.String(),
  bookedBy: Type.String(),
  offerId: Type.String(),
  subject: Type.String(),
  startsAt: Type.Integer(),
  minutes: Type.Integer(),
  seats: Type.Integer(),
  price: Paise,
  mode: oneOf(MODES),
  note: Type.String(),
  policyVersion: Type.String(),
  requestedAt: Type.Integer(),
  confirmedAt: IntegerOrNull,
  lessonId: TextOrNull,
  code: TextOrNull,
  payBy: IntegerOrNull,
  orderId: TextOrNull,
  payment: oneOf([
    'none',
    'ordered',
    'failed',
    'authorized',
    'paid',
    'refunding',
    'refunded',
    'partly-refunded',
    'charged-back',
  ]),
  paymentProblem: TextOrNull,
  paymentMethod: TextOrNull,
  refundDue: Paise,
  refunded: Paise,
  declineReason: TextOrNull,
  cancelledBy: oneOfOrNull(['student', 'tutor', 'platform']),
  cancelRule: TextOrNull,
  outcome: oneOfOrNull(OUTCOMES),
  reschedule: Type.Unsafe<{
    proposalId: string;
    by: 'student' | 'tutor';
    startsAt: number;
    answerBy: number;
    agreed: boolean;
  } | null>({
    type: ['object', 'null'],
    required: ['proposalId', 'by', 'startsAt', 'answerBy', 'agreed'],
    properties: {
      proposalId: { type: 'string' },
      by: { type: 'string', enum: ['student', 'tutor'] },
      startsAt: { type: 'integer' },
      answerBy: { type: 'integer' },
      agreed: { type: 'boolean' },
    },
  }),
  refundCapPct: Type.Integer({ description: 'What the student’s own cancellation gives back at most, percent' }),
  disputeState: oneOfOrNull(DISPUTE_STATES),
  refundState: oneOfOrNull(REFUND_STATES),
  refundExpectedBy: IntegerOrNull,
});

export const TimelineEvent = Type.Object({
  position: Type.String(),
  eventId: Type.String(),
  stream: Type.String(),
  revision: Type.Integer(),
  lane: oneOf(['booking', 'calendar', 'payment', 'payout', 'lesson', 'dispute', 'chargeback', 'tutor']),
  type: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown(), { description: 'What of the event is the reader’s to see' }),
  actor: Type.Object({
    kind: oneOf(['person', 'process', 'provider', 'system']),
    id: Type.String(),
    role: Type.Optional(Type.String()),
  }),
  actorName: TextOrNull,
  occurredAt: Type.Integer({ description: 'Business time' }),
  recordedAt: Type.Integer({ description: 'Wall time' }),
  correlationId: Type.String(),
  chain: Type.String({ description: 'Empty where data was left out' }),
});

export const Earning = Type.Object({
  bookingId: Type.String(),
  tutorId: Type.String(),
  studentName: Type.String(),
  subject: Type.String(),
  startsAt: Type.Integer(),
  minutes: Type.Integer(),
  code: TextOrNull,
  gross: Paise,
  commission: Paise,
  share: Paise,
  state: oneOf([
    'planned',
    'transfer-pending',
    'held',
    'hold-running',
    'disputed',
    'releasing',
    'released',
    'settled',
    'reversing',
    'reversed',
    'failed',
    'cancelled',
  ]),
  t0: IntegerOrNull,
  releaseAt: IntegerOrNull,
  releasedAt: IntegerOrNull,
  transferId: TextOrNull,
  reversed: Paise,
  owed: Paise,
  clawback: Paise,
  pauses: Type.Array(
    Type.Object({ reason: oneOf(['bank-changed', 'account-suspended', 'chargeback']), until: IntegerOrNull }),
  ),
  settlementId: TextOrNull,
  disputeState: oneOfOrNull(DISPUTE_STATES),
  outcome: oneOfOrNull(OUTCOMES),
});

export const EarningsShape = Type.Object({
  rows: Type.Array(Earning),
  next: TextOrNull,
  held: Paise,
  disputed: Paise,
  paused: Paise,
  released: Paise,
  settled: Paise,
  owed: Paise,
  nextReleaseAt: IntegerOrNull,
  nextReleaseAmount: IntegerOrNull,
});

const Interval = Type.Object({ from: Type.Integer(), to: IntegerOrNull });

export const Attendance = Type.Object({
  personId: Type.String(),
  name: Type.String(),
  role: Type.String(),
  here: Type.Array(Interval),
  sent: Type.Array(Interval),
  received: Type.Array(Interval),
  away: Type.Array(Interval, { description: 'Here with the page out of sight; part of `here`' }),
  workedMinutes: Type.Array(Type.Integer()),
  hereMs: Type.Integer(),
  awayMs: Type.Integer(),
});

const LESSON = {
  lessonId: Type.String(),
  code: Type.String(),
  tutorId: Type.String(),
  tutorName: Type.String(),
  subject: Type.String(),
  startsAt: Type.Integer(),
  minutes: Type.Integer(),
  seats: Type.Integer(),
  state: oneOf(['scheduled', 'live', 'ended', 'cancelled']),
  startedAt: IntegerOrNull,
  endedAt: IntegerOrNull,
  endedBy: TextOrNull,
  students: Type.Array(Type.Object({ bookingId: Type.String(), studentId: Type.String(), name: Type.String() })),
  /** Of a study room, whose host stands as its tutor. */
  study: Type.Union([
    Type.Object({
      guests: Type.Array(
        Type.Object({ personId: Type.String(), name: Type.String(), place: oneOf(['asked', 'in', 'out']) }),
      ),
    }),
    Type.Null(),
  ]),
};

export const Lesson = Type.Object({ ...LESSON, attendance: Type.Array(Attendance) });

const Offer = Type.Object({
  offerId: Type.String(),
  minutes: Type.Unsafe<30 | 45 | 60 | 90>({ type: 'integer', enum: [30, 45, 60, 90] }),
  seats: Type.Integer(),
  price: Paise,
  title: Type.String(),
});

const CARD = {
  tutorId: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  headline: Type.String(),
  subjects: Type.Array(Type.String()),
  levels: Type.Array(Type.String()),
  languages: Type.Array(Type.String()),
  city: Type.String(),
  yearsTeaching: Type.Number(),
  offers: Type.Array(Offer),
  mode: oneOf(MODES),
  rating: NumberOrNull,
  reviews: Type.Integer(),
  fromPrice: IntegerOrNull,
  nextFreeAt: IntegerOrNull,
  lessonsTaught: Type.Integer(),
  bookable: Type.Boolean(),
};

export const Card = Type.Object(CARD);

export const TutorProfile = Type.Object({
  ...CARD,
  about: Type.String(),
  education: Type.String(),
  zone: Type.String(),
  windows: Type.Array(
    Type.Object({
      weekday: Type.Unsafe<0 | 1 | 2 | 3 | 4 | 5 | 6>({ type: 'integer', enum: [0, 1, 2, 3, 4, 5, 6] }),
      from: Type.String(),
      to: Type.String(),
      offerId: Type.String(),
    }),
  ),
  timeOff: Type.Array(Type.Object({ from: Type.Integer(), to: Type.Integer() })),
  latestReviews: Type.Array(
    Type.Object({
      bookingId: Type.String(),
      authorName: Type.String(),
      rating: Type.Number(),
      text: Type.String(),
      writtenAt: Type.Integer(),
    }),
  ),
});

export const FreeSlot = Type.Object({
  startsAt: Type.Integer(),
  minutes: Type.Integer(),
  offerId: Type.String(),
  seats: Type.Integer(),
  seatsLeft: Type.Integer(),
  price: Paise,
});

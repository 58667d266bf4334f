/** The API alone, over services that only know one group lesson. */
import Fastify, { type FastifyInstance } from 'fastify';
import { gzipSync } from 'node:zlib';
import { registerApi } from '#app/server/api/api.server.ts';
import type { Auth } from '#app/server/auth/auth.server.ts';
import { replayServices } from '#app/server/replay-services.server.ts';
import type { Person, Services } from '#app/server/services.ts';
import { maySeeBooking, maySeeLesson } from '#app/server/visibility.server.ts';
import type { Role } from '#events/access/roles.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type {
  AttendanceRow,
  BookingRow,
  EarningRow,
  Earnings,
  LessonRow,
  Queries,
  TimelineLane,
  TimelineRow,
  TutorPage,
} from '#projections/queries.ts';

const person = (personId: string, ...roles: Role[]): Person => ({
  personId,
  name: personId,
  email: `${personId}@x.test`,
  roles,
  zone: 'Asia/Kolkata',
});

export const PEOPLE: Readonly<Record<string, Person>> = Object.fromEntries(
  [
    person('asha', 'student'),
    person('rohan', 'student'),
    person('parent', 'guardian'),
    person('school', 'institute-admin'),
    person('kavita', 'tutor'),
    person('ops', 'ops'),
    person('auditor', 'auditor'),
    person('stranger', 'student'),
    // On duty, and a parent of somebody in the lesson.
    person('auditing-parent', 'auditor', 'guardian'),
  ].map((one) => [one.personId, one]),
);

/** Asha's seat, paid by UPI after a card failed. */
export const BOOKING: BookingRow = {
  bookingId: 'b-asha',
  state: 'confirmed',
  tutorId: 'kavita',
  tutorName: 'Kavita Rao',
  tutorSlug: 'kavita-rao',
  studentId: 'asha',
  studentName: 'Asha Menon',
  bookedBy: 'asha',
  offerId: 'group',
  subject: 'Mathematics',
  startsAt: 1_790_000_000_000,
  minutes: 60,
  seats: 3,
  price: 80_000,
  mode: 'instant',
  note: 'Limits',
  policyVersion: '2026-11',
  requestedAt: 1_789_000_000_000,
  confirmedAt: 1_789_000_060_000,
  lessonId: 'l-1',
  code: 'abc-def',
  payBy: null,
  orderId: 'order_secret',
  payment: 'paid',
  paymentProblem: 'card_declined_secret',
  paymentMethod: 'upi_secret',
  refundDue: 0,
  refunded: 0,
  declineReason: null,
  cancelledBy: null,
  cancelRule: null,
  outcome: 'held',
  reschedule: null,
  refundCapPct: 100,
  disputeState: null,
  refundState: null,
  refundExpectedBy: null,
};

export const LESSON: LessonRow = {
  lessonId: 'l-1',
  code: 'abc-def',
  tutorId: 'kavita',
  tutorName: 'Kavita Rao',
  subject: 'Mathematics',
  startsAt: BOOKING.startsAt,
  minutes: 60,
  study: null,
  seats: 3,
  state: 'ended',
  startedAt: BOOKING.startsAt,
  endedAt: null,
  endedBy: 'host',
  students: [
    { bookingId: 'b-asha', studentId: 'asha', name: 'Asha Menon' },
    { bookingId: 'b-rohan', studentId: 'rohan', name: 'Rohan' },
  ],
};

const attended = (personId: string): AttendanceRow => ({
  personId,
  name: personId,
  role: personId === 'kavita' ? 'host' : 'participant',
  here: [{ from: 1, to: null }],
  sent: [{ from: 1, to: 2 }],
  received: [],
  away: [{ from: 1, to: 2 }],
  workedMinutes: [60_000],
  hereMs: 3_600_000,
  awayMs: 1,
});
export const ATTENDANCE = ['kavita', 'asha', 'rohan'].map(attended);

export const EARNING: EarningRow = {
  bookingId: 'b-asha',
  tutorId: 'kavita',
  studentName: 'Asha Menon',
  subject: 'Mathematics',
  startsAt: BOOKING.startsAt,
  minutes: 60,
  code: 'abc-def',
  gross: 80_000,
  commission: 8_000,
  share: 72_000,
  state: 'hold-running',
  t0: 1,
  releaseAt: 2,
  releasedAt: null,
  transferId: 'trf_1',
  reversed: 0,
  owed: 0,
  clawback: 0,
  pauses: [],
  settlementId: null,
  disputeState: null,
  outcome: 'held',
};

export const EARNINGS: Earnings = {
  rows: [EARNING],
  next: null,
  held: 72_000,
  disputed: 0,
  paused: 0,
  released: 0,
  settled: 0,
  owed: 0,
  nextReleaseAt: 2,
  nextReleaseAmount: 72_000,
};

const happened = (
  lane: TimelineLane,
  type: string,
  data: Readonly<Record<string, unknown>>,
  actor: TimelineRow['actor'] = { kind: 'provider', id: 'razorpay' },
): TimelineRow => ({
  position: `p-${type}`,
  eventId: `e-${type}`,
  stream: `${lane}-x`,
  revision: 0,
  lane,
  type,
  data,
  actor,
  actorName: null,
  occurredAt: 1,
  recordedAt: 2,
  correlationId: 'c',
  chain: 'chain',
});

export const TIMELINE: readonly TimelineRow[] = [
  happened(
    'booking',
    'BookingRequested',
    { bookingId: 'b-asha', bookedBy: 'asha', policy: { holdMs: 1, cancelTiers: [{ beforeMs: 1, refundPct: 50 }] } },
    { kind: 'person', id: 'asha', role: 'student' },
  ),
  happened('calendar', 'SeatHeld', { bookingId: 'b-asha', lessonId: 'l-1' }),
  happened('payment', 'OrderPlanned', { bookingId: 'b-asha', amount: 80_000, receipt: 'rcpt_secret', payBy: 9 }),
  happened('payment', 'PaymentAttemptFailed', { bookingId: 'b-asha', method: 'card_secret', description: 'no_secret' }),
  happened('payment', 'PaymentCaptured', {
    bookingId: 'b-asha',
    orderId: 'order_secret',
    providerPaymentId: 'pay_secret',
    amount: 80_000,
    method: 'upi_secret',
    capturedAt: 5,
  }),
  happened('payout', 'PayoutPlanned', {
    bookingId: 'b-asha',
    accountId: 'acc_payout',
    providerPaymentId: 'pay_secret',
    share: 72_000,
  }),
  happened('payout', 'TransferProcessed', { bookingId: 'b-asha', transferId: 'trf_payout', amount: 72_000 }),
  happened(
    'lesson',
    'ParticipantJoined',
    { lessonId: 'l-1', personId: 'rohan' },
    { kind: 'person', id: 'rohan', role: 'participant' },
  ),
  happened('lesson', 'LessonStarted', { lessonId: 'l-1', at: 7 }, { kind: 'person', id: 'rohan' }),
];

export const TUTOR: TutorPage = {
  tutorId: 'kavita',
  slug: 'kavita-rao',
  name: 'Kavita Rao',
  headline: 'Maths',
  subjects: ['Mathematics'],
  levels: ['JEE'],
  languages: ['English'],
  city: 'Pune',
  yearsTeaching: 9,
  offers: [{ offerId: 'group', minutes: 60, seats: 3, price: 80_000, title: 'Group' }],
  mode: 'instant',
  rating: 4.7,
  reviews: 3,
  fromPrice: 80_000,
  nextFreeAt: null,
  lessonsTaught: 12,
  bookable: true,
  about: 'About',
  education: 'MSc',
  zone: 'Asia/Kolkata',
  windows: [{ weekday: 1, from: '09:00', to: '12:00', offerId: 'group' }],
  timeOff: [{ from: 1, to: 2 }],
  latestReviews: [{ bookingId: 'b-0', authorName: 'A', rating: 5, text: 'Good', writtenAt: 3 }],
};

export const SLOT = { startsAt: 1, minutes: 60, offerId: 'group', seats: 3, seatsLeft: 1, price: 80_000 };

/** Only what a test gives; anything else that is asked for throws. */
function only<T extends object>(what: string, parts: Partial<T>): T {
  return new Proxy(parts, {
    get(target, name) {
      if (Reflect.has(target, name)) return Reflect.get(target, name);
      throw new Error(`${what}.${String(name)} is not in this test`);
    },
  }) as T;
}

/** Ask as someone with the header `x-person`; `x-signed-in` where somebody else is by now. */
export async function startApi(
  settings: {
    lesson?: Partial<LessonRow>;
    now?: number;
    store?: EventStore;
    looks?: string[];
    /** Somebody complained of the lesson. */
    disputed?: boolean;
  } = {},
): Promise<FastifyInstance> {
  const lesson = { ...LESSON, ...settings.lesson };
  const children: Readonly<Record<string, readonly string[]>> = { parent: ['asha'], 'auditing-parent': ['asha'] };
  const queries = only<Queries>('queries', {
    dispute: async () => (settings.disputed ? ({} as Awaited<ReturnType<Queries['dispute']>>) : null),
    chargebacksOf: async () => [],
    rolesOf: async (personId) => ({
      roles: [],
      zone: 'Asia/Kolkata',
      children: children[personId] ?? [],
      institutes: personId === 'school' ? ['i-1'] : [],
    }),
    institute: async () => ({
      instituteId: 'i-1',
      name: 'School',
      members: [{ personId: 'asha', name: 'Asha', as: 'student' as const, lessons: 1, hereMs: 1 }],
    }),
    lessonByCode: async (code) => (code === lesson.code ? lesson : null),
    isTakenOut: async () => false,
    takenOutOf: async () => [],
    booking: async () => BOOKING,
    bookingsOf: async () => [BOOKING],
    timeline: async () => TIMELINE,
    attendance: async () => ATTENDANCE,
    earnings: async () => EARNINGS,
    searchTutors: async () => ({ tutors: [TUTOR], total: 1 }),
    tutorBySlug: async (slug) => (slug === TUTOR.slug ? TUTOR : null),
    freeSlots: async () => [SLOT],
  });
  const services = only<Services>('services', {
    queries,
    now: () => settings.now ?? LESSON.startsAt,
    book: async () => ({ kind: 'booked' as const, bookingId: BOOKING.bookingId }),
    cancel: async () => ({ kind: 'cancelled' as const }),
    visibleBooking: async (who, bookingId) =>
      bookingId === BOOKING.bookingId && (await maySeeBooking(queries, who, BOOKING)) ? BOOKING : null,
    visibleLesson: async (who, code) =>
      code === lesson.code && (await maySeeLesson(queries, who, lesson)) ? lesson : null,
    lookedAt: async (who, role, bookingIds, surface) =>
      void settings.looks?.push(`${who.personId} as ${role}: ${bookingIds.join(' ')} ${surface}`),
    // Each document's bytes are its name.
    documentSnapshot: async (name) => Buffer.from(name),
    ...replayServices({
      queries,
      store: settings.store ?? inMemoryStore(),
      now: () => LESSON.startsAt + 60_000,
      // Each document's history is its name.
      history: async (name, after) =>
        after > 9 ? null : { etag: `"9-0-${after}"`, gzip: async () => gzipSync(Buffer.from(name)) },
      shownHistory: async (name, stretches, after) =>
        after > 0 ? null : { etag: '"shown"', gzip: async () => gzipSync(JSON.stringify([name, stretches])) },
      takeLate: async (_name, _writer, update) => (update.length > 2 ? 'kept' : 'malformed'),
      historyCounts: async () => [{ personId: 'asha', minute: LESSON.startsAt, count: 9 }],
    }),
  });
  const app = Fastify();
  await app.register(async (api) => {
    await registerApi(api, {
      services,
      auth: only<Auth>('auth', {}),
      personOf: async (headers) => PEOPLE[headers.get('x-signed-in') ?? headers.get('x-person') ?? ''] ?? null,
    });
  });
  await app.ready();
  return app;
}

export const askAs = (app: FastifyInstance, who: string, url: string) =>
  app.inject({ url, headers: { 'x-person': who } });

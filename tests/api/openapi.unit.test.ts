import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import type { Static } from '@sinclair/typebox';
import type {
  Attendance,
  Booking,
  Card,
  EarningsShape,
  FreeSlot,
  Lesson,
  TimelineEvent,
  TutorProfile,
} from '#app/server/api/shapes.server.ts';
import type { PersonShape } from '#app/server/api/schema.server.ts';
import type { Person } from '#app/server/services.ts';
import type {
  AttendanceRow,
  BookingRow,
  Earnings,
  LessonRow,
  Slot,
  TimelineRow,
  TutorCard,
  TutorPage,
} from '#projections/queries.ts';
import { BOOKING, EARNINGS, PEOPLE, SLOT, TUTOR, askAs, startApi } from './stub.ts';

type Plain<T> = T extends readonly (infer U)[]
  ? Plain<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Plain<T[K]> }
    : T;
type Fits<A, B> = [A] extends [B] ? ([keyof B] extends [keyof A] ? true : false) : false;
type Same<Row, Shape> = [Fits<Plain<Row>, Plain<Shape>>, Fits<Plain<Shape>, Plain<Row>>];
/** Does not compile when a row has a field that its schema would drop, or the other way round. */
const SAME: readonly [
  Same<BookingRow, Static<typeof Booking>>,
  Same<TimelineRow, Static<typeof TimelineEvent>>,
  Same<Earnings, Static<typeof EarningsShape>>,
  Same<LessonRow & { attendance: AttendanceRow[] }, Static<typeof Lesson>>,
  Same<AttendanceRow, Static<typeof Attendance>>,
  Same<TutorCard, Static<typeof Card>>,
  Same<TutorPage, Static<typeof TutorProfile>>,
  Same<Slot, Static<typeof FreeSlot>>,
  Same<Person, Static<typeof PersonShape>>,
] = [
  [true, true],
  [true, true],
  [true, true],
  [true, true],
  [true, true],
  [true, true],
  [true, true],
  [true, true],
  [true, true],
];

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required?: boolean }[];
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema?: unknown }>> }>>;
}

const KEYED = [
  'post /api/v1/bookings',
  'post /api/v1/bookings/{id}/cancel',
  'post /api/v1/bookings/{id}/dispute',
  'post /api/v1/bookings/{id}/dispute/answer',
  'post /api/v1/bookings/{id}/dispute/resolution',
  'post /api/v1/bookings/{id}/dispute/resolution/{proposalId}/approve',
  'post /api/v1/bookings/{id}/dispute/resolution/{proposalId}/reject',
  'post /api/v1/bookings/{id}/dispute/statements',
  'post /api/v1/bookings/{id}/dispute/withdraw',
  'post /api/v1/bookings/{id}/reschedule',
  'post /api/v1/bookings/{id}/reschedule/{proposalId}/answer',
  'post /api/v1/bookings/{id}/reschedule/{proposalId}/withdraw',
  'post /api/v1/conversations/direct',
  'post /api/v1/conversations/groups',
  'put /api/v1/payout-account',
];

let app: FastifyInstance;
let operations: (readonly [name: string, operation: Operation])[];

beforeAll(async () => {
  app = await startApi();
  const { paths } = (await app.inject('/api/v1/openapi.json')).json<{
    paths: Record<string, Record<string, Operation>>;
  }>();
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  );
});
afterAll(() => app.close());

describe('the description of the API', () => {
  it('says of every operation what it is, what it answers, and how it refuses', () => {
    expect(operations.length).toBeGreaterThanOrEqual(16);
    for (const [name, { summary, responses = {} }] of operations) {
      expect(summary, name).toBeTruthy();
      const good = Object.entries(responses).filter(([status]) => /^20[01]$/.test(status));
      expect(good.length, name).toBe(1);
      for (const [, { content }] of good)
        for (const media of Object.values(content ?? { none: {} })) expect(media.schema, name).toBeTruthy();
      for (const status of ['4XX', '5XX'])
        expect(responses[status]?.content?.['application/problem+json']?.schema, `${name} ${status}`).toMatchObject({
          properties: { code: { type: 'string' } },
        });
    }
  });

  it('declares the Idempotency-Key of the commands that need it, and of no other', () => {
    const keyed = operations.filter(([, { parameters = [] }]) =>
      parameters.some((one) => one.in === 'header' && one.name.toLowerCase() === 'idempotency-key' && one.required),
    );
    expect(keyed.map(([name]) => name).sort()).toEqual(KEYED);
  });

  it('tells a new booking as 201', () => {
    const booked = operations.find(([name]) => name === KEYED[0]);
    expect(Object.keys(booked?.[1].responses ?? {})).toEqual(expect.arrayContaining(['201', '4XX', '5XX']));
  });
});

describe('an answer', () => {
  it('has every field that its row has', async () => {
    expect(SAME.flat()).not.toContain(false);
    const tutors = await app.inject('/api/v1/tutors?subject=Mathematics&limit=5');
    const { about: _about, education: _e, zone: _z, windows: _w, timeOff: _t, latestReviews: _l, ...card } = TUTOR;
    expect(tutors.json()).toEqual({ tutors: [card], total: 1 });
    expect((await app.inject('/api/v1/tutors/kavita-rao')).json()).toEqual(TUTOR);
    expect((await app.inject('/api/v1/tutors/kavita-rao/slots')).json()).toEqual({ slots: [SLOT] });
    expect((await askAs(app, 'kavita', '/api/v1/earnings')).json()).toEqual(EARNINGS);
    expect((await askAs(app, 'asha', '/api/v1/me')).json()).toEqual(PEOPLE['asha']);
  });

  it('that refuses is a whole problem', async () => {
    const answer = await app.inject('/api/v1/me');
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Object.keys(answer.json()).sort()).toEqual(['code', 'correlationId', 'detail', 'status', 'title', 'type']);
    expect(answer.json()).toMatchObject({ status: 401, code: 'not-signed-in' });
  });
});

describe('a request', () => {
  const book = (key: string | null, body: object = {}) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/bookings',
      headers: { 'x-person': 'asha', ...(key === null ? {} : { 'idempotency-key': key }) },
      payload: { tutorId: 'kavita', offerId: 'group', startsAt: 1, subject: 'Mathematics', ...body },
    });

  it.each([null, '', 'not-a-uuid', crypto.randomUUID().toUpperCase()])(
    'to book with the key %o is refused',
    async (key) => {
      const answer = await book(key);
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'bad-request-id']);
      expect(answer.json().detail).toMatch(/Idempotency-Key/);
    },
  );

  it('to book with a key answers 201 and the whole booking', async () => {
    const answer = await book(crypto.randomUUID());
    expect([answer.statusCode, answer.json()]).toEqual([201, BOOKING]);
  });

  it.each([
    '/api/v1/tutors?freeFrom=9000000000000000',
    '/api/v1/tutors?freeTo=9007199254740993',
    '/api/v1/tutors?freeFrom=-1',
    '/api/v1/tutors?freeFrom=0&freeTo=253402300799999',
    '/api/v1/tutors?freeTo=253402300799999',
    '/api/v1/tutors?text=a%00b',
    '/api/v1/tutors/a%00b',
    '/api/v1/tutors/kavita-rao/slots?from=9000000000000000',
    '/api/v1/bookings/%00',
    '/api/v1/lessons/a%00',
  ])('for %s is refused', async (url) => {
    const answer = await askAs(app, 'asha', url);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'invalid-request']);
  });

  it('with a NUL character in its body is refused', async () => {
    const answer = await book(crypto.randomUUID(), { note: 'a\u0000b' });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'invalid-request']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { ATTENDANCE, BOOKING, LESSON, TIMELINE, askAs, startApi } from './stub.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = await startApi();
});
afterAll(() => app.close());

const booking = `/api/v1/bookings/${BOOKING.bookingId}`;
const typesOf = (body: { events: { type: string }[] }): string[] => body.events.map(({ type }) => type);

describe('a booking', () => {
  it.each(['asha', 'parent', 'school', 'ops', 'auditor'])('is whole for %s', async (who) => {
    expect((await askAs(app, who, booking)).json()).toEqual(BOOKING);
  });

  it('does not tell the tutor how somebody pays, whichever way they ask', async () => {
    const cut = { ...BOOKING, orderId: null, paymentMethod: null, paymentProblem: null };
    expect((await askAs(app, 'kavita', booking)).json()).toEqual(cut);
    expect((await askAs(app, 'kavita', '/api/v1/bookings')).json()).toEqual({ bookings: [cut] });
    const cancelled = await app.inject({
      method: 'POST',
      url: `${booking}/cancel`,
      headers: { 'x-person': 'kavita', 'idempotency-key': crypto.randomUUID() },
      payload: {},
    });
    expect(cancelled.json()).toEqual(cut);
  });

  it.each(['rohan', 'stranger'])('does not exist for %s', async (who) => {
    expect((await askAs(app, who, booking)).statusCode).toBe(404);
    expect((await askAs(app, who, `${booking}/timeline`)).statusCode).toBe(404);
  });
});

describe('a timeline', () => {
  it.each(['ops', 'auditor'])('is whole for %s', async (who) => {
    expect((await askAs(app, who, `${booking}/timeline`)).json()).toEqual({ events: TIMELINE });
  });

  it('has every event for the tutor, without anything of how it was paid', async () => {
    const answer = await askAs(app, 'kavita', `${booking}/timeline`);
    expect(typesOf(answer.json())).toEqual(TIMELINE.map(({ type }) => type));
    expect(answer.body).not.toMatch(/_secret/);
    expect(answer.body).toMatch(/trf_payout/);
    const captured = answer.json().events.find(({ type }: { type: string }) => type === 'PaymentCaptured');
    expect(captured).toMatchObject({ data: { bookingId: 'b-asha', amount: 80_000, capturedAt: 5 }, chain: '' });
  });

  it.each(['asha', 'parent', 'school'])(
    'has type and time of payouts for %s, and no one else’s doings',
    async (who) => {
      const answer = await askAs(app, who, `${booking}/timeline`);
      expect(typesOf(answer.json())).toEqual(
        TIMELINE.map(({ type }) => type).filter((type) => type !== 'ParticipantJoined'),
      );
      expect(answer.body).not.toMatch(/_payout|72000|rohan/);
      expect(answer.body).toMatch(/pay_secret/);
    },
  );
});

describe('a lesson', () => {
  const lesson = `/api/v1/lessons/${LESSON.code}`;

  it.each(['kavita', 'ops', 'auditor'])('has all seats and all attendance for %s', async (who) => {
    expect((await askAs(app, who, lesson)).json()).toEqual({ ...LESSON, attendance: ATTENDANCE });
  });

  it.each([
    ['asha', 'asha'],
    ['parent', 'asha'],
    ['school', 'asha'],
    ['rohan', 'rohan'],
  ])('has for %s only the seat of %s, and their and the tutor’s attendance', async (who, whose) => {
    expect((await askAs(app, who, lesson)).json()).toEqual({
      ...LESSON,
      students: LESSON.students.filter(({ studentId }) => studentId === whose),
      attendance: ATTENDANCE.filter(({ personId }) => personId === 'kavita' || personId === whose),
    });
  });
});

describe('what is read on duty', () => {
  it('LK1: is noted, for the bookings that it concerns; what somebody reads of their own is not', async () => {
    const looks: string[] = [];
    const noting = await startApi({ looks });
    const paths = [
      booking,
      `${booking}/timeline`,
      `/api/v1/lessons/${LESSON.code}`,
      `/api/v1/lessons/${LESSON.code}/history`,
      `/api/v1/lessons/${LESSON.code}/history/chat`,
      `/api/v1/lessons/${LESSON.code}/documents/board`,
    ];
    for (const who of ['asha', 'parent', 'school', 'kavita', 'stranger'])
      for (const path of paths) await askAs(noting, who, path);
    expect(looks).toEqual([]);
    for (const path of paths) await askAs(noting, 'auditor', path);
    expect(looks).toEqual([
      'auditor as auditor: b-asha api',
      'auditor as auditor: b-asha api',
      ...Array.from({ length: 4 }, () => 'auditor as auditor: b-asha b-rohan lesson'),
    ]);
    await askAs(noting, 'ops', booking);
    expect(looks.at(-1)).toBe('ops as ops: b-asha api');
    await noting.close();
  });
});

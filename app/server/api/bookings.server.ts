import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isRefusal } from '#events/shared/refusal.ts';
import type { Services } from '../services.ts';
import { signedIn } from './api.server.ts';
import { problem, refused } from './problem.server.ts';

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface NewBooking {
  tutorId: string;
  offerId: string;
  startsAt: number;
  subject: string;
  note?: string;
  studentId?: string;
}

/** The client's request id; null when it is missing or no UUID. */
function requestIdOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  return typeof key === 'string' && UUID.test(key) ? key : null;
}

const NEEDS_KEY = 'Send an Idempotency-Key header with a UUID that you keep when you repeat the request.';

export function registerBookings(app: FastifyInstance, services: Services): void {
  app.post<{ Body: NewBooking }>(
    '/api/v1/bookings',
    {
      schema: {
        summary: 'Book a seat. Needs Idempotency-Key (a UUID); the same key books once',
        body: Type.Object({
          tutorId: Type.String(),
          offerId: Type.String(),
          startsAt: Type.Integer(),
          subject: Type.String({ maxLength: 100 }),
          note: Type.Optional(Type.String({ maxLength: 1_000 })),
          studentId: Type.Optional(Type.String()),
        }),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const requestId = requestIdOf(request);
      if (!requestId) return problem(reply, 400, 'bad-request-id', NEEDS_KEY);
      const { body } = request;
      const booked = await services.book(
        person,
        {
          requestId,
          tutorId: body.tutorId,
          offerId: body.offerId,
          startsAt: body.startsAt,
          subject: body.subject,
          note: body.note ?? '',
          studentId: body.studentId ?? person.personId,
        },
        request.id,
      );
      if (isRefusal(booked)) return refused(reply, booked);
      return reply.code(201).send(await services.queries.booking(booked.bookingId));
    },
  );

  app.get(
    '/api/v1/bookings',
    { schema: { summary: 'Own bookings, and those of the children one acts for' } },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      return { bookings: await services.queries.bookingsOf(person.personId) };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/bookings/:id',
    { schema: { summary: 'One booking', params: Id } },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const booking = await services.visibleBooking(person, request.params.id);
      return booking ?? problem(reply, 404, 'not-found', 'There is no such booking.');
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/bookings/:id/timeline',
    { schema: { summary: 'Every event of one booking, in order', params: Id } },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const booking = await services.visibleBooking(person, request.params.id);
      if (!booking) return problem(reply, 404, 'not-found', 'There is no such booking.');
      return { events: await services.queries.timeline(booking.bookingId) };
    },
  );

  app.post<{ Params: { id: string }; Body: { reason?: string } }>(
    '/api/v1/bookings/:id/cancel',
    {
      schema: {
        summary: 'Cancel under the booking’s policy. Needs Idempotency-Key',
        params: Id,
        body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const requestId = requestIdOf(request);
      if (!requestId) return problem(reply, 400, 'bad-request-id', NEEDS_KEY);
      const outcome = await services.cancel(person, request.params.id, request.body.reason ?? '', requestId);
      if (isRefusal(outcome)) return refused(reply, outcome);
      return services.queries.booking(request.params.id);
    },
  );

  app.post<{
    Params: { id: string };
    Body: { razorpay_payment_id: string; razorpay_order_id: string; razorpay_signature: string };
  }>(
    '/api/v1/bookings/:id/verify',
    {
      schema: {
        summary: 'The checkout’s answer: signature checked, payment fetched from the provider',
        params: Id,
        body: Type.Object({
          razorpay_payment_id: Type.String({ maxLength: 40 }),
          razorpay_order_id: Type.String({ maxLength: 40 }),
          razorpay_signature: Type.String({ maxLength: 128 }),
        }),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const outcome = await services.verifyCheckout(person, request.params.id, request.body);
      if (isRefusal(outcome)) return refused(reply, outcome);
      return services.queries.booking(request.params.id);
    },
  );

  app.get('/api/v1/earnings', { schema: { summary: 'A tutor’s own payouts' } }, async (request, reply) => {
    const person = signedIn(request, reply);
    if (!person) return reply;
    if (!person.roles.includes('tutor')) return problem(reply, 404, 'not-found', 'Only tutors have earnings.');
    return services.queries.earnings(person.personId);
  });
}

import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isRefusal } from '#events/shared/refusal.ts';
import type { BookingRow } from '#projections/queries.ts';
import { dutyOf } from '../look-services.server.ts';
import type { Person, Services } from '../services.ts';
import { bookingFor, readerOf, timelineFor, type Reader } from '../views.server.ts';
import { signedIn } from './api.server.ts';
import { problem, refused } from './problem.server.ts';
import { Id, Instant, RequestKey, answers } from './schema.server.ts';
import { Booking, EarningsShape, TimelineEvent } from './shapes.server.ts';

interface NewBooking {
  tutorId: string;
  offerId: string;
  startsAt: number;
  subject: string;
  note?: string;
  studentId?: string;
}

/** The schema has seen to it that it is there. */
const requestIdOf = (request: FastifyRequest): string => String(request.headers['idempotency-key']);

/** On whose side they read it; on duty it is noted as a look. */
async function readingOf(services: Services, person: Person, booking: BookingRow): Promise<Reader> {
  const reader = await readerOf(services.queries, person, booking);
  if (reader === 'ops') await services.lookedAt(person, dutyOf(person), [booking.bookingId], 'api');
  return reader;
}

/** The booking as it is now and as this person may see it. */
async function shown(services: Services, person: Person, bookingId: string): Promise<BookingRow | null> {
  const booking = await services.visibleBooking(person, bookingId);
  return booking && bookingFor(await readingOf(services, person, booking), booking);
}

const unknown = (reply: FastifyReply): FastifyReply => problem(reply, 404, 'not-found', 'There is no such booking.');

export function registerBookings(app: FastifyInstance, services: Services): void {
  app.post<{ Body: NewBooking }>(
    '/api/v1/bookings',
    {
      schema: {
        summary: 'Book a seat. The same key books once',
        headers: RequestKey,
        response: answers(201, Booking),
        body: Type.Object({
          tutorId: Type.String({ maxLength: 64 }),
          offerId: Type.String({ maxLength: 64 }),
          startsAt: Instant,
          subject: Type.String({ maxLength: 100 }),
          note: Type.Optional(Type.String({ maxLength: 1_000 })),
          studentId: Type.Optional(Type.String({ maxLength: 64 })),
        }),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const requestId = requestIdOf(request);
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
      const booking = await shown(services, person, booked.bookingId);
      if (!booking) return problem(reply, 503, 'not-ready', 'The seat was asked for. Send this again to see it.');
      return reply.code(201).send(booking);
    },
  );

  app.get(
    '/api/v1/bookings',
    {
      schema: {
        summary: 'Own bookings, and those of the children one acts for',
        response: answers(200, Type.Object({ bookings: Type.Array(Booking) })),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const bookings = await services.queries.bookingsOf(person.personId);
      return {
        bookings: await Promise.all(
          bookings.map(async (booking) => bookingFor(await readerOf(services.queries, person, booking), booking)),
        ),
      };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/bookings/:id',
    { schema: { summary: 'One booking, as the reader may see it', params: Id, response: answers(200, Booking) } },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      return (await shown(services, person, request.params.id)) ?? unknown(reply);
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/bookings/:id/timeline',
    {
      schema: {
        summary: 'The events of one booking in order, with the data that are the reader’s to see',
        params: Id,
        response: answers(200, Type.Object({ events: Type.Array(TimelineEvent) })),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const booking = await services.visibleBooking(person, request.params.id);
      if (!booking) return unknown(reply);
      const rows = await services.queries.timeline(booking.bookingId);
      return { events: timelineFor(await readingOf(services, person, booking), booking, rows) };
    },
  );

  app.post<{ Params: { id: string }; Body: { reason?: string } }>(
    '/api/v1/bookings/:id/cancel',
    {
      schema: {
        summary: 'Cancel under the booking’s policy',
        params: Id,
        headers: RequestKey,
        response: answers(200, Booking),
        body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const requestId = requestIdOf(request);
      const outcome = await services.cancel(person, request.params.id, request.body.reason ?? '', requestId);
      if (isRefusal(outcome)) return refused(reply, outcome);
      return (await shown(services, person, request.params.id)) ?? unknown(reply);
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
        response: answers(200, Booking),
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
      return (await shown(services, person, request.params.id)) ?? unknown(reply);
    },
  );

  app.get<{ Querystring: { after?: string; limit?: number } }>(
    '/api/v1/earnings',
    {
      schema: {
        summary: 'A tutor’s own payouts, latest lessons first; `next` of a page is `after` of the one that follows it',
        querystring: Type.Object({
          after: Type.Optional(Type.String({ maxLength: 100 })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
        }),
        response: answers(200, EarningsShape),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      if (!person.roles.includes('tutor')) return problem(reply, 404, 'not-found', 'Only tutors have earnings.');
      return services.queries.earnings(person.personId, request.query);
    },
  );
}

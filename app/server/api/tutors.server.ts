import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { TutorSearch } from '#projections/queries.ts';
import type { Services } from '../services.ts';
import { problem } from './problem.server.ts';
import { Instant, answers } from './schema.server.ts';
import { Card, FreeSlot, TutorProfile } from './shapes.server.ts';

const Search = Type.Object({
  text: Type.Optional(Type.String({ maxLength: 100 })),
  subject: Type.Optional(Type.String({ maxLength: 100 })),
  level: Type.Optional(Type.String({ maxLength: 100 })),
  language: Type.Optional(Type.String({ maxLength: 100 })),
  maxPrice: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000, description: 'Paise a seat' })),
  freeFrom: Type.Optional(Instant),
  freeTo: Type.Optional(Instant),
  sort: Type.Optional(Type.Union([Type.Literal('best'), Type.Literal('price'), Type.Literal('soonest')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
});

const Slug = Type.Object({ slug: Type.String({ maxLength: 100 }) });

const FOUR_WEEKS = 28 * 24 * 3_600_000;
/** Every tutor's slots of the range are worked out, so it has an end. */
const LONGEST_SEARCH = 92 * 24 * 3_600_000;

export function registerTutors(app: FastifyInstance, services: Services): void {
  app.get<{ Querystring: TutorSearch }>(
    '/api/v1/tutors',
    {
      schema: {
        summary: 'Find tutors',
        querystring: Search,
        security: [],
        response: answers(200, Type.Object({ tutors: Type.Array(Card), total: Type.Integer() })),
      },
    },
    async (request, reply) => {
      const { freeFrom = services.now(), freeTo = freeFrom } = request.query;
      if (freeTo - freeFrom > LONGEST_SEARCH)
        return problem(reply, 400, 'invalid-request', 'Look for free times within at most 92 days.');
      return services.queries.searchTutors(request.query);
    },
  );

  app.get<{ Params: { slug: string } }>(
    '/api/v1/tutors/:slug',
    { schema: { summary: 'A tutor’s profile', params: Slug, security: [], response: answers(200, TutorProfile) } },
    async (request, reply) =>
      (await services.queries.tutorBySlug(request.params.slug)) ??
      problem(reply, 404, 'not-found', 'There is no such tutor.'),
  );

  app.get<{ Params: { slug: string }; Querystring: { from?: number; to?: number } }>(
    '/api/v1/tutors/:slug/slots',
    {
      schema: {
        summary: 'Free slots; the next four weeks unless told otherwise',
        params: Slug,
        querystring: Type.Object({ from: Type.Optional(Instant), to: Type.Optional(Instant) }),
        security: [],
        response: answers(200, Type.Object({ slots: Type.Array(FreeSlot) })),
      },
    },
    async (request, reply) => {
      const tutor = await services.queries.tutorBySlug(request.params.slug);
      if (!tutor) return problem(reply, 404, 'not-found', 'There is no such tutor.');
      const from = Math.max(request.query.from ?? 0, services.now());
      const to = Math.min(request.query.to ?? Number.MAX_SAFE_INTEGER, from + FOUR_WEEKS);
      return { slots: await services.queries.freeSlots(tutor.tutorId, from, to) };
    },
  );
}

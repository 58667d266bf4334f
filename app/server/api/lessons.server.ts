import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LESSON_ROLES } from '#events/access/roles.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { SURFACES, documentName, type Surface } from '#sync/documents/names.ts';
import { lessonLookedAt } from '../look-services.server.ts';
import type { JoinHow, Services } from '../services.ts';
import { attendanceFor, lessonFor } from '../views.server.ts';
import { mayReadOwn, maySeeDocuments } from '../visibility.server.ts';
import { signedIn } from './api.server.ts';
import { problem, refused } from './problem.server.ts';
import { answers, answersBytes, oneOf } from './schema.server.ts';
import { Lesson } from './shapes.server.ts';

export const Code = Type.Object({ code: Type.String({ maxLength: 32 }) });

/** A ticket, and what it opens. */
export const JoinAnswer = Type.Object({
  lessonId: Type.String(),
  role: oneOf(LESSON_ROLES),
  ticket: Type.String(),
  expiresAt: Type.Integer({ description: 'Wall time, ms' }),
  sync: Type.Object({
    url: Type.String(),
    documents: Type.Array(Type.Object({ name: Type.String(), clientIds: Type.Array(Type.Integer()) })),
  }),
  signalling: Type.Object({ url: Type.String(), path: Type.String() }),
});

/** Where the client reached us, such as `http://localhost:3000`. */
export const originOf = (request: FastifyRequest): string => `${request.protocol}://${request.host}`;

export function registerLessons(app: FastifyInstance, services: Services): void {
  app.post<{ Params: { code: string }; Body?: JoinHow }>(
    '/api/v1/lessons/:code/join',
    {
      schema: {
        summary: 'A ticket for the lesson’s board, chat and media: at most 15 minutes, renewed by asking again',
        params: Code,
        body: Type.Optional(
          Type.Object({
            avoid: Type.Optional(
              Type.String({ maxLength: 300, description: 'The `signalling.url` of before, which does not answer' }),
            ),
            renewing: Type.Optional(
              Type.Boolean({ description: 'Already in, and stays there: `signalling.url` is not for this client' }),
            ),
          }),
        ),
        response: answers(200, JoinAnswer),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const join = await services.join(person, request.params.code, originOf(request), request.body ?? {});
      if (isRefusal(join)) return refused(reply, join);
      return reply.header('cache-control', 'no-store').send(join);
    },
  );

  app.post<{ Params: { code: string } }>(
    '/api/v1/lessons/:code/end',
    {
      schema: {
        summary: 'End the lesson for all (host only)',
        params: Code,
        response: answers(200, Type.Object({ status: oneOf(['ended']) })),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const ended = await services.endLesson(person, request.params.code);
      return isRefusal(ended) ? refused(reply, ended) : { status: 'ended' };
    },
  );

  app.get<{ Params: { code: string } }>(
    '/api/v1/lessons/:code',
    {
      schema: {
        summary:
          'A lesson one may join or has attended, with attendance: the tutor’s and one’s own, or all for the tutor',
        params: Code,
        response: answers(200, Lesson),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const lesson = await services.visibleLesson(person, request.params.code);
      if (!lesson) return problem(reply, 404, 'not-found', 'There is no such lesson.');
      const { queries } = services;
      const [shown, attendance] = await Promise.all([
        lessonFor(queries, person, lesson),
        attendanceFor(queries, person, lesson),
      ]);
      await lessonLookedAt(services, person, lesson);
      return { ...shown, attendance };
    },
  );

  app.get<{ Params: { code: string; kind: Surface }; Querystring: { of?: string } }>(
    '/api/v1/lessons/:code/documents/:kind',
    {
      schema: {
        summary: 'The lesson’s board or chat as one Yjs update (bytes); 204 when nobody wrote anything',
        params: Type.Object({ code: Type.String(), kind: oneOf(SURFACES) }),
        querystring: Type.Object({
          of: Type.Optional(Type.String({ maxLength: 64, description: 'The student whose own it is' })),
        }),
        response: answersBytes('One Yjs update'),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const lesson = await services.visibleLesson(person, request.params.code);
      const owner = request.query.of ?? null;
      if (
        !lesson ||
        !(await maySeeDocuments(services.queries, person, lesson, services.now())) ||
        (owner !== null && !mayReadOwn(person, lesson, owner))
      )
        return problem(reply, 404, 'not-found', 'There is no such lesson.');
      await lessonLookedAt(services, person, lesson);
      const bytes = await services.documentSnapshot(
        documentName({ surface: request.params.kind, lessonId: lesson.lessonId, personId: owner }),
      );
      if (!bytes) return reply.code(204).send();
      return reply
        .header('content-type', 'application/octet-stream')
        .header('cache-control', 'private, no-store')
        .send(Buffer.from(bytes));
    },
  );
}

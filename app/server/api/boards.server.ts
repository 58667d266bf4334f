/** The board of a lesson before it begins: prepared by its tutor, carried on from an earlier lesson. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { isRefusal } from '#events/shared/refusal.ts';
import type { Services } from '../services.ts';
import { signedIn } from './api.server.ts';
import { Code, JoinAnswer, originOf } from './lessons.server.ts';
import { problem, refused } from './problem.server.ts';
import { answers } from './schema.server.ts';

const EarlierBoard = Type.Object({
  code: Type.String({ description: 'Of its lesson' }),
  subject: Type.String(),
  startsAt: Type.Integer({ description: 'Business time, ms' }),
});

export function registerBoards(app: FastifyInstance, services: Services): void {
  app.post<{ Params: { code: string } }>(
    '/api/v1/lessons/:code/prepare',
    {
      schema: {
        summary: 'A ticket for the lesson’s board alone, for its tutor, at any time until the lesson is over',
        params: Code,
        response: answers(200, JoinAnswer),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const join = await services.prepareBoard(person, request.params.code, originOf(request));
      if (isRefusal(join)) return refused(reply, join);
      return reply.header('cache-control', 'no-store').send(join);
    },
  );

  app.get<{ Params: { code: string } }>(
    '/api/v1/lessons/:code/earlier-boards',
    {
      schema: {
        summary: 'Boards of earlier lessons with the same students that may be carried on in this one (tutor only)',
        params: Code,
        response: answers(200, Type.Object({ boards: Type.Array(EarlierBoard) })),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const { code } = request.params;
      if (!(await services.visibleLesson(person, code)))
        return problem(reply, 404, 'not-found', 'There is no such lesson.');
      return { boards: await services.earlierBoards(person, code) };
    },
  );

  app.post<{ Params: { code: string }; Body: { from: string } }>(
    '/api/v1/lessons/:code/continue-board',
    {
      schema: {
        summary: 'Bring the board of an earlier lesson into this one (tutor only); asked twice, it comes once',
        params: Code,
        body: Type.Object({ from: Type.String({ maxLength: 32, description: 'Code of the earlier lesson' }) }),
        response: answers(200, Type.Object({ status: Type.Literal('continued'), items: Type.Integer() })),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const { code } = request.params;
      const answer = await services.continueBoard(person, code, request.body.from);
      return isRefusal(answer) ? refused(reply, answer) : { status: 'continued', items: answer.items };
    },
  );
}

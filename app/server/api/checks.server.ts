import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { Report } from '../checks/report.ts';
import type { Services } from '../services.ts';
import { originOf } from './lessons.server.ts';
import { problem } from './problem.server.ts';
import { answers, oneOf } from './schema.server.ts';

/** Tests that one address may begin, and results it may send, in ten minutes: a family's worth. */
const RATE = { max: 12, timeWindow: 600_000 };
const SAVES = { max: 60, timeWindow: 600_000 };
const LARGEST_REPORT = 8_192;

const Code = Type.Object({ code: Type.String({ pattern: '^[A-Z2-9]{8}$' }) });

const Started = Type.Object({
  code: Type.String(),
  ticket: Type.String(),
  expiresAt: Type.Integer({ description: 'Wall time, ms' }),
  signalling: Type.Object({ url: Type.String(), path: Type.String() }),
});

export function registerChecks(app: FastifyInstance, services: Services): void {
  app.post(
    '/api/v1/checks',
    {
      config: { rateLimit: RATE },
      schema: {
        summary: 'Begin a connectivity test: a ticket for an echo on the media server, and a code for support',
        security: [],
        response: answers(200, Started),
      },
    },
    async (request, reply) => reply.header('cache-control', 'no-store').send(services.checks.start(originOf(request))),
  );

  app.put<{ Params: { code: string }; Body: { ticket: string; report: Report } }>(
    '/api/v1/checks/:code',
    {
      config: { rateLimit: SAVES },
      bodyLimit: LARGEST_REPORT,
      schema: {
        summary: 'What a connectivity test found, for support; kept 30 days',
        params: Code,
        body: Type.Object({ ticket: Type.String({ maxLength: 200 }), report: Report }),
        security: [],
        response: answers(200, Type.Object({ status: oneOf(['kept']) })),
      },
    },
    async (request, reply) => {
      const { ticket, report } = request.body;
      if (await services.checks.save(request.params.code, ticket, report)) return { status: 'kept' };
      return problem(reply, 403, 'ticket-invalid', 'This ticket is not for this test, or it has run out.');
    },
  );
}

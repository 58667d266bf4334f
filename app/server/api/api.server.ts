/** `/api/v1`: the same services as the pages, for clients of other kinds. Described at /api/v1/openapi.json. */
import swagger from '@fastify/swagger';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Auth } from '../auth/auth.server.ts';
import { fetchHeaders, sameOrigin } from '../host/host.server.ts';
import type { Person, Services } from '../services.ts';
import { registerBookings } from './bookings.server.ts';
import { registerLessons } from './lessons.server.ts';
import { problem } from './problem.server.ts';
import { registerSignIn } from './sign-in.server.ts';
import { registerTutors } from './tutors.server.ts';

export interface ApiSettings {
  readonly services: Services;
  readonly auth: Auth;
  readonly personOf: (headers: Headers) => Promise<Person | null>;
}

declare module 'fastify' {
  interface FastifyRequest {
    person: Person | null;
  }
}

/** The signed-in person, or null after a 401 was sent. */
export function signedIn(request: FastifyRequest, reply: FastifyReply): Person | null {
  if (!request.person) void problem(reply, 401, 'not-signed-in', 'Sign in first.');
  return request.person;
}

export async function registerApi(app: FastifyInstance, settings: ApiSettings): Promise<void> {
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'NexusEd API',
        version: '1',
        description:
          'Money is integer paise, instants are milliseconds since the epoch (business time unless a field says otherwise). Errors are application/problem+json with a stable `code`.',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'The token of POST /api/v1/sign-in.' },
          cookie: { type: 'apiKey', in: 'cookie', name: 'nexused.session_token' },
        },
      },
      security: [{ bearer: [] }, { cookie: [] }],
    },
  });
  app.decorateRequest('person', null);
  app.addHook('onRequest', async (request, reply) => {
    const safe = request.method === 'GET' || request.method === 'HEAD';
    if (!safe && !sameOrigin(request)) return problem(reply, 403, 'foreign-origin', 'This comes from another site.');
    request.person = await settings.personOf(fetchHeaders(request.raw));
  });
  app.setErrorHandler(
    (error: { statusCode?: number; validation?: unknown; code?: string; message: string }, request, reply) => {
      if (error.code === 'stream-busy')
        return problem(
          reply,
          503,
          'busy',
          'Too many people want the same thing at once. Nothing was changed; try again.',
        );
      const status = error.statusCode ?? 500;
      if (status >= 500) {
        request.log.error({ err: error }, 'api request failed');
        return problem(reply, 500, 'internal', 'Something went wrong on our side.');
      }
      const code = error.validation ? 'invalid-request' : status === 429 ? 'too-many-requests' : 'bad-request';
      return problem(reply, status, code, error.message);
    },
  );
  registerSignIn(app, settings);
  registerTutors(app, settings.services);
  registerBookings(app, settings.services);
  registerLessons(app, settings.services);
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.get(
    '/api/v1/clock',
    { schema: { summary: 'Business time now', response: { 200: Type.Object({ now: Type.Integer() }) } } },
    async () => ({ now: settings.services.now() }),
  );
}

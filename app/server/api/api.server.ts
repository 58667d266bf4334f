/** `/api/v1`: the same services as the pages, for clients of other kinds. Described at /api/v1/openapi.json. */
import swagger from '@fastify/swagger';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Auth } from '../auth/auth.server.ts';
import { fetchHeaders, sameOrigin } from '../host/host.server.ts';
import type { Person, Services } from '../services.ts';
import { registerBookings } from './bookings.server.ts';
import { registerCases } from './cases.server.ts';
import { registerConversations } from './conversations.server.ts';
import { registerLessonFiles } from './files.server.ts';
import { registerBoards } from './boards.server.ts';
import { registerAudit } from './audit.server.ts';
import { registerChecks } from './checks.server.ts';
import { registerLessons } from './lessons.server.ts';
import { registerReplay } from './replay.server.ts';
import { failed, problem } from './problem.server.ts';
import { answers } from './schema.server.ts';
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

/** Whom a page takes for signed in: another tab of its browser may have signed in somebody else. */
const AS = 'x-person';

/** The signed-in person, or null after a 401 was sent; or a 409 when the request is meant to be somebody else's. */
export function signedIn(request: FastifyRequest, reply: FastifyReply): Person | null {
  const { person, headers } = request;
  if (!person) void problem(reply, 401, 'not-signed-in', 'Sign in first.');
  else if (headers[AS] !== undefined && headers[AS] !== person.personId) {
    void problem(reply, 409, 'someone-else', 'Somebody else is signed in in this browser now.');
    return null;
  }
  return person;
}

interface ApiError {
  readonly statusCode?: number;
  readonly validation?: unknown;
  /** Which part of the request did not fit its schema. */
  readonly validationContext?: string;
  readonly code?: string;
  readonly message: string;
}

const NEEDS_KEY = 'Send an Idempotency-Key header with a UUID that you keep when you repeat the request.';
const NO_NUL = 'The request has a NUL character in it.';

const hasNul = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.includes('\0')
    : typeof value === 'object' && value !== null && Object.values(value).some(hasNul);

export async function registerApi(app: FastifyInstance, settings: ApiSettings): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
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
  // No database text can hold it.
  app.addHook('preValidation', async (request, reply) => {
    if ([request.params, request.query, request.body].some(hasNul))
      return problem(reply, 400, 'invalid-request', NO_NUL);
  });
  app.setErrorHandler((error: ApiError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) return failed(reply, error);
    if (error.validation && error.validationContext === 'headers')
      return problem(reply, 400, 'bad-request-id', NEEDS_KEY);
    const code = error.validation ? 'invalid-request' : status === 429 ? 'too-many-requests' : 'bad-request';
    return problem(reply, status, code, error.message);
  });
  registerSignIn(app, settings);
  registerTutors(app, settings.services);
  registerBookings(app, settings.services);
  registerCases(app, settings.services);
  registerBoards(app, settings.services);
  registerLessons(app, settings.services);
  registerChecks(app, settings.services);
  registerAudit(app, settings.services);
  await registerReplay(app, settings.services);
  await registerLessonFiles(app, settings.services);
  await registerConversations(app, settings.services);
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.get(
    '/api/v1/clock',
    {
      schema: {
        summary: 'Business time now',
        security: [],
        response: answers(200, Type.Object({ now: Type.Integer() })),
      },
    },
    async () => ({ now: settings.services.now() }),
  );
}

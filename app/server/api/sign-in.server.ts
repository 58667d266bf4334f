import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { ApiSettings } from './api.server.ts';
import { signedIn } from './api.server.ts';
import { problem } from './problem.server.ts';
import { PersonShape, answers, oneOf } from './schema.server.ts';

const Credentials = Type.Object({ email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 128 }) });

export function registerSignIn(app: FastifyInstance, { auth, services, personOf }: ApiSettings): void {
  app.post<{ Body: { email: string; password: string } }>(
    '/api/v1/sign-in',
    {
      config: { rateLimit: { max: 60, timeWindow: 60_000 } },
      schema: {
        summary: 'Sign in without cookies: gives a bearer token',
        body: Credentials,
        response: answers(200, Type.Object({ token: Type.String(), person: PersonShape })),
        security: [],
      },
    },
    async (request, reply) => {
      const response = await auth.api.signInEmail({
        body: { email: request.body.email, password: request.body.password },
        headers: new Headers({ host: request.host }),
        asResponse: true,
      });
      if (response.status === 429)
        return problem(reply, 429, 'too-many-tries', 'Too many wrong passwords. Wait a quarter of an hour.');
      if (response.status >= 500) throw new Error(`The sign-in answered ${response.status}`);
      const token = response.headers.get('set-auth-token');
      if (!response.ok || !token)
        return problem(reply, 401, 'wrong-password', 'That e-mail and password do not go together.');
      const person = await personOf(new Headers({ authorization: `Bearer ${token}` }));
      if (!person) return problem(reply, 401, 'wrong-password', 'That e-mail and password do not go together.');
      return { token, person: { ...person, roles: [...person.roles] } };
    },
  );

  app.post<{ Body: { email: string } }>(
    '/api/v1/demo-sign-in',
    {
      schema: {
        summary: 'One-click sign-in as a demo account, by cookie (only where demo accounts exist)',
        body: Type.Object({ email: Type.String({ maxLength: 254 }) }),
        security: [],
        response: answers(200, Type.Object({ status: oneOf(['signed-in']) })),
      },
    },
    async (request, reply) => {
      const demo = services.capabilities.demoSignIn;
      if (!demo || !demo.accounts.some((account) => account.email === request.body.email))
        return problem(reply, 404, 'not-found', 'There is no such demo account.');
      const response = await auth.api.signInEmail({
        body: { email: request.body.email, password: demo.password },
        headers: new Headers({ host: request.host }),
        asResponse: true,
      });
      if (!response.ok)
        return problem(reply, 503, 'not-ready', 'The demo accounts are still being made. Try again in a moment.');
      for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
      return { status: 'signed-in' };
    },
  );

  app.get(
    '/api/v1/me',
    { schema: { summary: 'Who is signed in', response: answers(200, PersonShape) } },
    async (request, reply) => {
      const person = signedIn(request, reply);
      return person ?? reply;
    },
  );
}

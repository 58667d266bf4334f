import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import type { Auth } from '#app/server/auth/auth.server.ts';
import { createHost } from '#app/server/host/host.server.ts';
import type { Services } from '#app/server/services.ts';
import { createLog } from '#platform/log/log.server.ts';
import { PEOPLE } from './stub.ts';

let host: FastifyInstance;
let signedOut = 0;

beforeAll(async () => {
  host = await createHost({
    services: {} as Services,
    auth: {
      handler: async () => {
        signedOut += 1;
        return new Response('{}');
      },
    } as unknown as Auth,
    personOf: async (headers) => PEOPLE[headers.get('x-signed-in') ?? ''] ?? null,
    log: createLog({ level: 'silent' }),
    trustProxy: false,
    publicUrl: 'http://localhost',
    tls: null,
    pages: (_req, res) => void res.writeHead(404).end(),
    receiveWebhook: async () => 'stored',
    sandboxUrl: null,
    healthPage: async () => ({}),
    ready: async () => true,
    metrics: async () => ({ body: '', contentType: 'text/plain' }),
    answered: () => undefined,
    upgrades: [],
    ownUpgrades: [],
  });
});
afterAll(() => host.close());

const signOut = (headers: Record<string, string>) =>
  host.inject({ method: 'POST', url: '/api/auth/sign-out', headers: { host: 'localhost', ...headers } });

describe('a page of somebody who is not signed in any more', () => {
  it('OF7 [x-person] does not sign out who is signed in now', async () => {
    const asha = PEOPLE['asha']?.personId ?? '';
    const answer = await signOut({ 'x-signed-in': 'kavita', 'x-person': asha });
    expect([answer.statusCode, answer.json()]).toMatchObject([409, { code: 'someone-else' }]);
    expect(signedOut).toBe(0);
    const allowed: Record<string, string>[] = [
      { 'x-signed-in': 'asha', 'x-person': asha },
      { 'x-signed-in': 'kavita' },
      { 'x-person': asha },
    ];
    for (const headers of allowed) expect((await signOut(headers)).statusCode).toBe(200);
    expect(signedOut).toBe(allowed.length);
  });
});

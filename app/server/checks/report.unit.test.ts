import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { Report } from './report.ts';

const figures = { signallingMs: 1, rttMs: null, lossUp: 0, lossDown: 0.02, up: 1, down: 1 };

async function taken(changed: Record<string, unknown>) {
  const app = fastify();
  app.post('/', { schema: { body: Report } }, (request) => Promise.resolve(request.body));
  const payload = { steps: [], browser: 'x', figures: { ...figures, ...changed } };
  const answer = await app.inject({ method: 'POST', url: '/', payload });
  await app.close();
  return { status: answer.statusCode, body: answer.json<{ figures?: unknown }>() };
}

describe('[CK3] a report of a connectivity test', () => {
  it('keeps nothing lost apart from nothing measured', async () => {
    expect(await taken({})).toMatchObject({ status: 200, body: { figures } });
    expect((await taken({ lossUp: null, rttMs: 0 })).body.figures).toMatchObject({ lossUp: null, rttMs: 0 });
  });

  it('takes no figure that cannot be', async () => {
    for (const lossUp of [-1, 2e9, 'much']) expect((await taken({ lossUp })).status).toBe(400);
  });
});

import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, invalid, refused } from './errors.ts';
import { faultStatus, happensAfterCommit, playFault, TROUBLE } from './faults.server.ts';
import { isFields, parseUrlencoded, type Fields } from './input.ts';
import type { Provider } from './provider.server.ts';
import { routes, type Route } from './routes.server.ts';

/** Bytes of one multipart body. */
const LARGEST_UPLOAD = 10_000_000;

/** `/v1` and `/v2` as the provider serves them: every call is one transaction, logged, and open to injected faults. */
export async function registerApi(app: FastifyInstance, provider: Provider): Promise<void> {
  await app.register(async (api) => {
    acceptBodies(api);
    api.setErrorHandler(sendError);
    for (const route of routes) {
      api.route({
        method: route.method,
        url: route.url,
        handler: (request, reply) => serve(provider, route, request, reply),
      });
    }
    for (const version of ['/v1', '/v2']) {
      api.all(`${version}/*`, () => {
        throw refused(400, 'The requested URL was not found on the server');
      });
    }
  });
}

/** The SDK posts an empty urlencoded body where it has nothing to say, so nothing about a body may be refused early. */
function acceptBodies(api: FastifyInstance): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body.length === 0) return done(null, {});
    try {
      done(null, JSON.parse(body.toString()));
    } catch {
      done(invalid('The request body is not valid JSON'));
    }
  });
  api.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, parseUrlencoded(body.toString()));
  });
  api.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: LARGEST_UPLOAD },
    async (request: FastifyRequest, body: Buffer) => readForm(request.headers['content-type'] ?? '', body),
  );
  api.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, {}));
}

/** The fields of an upload; of a file only what is known about it, as nobody reads its bytes again. */
async function readForm(contentType: string, body: Buffer): Promise<Fields> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return Object.fromEntries(
      [...form].map(([name, value]) => [
        name,
        typeof value === 'string' ? value : { name: value.name, type: value.type, size: value.size },
      ]),
    );
  } catch {
    throw invalid('The request body is not a valid form');
  }
}

async function serve(provider: Provider, route: Route, request: FastifyRequest, reply: FastifyReply) {
  const { faults, requests, world } = provider;
  authenticate(request, world.keyId, world.keySecret);
  const key = idempotencyKey(request);
  return provider.idempotency.alone(key, async () => {
    // One transaction a call: what it changes and that it was made are kept together.
    const { fault, answer } = world.database.transaction(() => {
      const met = faults.take(route.method, route.url);
      const held = met !== undefined && !happensAfterCommit(met.kind) && met.kind !== 'delay';
      const given = held ? null : answerCall(provider, route, request);
      const forced = met && faultStatus(met.kind);
      requests.add({
        method: route.method,
        route: route.url,
        path: request.url,
        status: forced === undefined ? (given?.status ?? null) : forced,
        committed: given?.status === 200,
        idempotencyKey: key ?? null,
        fault: met?.kind ?? null,
        body: JSON.stringify(request.body ?? {}),
      });
      return { fault: met, answer: given };
    });
    if (fault) await playFault(fault, reply);
    if (reply.sent || answer === null) return reply;
    return reply.code(answer.status).send(answer.body);
  });
}

/** The change, its webhooks and its idempotency record happen together or, on a refusal, not at all. */
function answerCall(provider: Provider, route: Route, request: FastifyRequest): { status: number; body: unknown } {
  const fields = (value: unknown): Fields => (isFields(value) ? value : {});
  try {
    const body = provider.world.database.attempt(() =>
      route.run(provider, {
        params: fields(request.params),
        query: fields(request.query),
        body: fields(request.body),
        path: request.url,
        idempotencyKey: idempotencyKey(request),
      }),
    );
    return { status: 200, body };
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: error.envelope };
    throw error;
  }
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const value = request.headers['x-refund-idempotency'] ?? request.headers['x-transfer-idempotency'];
  return typeof value === 'string' ? value : undefined;
}

function authenticate(request: FastifyRequest, keyId: string, keySecret: string): void {
  const [scheme, encoded] = (request.headers.authorization ?? '').split(' ');
  if (scheme !== 'Basic' || encoded === undefined) throw refused(401, 'Authentication failed');
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  if (!same(id, keyId)) throw refused(401, 'The api key provided is invalid');
  if (!same(secret.join(':'), keySecret)) throw refused(401, 'The api secret provided is invalid');
  if (request.headers['x-razorpay-account'] !== undefined) {
    throw invalid('Acting for a linked account is not part of this sandbox.');
  }
}

/** Compared in constant time, whatever the lengths. */
function same(given: string, expected: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The envelope for whatever went wrong; the text of an accident goes to stderr only. */
export function sendError(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ApiError) return reply.code(error.status).send(error.envelope);
  if (isFields(error) && typeof error.statusCode === 'number' && error.statusCode < 500) {
    return reply.code(400).send(invalid('The request could not be read').envelope);
  }
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
  return reply.code(500).send(TROUBLE);
}

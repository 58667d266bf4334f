/**
 * The HTTP host: one Fastify server that carries the API, sign-in, webhooks, health and the pages, and hands websocket
 * upgrades to whoever owns the path. Everything a page needs comes from the services it is given.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import helmet from '@fastify/helmet';
import httpProxy from '@fastify/http-proxy';
import rateLimit from '@fastify/rate-limit';
import Fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Log } from '#platform/log/log.server.ts';
import { registerApi } from '../api/api.server.ts';
import { CLIENT_ADDRESS_HEADER, originsFor, type Auth } from '../auth/auth.server.ts';
import { requestScope } from '../request-scope.ts';
import type { Person, Services } from '../services.ts';
import { failed, problem } from '../api/problem.server.ts';
import { unavailable } from '../unavailable.ts';

export type NodeHandler = (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void) => void;

export interface HostSettings {
  readonly services: Services;
  readonly auth: Auth;
  readonly personOf: (headers: Headers) => Promise<Person | null>;
  readonly log: Log;
  readonly trustProxy: boolean;
  readonly publicUrl: string | null;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** The pages: adapter-node's handler, or Vite's middleware while developing. */
  readonly pages: NodeHandler;
  readonly receiveWebhook: (
    rawBody: Buffer,
    headers: Readonly<Record<string, string | undefined>>,
  ) => Promise<'stored' | 'duplicate' | 'bad-signature' | 'busy'>;
  /** Origin of the sandbox process, or null where payments are real. */
  readonly sandboxUrl: string | null;
  readonly healthPage: () => Promise<unknown>;
  readonly ready: () => Promise<boolean>;
  readonly metrics: () => Promise<{ body: string; contentType: string }>;
  /** Told of every answer, for the metrics. */
  readonly answered: (method: string, status: number, seconds: number) => void;
  readonly upgrades: readonly {
    readonly prefix: string;
    readonly take: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
  }[];
  /** Prefixes whose owners listen to `upgrade` themselves (socket.io, Vite). */
  readonly ownUpgrades: readonly string[];
}

/** The path alone, without what works like a password in it. */
const loggedPath = (url: string): string =>
  (url.split('?')[0] ?? '').replace(
    /^(\/api\/auth\/(?:reset-password|verify-email)\/|\/(?:study|messages)\/join\/).+/,
    '$1…',
  );

/** Fastify's request headers as the fetch Headers that better-auth reads. */
export function fetchHeaders(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

/** A request must be here whole within this, wall ms: its head, its body, and the body of an upload. */
const HEAD_WITHIN_MS = 30_000;
const BODY_WITHIN_MS = 30_000;
const UPLOAD_WITHIN_MS = 330_000;

/** Requests under way when we stop may take this long, wall ms. */
const FINISH_WITHIN_MS = 2_000;

export async function createHost(settings: HostSettings): Promise<FastifyInstance> {
  const { log } = settings;
  const app = Fastify({
    loggerInstance: log,
    // Our own line a request, below; labelled so that all of it is found by one id.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'correlationId' }),
    // One hop: the leftmost address of a longer list is what the client says of itself.
    trustProxy: settings.trustProxy && ((_address: string, hop: number) => hop === 0),
    bodyLimit: 1_048_576,
    // For uploads; everything else is cut off earlier, below.
    requestTimeout: UPLOAD_WITHIN_MS,
    forceCloseConnections: 'idle',
    genReqId: (req) => {
      const given = req.headers['x-correlation-id'];
      return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    },
    ...(settings.tls
      ? { https: { cert: readFileSync(settings.tls.certFile), key: readFileSync(settings.tls.keyFile) } }
      : {}),
  }) as unknown as FastifyInstance;

  app.server.headersTimeout = HEAD_WITHIN_MS;
  app.addHook('onRequest', (request, _reply, done) => {
    const { raw, routeOptions } = request;
    const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
    if (hasBody && routeOptions.config.upload !== true) {
      const timer = setTimeout(() => raw.complete || raw.destroy(), BODY_WITHIN_MS);
      raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    }
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    settings.answered(request.method, reply.statusCode, reply.elapsedTime / 1_000);
    if (!/^\/(_app|health|ready|metrics|favicon)/.test(request.url))
      request.log.info(
        {
          method: request.method,
          path: loggedPath(request.url),
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime),
        },
        'request',
      );
    done();
  });
  app.setErrorHandler((error: { statusCode?: number; code?: string; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) return failed(reply, error);
    return problem(reply, status, error.code?.toLowerCase().replaceAll('_', '-') ?? 'bad-request', error.message);
  });

  app.get('/health', async () => settings.healthPage());
  app.get('/ready', async (_request, reply) =>
    (await settings.ready()) ? { status: 'ready' } : reply.code(503).send({ status: 'not-ready' }),
  );
  app.get('/metrics', async (_request, reply) => {
    const { body, contentType } = await settings.metrics();
    return reply.header('content-type', contentType).send(body);
  });

  await app.register(async (webhooks) => {
    // The signature is over the raw bytes, so nothing may parse them first.
    webhooks.removeAllContentTypeParsers();
    webhooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    webhooks.post('/webhooks/razorpay', async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
      );
      const outcome = await settings.receiveWebhook(body, headers);
      if (outcome === 'bad-signature') return problem(reply, 400, 'bad-signature', 'The signature does not match.');
      // Not stored: the provider brings it again.
      if (outcome === 'busy') return problem(reply, 503, 'busy', 'The message could not be kept in time.');
      return { status: outcome };
    });
  });

  await app.register(async (auth) => {
    auth.removeAllContentTypeParsers();
    auth.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    auth.all('/api/auth/*', async (request, reply) => {
      const origin = originsFor(request.host, settings.publicUrl).find(
        (one) => settings.publicUrl || one.startsWith(`${request.protocol}:`),
      );
      if (!origin)
        return problem(
          reply,
          421,
          'unknown-host',
          'Set PUBLIC_URL to the address that people use; only local ones work without it.',
        );
      const headers = fetchHeaders(request.raw);
      // A page of somebody who is not signed in any more carries the cookie of who is now: it must not sign them out.
      const meant = headers.get('x-person');
      const person = meant === null ? null : await settings.personOf(headers);
      if (person && person.personId !== meant)
        return problem(reply, 409, 'someone-else', 'Somebody else is signed in in this browser now.');
      const body = Buffer.isBuffer(request.body) && request.body.length > 0 ? new Uint8Array(request.body) : null;
      headers.set(CLIENT_ADDRESS_HEADER, request.ip);
      const response = await settings.auth.handler(
        new Request(new URL(request.url, origin), {
          method: request.method,
          headers,
          ...(body ? { body } : {}),
        }),
      );
      // Some of its own failures hide what caused them; without a database this throws what is the matter.
      if (response.status >= 500) await settings.ready();
      reply.code(response.status);
      response.headers.forEach((value, name) => {
        if (name !== 'set-cookie') reply.header(name, value);
      });
      for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
      return reply.send(Buffer.from(await response.arrayBuffer()));
    });
  });

  await app.register(async (api) => {
    await api.register(helmet, {
      contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } },
      hsts: settings.tls !== null,
    });
    await api.register(rateLimit, { max: 1_200, timeWindow: 60_000 });
    await registerApi(api, settings);
  });

  if (settings.sandboxUrl) {
    const sandboxUrl = settings.sandboxUrl;
    for (const prefix of ['/sandbox/razorpay', '/sandbox/mail', '/sandbox/control'])
      await app.register(httpProxy, {
        upstream: sandboxUrl,
        prefix,
        // Its levers refuse browsers; ours are checked here instead.
        replyOptions: {
          rewriteRequestHeaders: (_request, headers) =>
            Object.fromEntries(
              Object.entries(headers).filter(([name]) => name !== 'origin' && !name.startsWith('sec-fetch')),
            ),
        },
        rewritePrefix: prefix === '/sandbox/control' ? '/control' : prefix,
        preHandler: async (request, reply) => {
          if (!sameOrigin(request)) return problem(reply, 403, 'foreign-origin', 'This comes from another site.');
        },
      });
  }

  await app.register(async (pages) => {
    // SvelteKit reads bodies itself.
    pages.removeAllContentTypeParsers();
    pages.addContentTypeParser('*', (_request, _payload, done) => done(null));
    pages.all('/*', async (request, reply) => {
      // Built files are everybody's: a phone asks for many of them at once, and none needs the accounts.
      const built = request.url.startsWith('/_app/');
      const person = built ? null : await settings.personOf(fetchHeaders(request.raw));
      reply.hijack();
      const { raw } = reply;
      raw.setHeader('x-content-type-options', 'nosniff');
      raw.setHeader('referrer-policy', 'strict-origin-when-cross-origin');
      raw.setHeader('permissions-policy', 'camera=(self), microphone=(self), display-capture=(self)');
      raw.setHeader('x-correlation-id', request.id);
      // The pages' own idea of the address; set here, so no client can choose it.
      request.raw.headers['x-page-protocol'] = request.protocol;
      const report = (error: unknown, path: string) => {
        request.log.error({ err: error, path }, 'page failed');
        return unavailable(error);
      };
      requestScope().run({ services: settings.services, person, correlationId: request.id, report }, () =>
        settings.pages(request.raw, raw, (error) => {
          if (error) request.log.error({ err: error }, 'page failed');
          if (!raw.headersSent) raw.writeHead(error ? 500 : 404, { 'content-type': 'text/plain' });
          raw.end(error ? 'Something went wrong on our side.' : 'There is nothing at this address.');
        }),
      );
    });
  });

  const upgraded = new Set<Duplex>();
  app.server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    socket.on('error', (error) => log.debug({ err: error }, 'upgraded socket failed'));
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    const owner = settings.upgrades.find((upgrade) => path.startsWith(upgrade.prefix));
    if (owner) owner.take(req, socket, head);
    else if (!settings.ownUpgrades.some((prefix) => path.startsWith(prefix)))
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
  });
  // Whoever was to say goodbye has; a socket that nobody owns would keep the server from closing.
  app.addHook('preClose', async () => {
    for (const socket of upgraded) socket.destroy();
    // A connection that never asked anything counts as busy to Node.
    setTimeout(() => app.server.closeAllConnections(), FINISH_WITHIN_MS).unref();
  });
  return app;
}

/** False for a state-changing request that another site's page made. */
export function sameOrigin(request: FastifyRequest): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.host;
}

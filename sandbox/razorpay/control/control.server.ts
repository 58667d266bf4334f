/**
 * The way to the levers, for tests, the demo and the control page. No keys, but loopback only; of browsers only pages
 * that came from this very address are let in.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendError } from '../api.server.ts';
import { invalid, refused } from '../errors.ts';
import { isFields } from '../input.ts';
import { BASE, PAGE_HEADERS } from '../look/assets.server.ts';
import type { Provider } from '../provider.server.ts';
import { LEVERS } from './levers.server.ts';
import { CONTROL_PAGE } from './page.ts';

/** The second is the path at which the product passes the levers on, so that the page is the same with and without it. */
const PREFIXES = ['/control', '/sandbox/control'];
/** Names that no other site can make its own, as it could with a name that it lets point here. */
const LOCAL = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

export async function registerControl(app: FastifyInstance, provider: Provider): Promise<void> {
  await app.register(async (control) => {
    control.setErrorHandler(sendError);
    control.removeContentTypeParser('application/json');
    control.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
      try {
        done(null, body.length === 0 ? {} : JSON.parse(body.toString()));
      } catch {
        done(invalid('The body is not valid JSON'));
      }
    });
    control.addHook('onRequest', async (request) => {
      if (!isOwnPage(request)) throw refused(403, 'The control surface is not for other sites.');
    });
    control.get(`${BASE}/control`, (_request, reply) =>
      reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(CONTROL_PAGE),
    );
    for (const prefix of PREFIXES) {
      for (const [name, lever] of Object.entries(LEVERS)) {
        const [method = '', path = ''] = name.split(' ');
        control.route({
          method,
          url: prefix + path,
          handler: (request) => {
            const params = isFields(request.params) ? request.params : {};
            const given = method === 'GET' ? request.query : request.body;
            const fields = isFields(given) ? given : {};
            return provider.world.database.transaction(() => lever(provider, fields, String(params.id)));
          },
        });
      }
    }
  });
}

function isOwnPage({ headers: { origin, host = '', ...rest } }: FastifyRequest): boolean {
  if (rest['sec-fetch-site'] === 'cross-site' || rest['sec-fetch-site'] === 'same-site') return false;
  if (origin === undefined) return true;
  return LOCAL.test(host) && URL.canParse(origin) && new URL(origin).host === host;
}

import { readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendError } from '../api.server.ts';
import { isFields, type Fields } from '../input.ts';
import type { Provider } from '../provider.server.ts';
import { CHECKOUT_PAGE } from './page.ts';
import { answerAtBank, beginAttempt, cancelAttempt, giveOtp, payableOrder, seePayment } from './session.server.ts';
import { unknownId } from '../errors.ts';

const BASE = '/sandbox/razorpay';
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly body: string | Buffer;
}

/** The browser gets our TypeScript with its types blanked out: nothing to build, line numbers as in the source. */
const script = (path: string): Asset => ({
  type: 'text/javascript; charset=utf-8',
  body: stripTypeScriptTypes(readFileSync(new URL(path, import.meta.url), 'utf8')),
});
const font = (path: string | URL): Asset => ({ type: 'font/woff2', body: readFileSync(path) });

function loadAssets(): ReadonlyMap<string, Asset> {
  const fromPackages = createRequire(import.meta.url);
  return new Map<string, Asset>([
    ['browser/frame.ts', script('./browser/frame.ts')],
    ['browser/form.ts', script('./browser/form.ts')],
    ['browser/server.ts', script('./browser/server.ts')],
    ['browser/page-parts.ts', script('./browser/page-parts.ts')],
    ['instruments.ts', script('./instruments.ts')],
    ['failures.ts', script('./failures.ts')],
    [
      'checkout.css',
      {
        type: 'text/css; charset=utf-8',
        body: readFileSync(new URL('./browser/checkout.css', import.meta.url)),
      },
    ],
    [
      'source-sans-3.woff2',
      font(fromPackages.resolve('@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2')),
    ],
    ['source-sans-3-rupee.woff2', font(new URL('./fonts/source-sans-3-rupee.woff2', import.meta.url))],
  ]);
}

/** What the browser sees of the provider, at the same paths as through the product's proxy. */
export async function registerCheckout(app: FastifyInstance, { world }: Provider): Promise<void> {
  const assets = loadAssets();
  const checkoutScript = script('./browser/checkout.ts');
  const fields = (value: unknown): Fields => (isFields(value) ? value : {});
  const paymentId = (request: FastifyRequest) => String(fields(request.params).id);
  const inTransaction = <T>(work: () => T): T => world.database.transaction(work);

  await app.register(async (checkout) => {
    checkout.setErrorHandler(sendError);
    checkout.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff');
    });

    checkout.get(`${BASE}/checkout.js`, (_request, reply) => reply.type(checkoutScript.type).send(checkoutScript.body));
    checkout.get(`${BASE}/assets/*`, (request, reply) => {
      const asset = assets.get(String(fields(request.params)['*']));
      return asset ? reply.type(asset.type).send(asset.body) : reply.code(404).send('No such file');
    });
    checkout.get(`${BASE}/checkout`, (_request, reply) =>
      reply
        .header('content-security-policy', CONTENT_SECURITY_POLICY)
        .header('referrer-policy', 'no-referrer')
        .type('text/html; charset=utf-8')
        .send(CHECKOUT_PAGE),
    );

    checkout.get(`${BASE}/checkout/order`, (request) => {
      const order = payableOrder(world, fields(request.query));
      return {
        order_id: order.id,
        amount: order.amount,
        currency: order.currency,
        status: order.status,
      };
    });
    checkout.post(`${BASE}/checkout/payments`, (request) =>
      inTransaction(() => beginAttempt(world, fields(request.body))),
    );
    checkout.get(`${BASE}/checkout/payments/:id`, (request) =>
      seePayment(world, paymentId(request), fields(request.query)),
    );
    const steps = { otp: giveOtp, bank: answerAtBank, cancel: cancelAttempt };
    for (const [name, step] of Object.entries(steps)) {
      checkout.post(`${BASE}/checkout/payments/:id/${name}`, (request) =>
        inTransaction(() => step(world, paymentId(request), fields(request.body))),
      );
    }
    checkout.all(`${BASE}/*`, () => {
      throw unknownId();
    });
  });
}

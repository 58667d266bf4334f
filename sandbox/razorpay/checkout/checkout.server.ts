import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendError } from '../api.server.ts';
import { isFields, type Fields } from '../input.ts';
import { BASE, PAGE_HEADERS, script } from '../look/assets.server.ts';
import type { Provider } from '../provider.server.ts';
import { CHECKOUT_PAGE } from './page.ts';
import { answerAtBank, beginAttempt, cancelAttempt, giveOtp, payableOrder, seePayment } from './session.server.ts';

/** What the browser sees of the provider, at the same paths as through the product's proxy. */
export async function registerCheckout(app: FastifyInstance, { world }: Provider): Promise<void> {
  const checkoutScript = script('checkout/browser/checkout.ts');
  const fields = (value: unknown): Fields => (isFields(value) ? value : {});
  const paymentId = (request: FastifyRequest) => String(fields(request.params).id);
  const inTransaction = <T>(work: () => T): T => world.database.transaction(work);

  await app.register(async (checkout) => {
    checkout.setErrorHandler(sendError);
    checkout.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff');
    });

    checkout.get(`${BASE}/checkout.js`, (_request, reply) => reply.type(checkoutScript.type).send(checkoutScript.body));
    checkout.get(`${BASE}/checkout`, (_request, reply) =>
      reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(CHECKOUT_PAGE),
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
  });
}

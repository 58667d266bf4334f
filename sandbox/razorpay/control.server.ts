/** The levers behind the provider, for tests and the demo. Loopback only; browsers are refused. */
import type { FastifyInstance } from 'fastify';
import { activateAccount, createActivatedAccount, findAccount, suspendAccount } from './accounts.server.ts';
import { sendError } from './api.server.ts';
import { readAttempt } from './checkout/attempt.ts';
import { FAILURES } from './checkout/failures.ts';
import { view } from './checkout/session.server.ts';
import { invalid, refused } from './errors.ts';
import { API_FAULTS } from './faults.server.ts';
import { isFields, requiredText, textOrNull, type Fields } from './input.ts';
import { PLATFORM } from './ledger.server.ts';
import { findOrder } from './orders.server.ts';
import { sweep } from './passage-of-time.server.ts';
import { authorizePayment, failPayment, finishPayment, startPayment } from './payments.server.ts';
import { showPayment, showRefund, showSettlement } from './present.ts';
import type { Provider } from './provider.server.ts';
import { resolveRefund } from './refunds.server.ts';
import { runSettlement } from './settlements.server.ts';
import { describeState } from './state.server.ts';
import { WEBHOOK_FAULTS } from './webhooks.server.ts';
import type { World } from './world.server.ts';

type Lever = (provider: Provider, body: Fields, id: string) => unknown;

const SUCCESSFUL_CARD = { number: '4100280000001007', expiry: '12/99', cvv: '123', name: 'Test Payer' };
/** Longer than any sensible client waits. */
const TIMEOUT_MS = 65_000;

function whole(body: Fields, name: string, otherwise?: number): number {
  const value = body[name] ?? otherwise;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(`${name} must be a whole number`, name);
  return value;
}

function oneOf<T extends string>(body: Fields, name: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === body[name]);
  if (found === undefined) throw invalid(`${name} must be one of ${allowed.join(', ')}`, name);
  return found;
}

/** Pays an order without a browser: `{}` succeeds by UPI; instruments and their outcomes are those of the checkout. */
const payOrder: Lever = ({ world }, body, id) => {
  const filled = {
    method: 'upi',
    vpa: 'success@razorpay',
    card: SUCCESSFUL_CARD,
    bank: 'SBIN',
    wallet: 'mobikwik',
    ...body,
  };
  const { attempt } = readAttempt(filled, world.clock.now());
  const payment = startPayment(world, findOrder(world, id), attempt);
  const refuses = body.outcome === 'failure';
  return view(world, refuses ? failPayment(world, payment, FAILURES.bank_refused) : finishPayment(world, payment));
};

/** The bank's yes comes after the payment was given up. Without an attempt, one is made that timed out. */
const lateAuthorise: Lever = ({ world }, _body, id) => {
  const order = findOrder(world, id);
  const failed = world.payments.list({ parent: order.id }).find((payment) => payment.status === 'failed');
  return showPayment(authorizePayment(world, failed ?? timedOut(world, order.id)), { withCard: true });
};

function timedOut(world: World, orderId: string) {
  const { attempt } = readAttempt({ method: 'upi', vpa: 'timeout@razorpay' }, world.clock.now());
  return finishPayment(world, startPayment(world, findOrder(world, orderId), attempt));
}

const setBalance: Lever = ({ world }, body) => {
  const owner = textOrNull(body, 'account') ?? PLATFORM;
  if (owner !== PLATFORM) findAccount(world, owner);
  const amount = whole(body, 'amount') - world.ledger.balance(owner).balance;
  world.ledger.post({ owner, kind: 'adjustment', amount, entityId: owner, transferId: null, settlesAt: null });
  return world.ledger.balance(owner);
};

const makeAccount: Lever = ({ world }, body) => {
  const account = createActivatedAccount(world, requiredText(body, 'email'), requiredText(body, 'name'));
  return { accountId: account.id, email: account.email, status: account.status };
};

const injectFault: Lever = ({ faults }, body) => {
  const kind = oneOf(body, 'kind', API_FAULTS);
  faults.add({
    kind,
    method: requiredText(body, 'method').toUpperCase(),
    route: requiredText(body, 'route'),
    times: whole(body, 'times', 1),
    ms: whole(body, 'ms', kind === 'delay' ? 1_000 : TIMEOUT_MS),
  });
  return { ok: true };
};

const disturbWebhooks: Lever = ({ world }, body) => {
  const kind = oneOf(body, 'kind', WEBHOOK_FAULTS);
  world.webhooks.addFault({
    kind,
    event: textOrNull(body, 'event'),
    times: whole(body, 'times', kind === 'reorder' ? 2 : 1),
    delayMs: whole(body, 'delayMs', 2_000),
  });
  return { ok: true };
};

const LEVERS: Readonly<Record<string, Lever>> = {
  'POST /control/clock': ({ world }, body) => {
    world.clock.setOffset(whole(body, 'offsetMs'));
    sweep(world);
    return { now: world.clock.now(), offsetMs: world.clock.offset() };
  },
  'POST /control/webhook-url': ({ courier }, body) => {
    const url = requiredText(body, 'url');
    if (!/^https?:\/\//.test(url)) throw invalid('url must begin with http', 'url');
    courier.setUrl(url);
    return { url };
  },
  'POST /control/orders/:id/pay': payOrder,
  'POST /control/orders/:id/late-authorise': lateAuthorise,
  'POST /control/settlements/run': ({ world }, body) =>
    runSettlement(world, { everything: body.everything !== false }).map((settlement) => ({
      ...showSettlement(settlement),
      owner: settlement.owner,
    })),
  'POST /control/accounts': makeAccount,
  'POST /control/accounts/:id/activate': ({ world }, _body, id) => ({ accountId: activateAccount(world, id).id }),
  'POST /control/accounts/:id/suspend': ({ world }, _body, id) => ({ accountId: suspendAccount(world, id).id }),
  'POST /control/balance': setBalance,
  'POST /control/refunds/pend': (provider, body) => {
    provider.pendingRefunds = whole(body, 'times', 1);
    return { ok: true };
  },
  'POST /control/refunds/:id/resolve': ({ world }, body, id) =>
    showRefund(resolveRefund(world, id, oneOf(body, 'status', ['processed', 'failed']))),
  'POST /control/faults': injectFault,
  'DELETE /control/faults': ({ faults }) => {
    faults.clear();
    return { ok: true };
  },
  'POST /control/webhooks/faults': disturbWebhooks,
  'DELETE /control/webhooks/faults': ({ world }) => {
    world.webhooks.clearFaults();
    return { ok: true };
  },
  'POST /control/webhooks/release': ({ world }) => ({ released: world.webhooks.release() }),
  'POST /control/webhooks/:id/resend': ({ world }, _body, id) => {
    if (!world.webhooks.resend(id)) throw invalid(`${id} is not an event`);
    return { ok: true };
  },
  'GET /control/state': (provider) => describeState(provider),
};

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
      if (request.headers.origin !== undefined) throw refused(403, 'The control surface is not for browsers.');
    });
    for (const [name, lever] of Object.entries(LEVERS)) {
      const [method = '', url = ''] = name.split(' ');
      control.route({
        method,
        url,
        handler: (request) => {
          const params = isFields(request.params) ? request.params : {};
          const body = isFields(request.body) ? request.body : {};
          return provider.world.database.transaction(() => lever(provider, body, String(params.id)));
        },
      });
    }
  });
}

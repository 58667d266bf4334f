/** What moves behind the provider: each lever by the method and path that pull it. */
import { createActivatedAccount, findAccount, suspendAccount } from '../accounts/accounts.server.ts';
import { activationStatus, decideAccount } from '../accounts/onboarding.server.ts';
import { readAttempt } from '../checkout/attempt.ts';
import { FAILURES } from '../checkout/failures.ts';
import { view } from '../checkout/session.server.ts';
import { DISPUTE_ENDS, openDispute, resolveDispute } from '../disputes/disputes.server.ts';
import type { Account } from '../entities.ts';
import { invalid } from '../errors.ts';
import { API_FAULTS } from '../faults.server.ts';
import { requiredText, secondsOrNull, textOrNull, type Fields } from '../input.ts';
import { PLATFORM } from '../ledger.server.ts';
import { findOrder } from '../orders.server.ts';
import { sweep } from '../passage-of-time.server.ts';
import { authorizePayment, failPayment, finishPayment, startPayment } from '../payments.server.ts';
import { showDispute, showPayment, showRefund, showSettlement } from '../present.ts';
import type { Provider } from '../provider.server.ts';
import { resolveRefund } from '../refunds.server.ts';
import { routes } from '../routes.server.ts';
import { runSettlement } from '../settlements.server.ts';
import { describeState, readBound } from '../state.server.ts';
import { WEBHOOK_FAULTS } from '../webhooks.server.ts';
import type { World } from '../world.server.ts';

/** `fields` is the body, or the query of a GET. Runs in a transaction; throws an ApiError to refuse. */
export type Lever = (provider: Provider, fields: Fields, id: string) => unknown;

const SUCCESSFUL_CARD = { number: '4100280000001007', expiry: '12/99', cvv: '123', name: 'Test Payer' };
/** Longer than any sensible client waits. */
const TIMEOUT_MS = 65_000;

function whole(body: Fields, name: string, otherwise?: number): number {
  const value = body[name] ?? otherwise;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(`${name} must be a whole number`, name);
  return value;
}

function times(body: Fields, otherwise = 1): number {
  const value = whole(body, 'times', otherwise);
  if (value < 1) throw invalid('times must be at least 1', 'times');
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
  const amount = whole(body, 'amount') - world.ledger.available(owner);
  world.ledger.post({ owner, kind: 'adjustment', amount, entityId: owner, transferId: null, settlesAt: null });
  return world.ledger.balance(owner);
};

const shownAccount = (account: Account) => ({ accountId: account.id, activation: activationStatus(account) });

const makeAccount: Lever = ({ world }, body) => {
  const account = createActivatedAccount(world, requiredText(body, 'email'), requiredText(body, 'name'));
  return { ...shownAccount(account), email: account.email, status: account.status };
};

const injectFault: Lever = ({ faults }, body) => {
  const kind = oneOf(body, 'kind', API_FAULTS);
  const method = requiredText(body, 'method').toUpperCase();
  const route = requiredText(body, 'route');
  if (!routes.some((known) => known.method === method && known.url === route)) {
    throw invalid(`There is no call ${method} ${route}; GET /control/routes lists them all.`, 'route');
  }
  faults.add({
    kind,
    method,
    route,
    times: times(body),
    ms: whole(body, 'ms', kind === 'delay' ? 1_000 : TIMEOUT_MS),
  });
  return { ok: true };
};

const disturbWebhooks: Lever = ({ world }, body) => {
  const kind = oneOf(body, 'kind', WEBHOOK_FAULTS);
  world.webhooks.addFault({
    kind,
    event: textOrNull(body, 'event'),
    times: times(body, kind === 'reorder' ? 2 : 1),
    delayMs: whole(body, 'delayMs', 2_000),
  });
  return { ok: true };
};

export const LEVERS: Readonly<Record<string, Lever>> = {
  'POST /clock': ({ world }, body) => {
    world.clock.setOffset(whole(body, 'offsetMs'));
    sweep(world);
    return { now: world.clock.now(), offsetMs: world.clock.offset() };
  },
  'POST /webhook-url': ({ courier }, body) => {
    const url = requiredText(body, 'url');
    if (!/^https?:\/\//.test(url)) throw invalid('url must begin with http', 'url');
    courier.setUrl(url);
    return { url };
  },
  'POST /orders/:id/pay': payOrder,
  'POST /orders/:id/late-authorise': lateAuthorise,
  'POST /payments/:id/disputes': ({ world }, body, id) => showDispute(openDispute(world, id, body)),
  'POST /disputes/:id/resolve': ({ world }, body, id) =>
    showDispute(resolveDispute(world, id, oneOf(body, 'status', DISPUTE_ENDS), secondsOrNull(body, 'respond_by'))),
  'POST /settlements/run': ({ world }, body) =>
    runSettlement(world, { everything: body.everything !== false }).map((settlement) => ({
      ...showSettlement(settlement),
      owner: settlement.owner,
    })),
  'POST /accounts': makeAccount,
  'POST /accounts/:id/activate': ({ world }, _body, id) => shownAccount(decideAccount(world, id, 'activated')),
  'POST /accounts/:id/clarify': ({ world }, _body, id) => shownAccount(decideAccount(world, id, 'needs_clarification')),
  'POST /accounts/:id/review': ({ world }, _body, id) => shownAccount(decideAccount(world, id, 'under_review')),
  'POST /accounts/:id/suspend': ({ world }, _body, id) => shownAccount(suspendAccount(world, id)),
  'POST /balance': setBalance,
  'POST /refunds/pend': ({ refundsToPend }, body) => {
    refundsToPend.set(times(body));
    return { ok: true };
  },
  'POST /refunds/:id/resolve': ({ world }, body, id) =>
    showRefund(resolveRefund(world, id, oneOf(body, 'status', ['processed', 'failed']))),
  'POST /faults': injectFault,
  'DELETE /faults': ({ faults, refundsToPend }) => {
    faults.clear();
    refundsToPend.set(0);
    return { ok: true };
  },
  'POST /webhooks/faults': disturbWebhooks,
  'DELETE /webhooks/faults': ({ world }) => {
    world.webhooks.clearFaults();
    return { ok: true };
  },
  'POST /webhooks/release': ({ world }) => ({ released: world.webhooks.release() }),
  'POST /webhooks/:id/resend': ({ world }, _body, id) => {
    if (!world.webhooks.resend(id)) throw invalid(`${id} is not an event`);
    return { ok: true };
  },
  'GET /routes': () => ({ routes: routes.map(({ method, url }) => `${method} ${url}`) }),
  'GET /state': (provider, query) => describeState(provider, readBound(query)),
};

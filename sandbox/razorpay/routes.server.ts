import { createAccount, editAccount, findAccount, suspendAccount } from './accounts/accounts.server.ts';
import {
  addStakeholder,
  configureProduct,
  editStakeholder,
  findProduct,
  findStakeholder,
  requestProduct,
  showProduct,
  showStakeholder,
  showTerms,
} from './accounts/onboarding.server.ts';
import { acceptDispute, contestDispute, findDispute } from './disputes/disputes.server.ts';
import { createDocument, findDocument } from './disputes/documents.server.ts';
import { malformedId, unknownId } from './errors.ts';
import { isId } from './ids.ts';
import { expansions, paging, type Fields } from './input.ts';
import { createOrder, editOrder, findOrder, listOrders } from './orders.server.ts';
import { capturePayment, editPayment, findPayment } from './payments.server.ts';
import {
  collection,
  showAccount,
  showCard,
  showDispute,
  showDocument,
  showOrder,
  showPayment,
  showRefund,
  showReversal,
  showSettlement,
  showTransfer,
  type Shown,
} from './present.ts';
import type { Provider } from './provider.server.ts';
import { reconciliation } from './reconciliation.server.ts';
import { editRefund, findRefund, listRefunds, refundPayment } from './refunds.server.ts';
import { listReversals, reverseTransfer } from './reversals.server.ts';
import type { Payment, Settlement, Transfer } from './entities.ts';
import {
  editTransfer,
  findTransfer,
  listTransfers,
  transferDirectly,
  transferFromPayment,
  transfersOf,
} from './transfers.server.ts';
import { PLATFORM } from './ledger.server.ts';
import type { World } from './world.server.ts';

export interface Call {
  readonly params: Fields;
  readonly query: Fields;
  readonly body: Fields;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Runs inside a transaction; throws an ApiError to refuse. */
  run(provider: Provider, call: Call): Shown;
}

type Run = Route['run'];
const get = (url: string, run: Run): Route => ({ method: 'GET', url, run });
const post = (url: string, run: Run): Route => ({ method: 'POST', url, run });
const patch = (url: string, run: Run): Route => ({ method: 'PATCH', url, run });
const remove = (url: string, run: Run): Route => ({ method: 'DELETE', url, run });
const id = (call: Call, name = 'id'): string => String(call.params[name]);

const payment = (shown: Payment, call: Call): Shown =>
  showPayment(shown, { withCard: expansions(call.query).includes('card') });

function transfer(world: World, shown: Transfer, call: Call): Shown {
  const settlement: Settlement | undefined =
    expansions(call.query).includes('recipient_settlement') && shown.recipient_settlement_id !== null
      ? world.settlements.find(shown.recipient_settlement_id)
      : undefined;
  return showTransfer(shown, settlement);
}

const orderRoutes = [
  post('/v1/orders', ({ world }, { body }) => {
    const order = createOrder(world, body);
    if (!order.internal.hasTransfers) return showOrder(order);
    const transfers = world.transfers.list({ parent: order.id }).reverse();
    return { ...showOrder(order), transfers: transfers.map((made) => showTransfer(made)) };
  }),
  get('/v1/orders', ({ world }, { query }) => collection(listOrders(world, query, paging(query)).map(showOrder))),
  get('/v1/orders/:id', ({ world }, call) => {
    const order = findOrder(world, id(call));
    if (!expansions(call.query).includes('transfers')) return showOrder(order);
    const transfers = world.transfers.list({ parent: order.id });
    return { ...showOrder(order), transfers: collection(transfers.map((made) => transfer(world, made, call))) };
  }),
  patch('/v1/orders/:id', ({ world }, call) => showOrder(editOrder(world, id(call), call.body))),
  get('/v1/orders/:id/payments', ({ world }, call) =>
    collection(world.payments.list({ parent: findOrder(world, id(call)).id }).map((attempt) => payment(attempt, call))),
  ),
];

const paymentRoutes = [
  get('/v1/payments', ({ world }, call) =>
    collection(world.payments.list(paging(call.query)).map((item) => payment(item, call))),
  ),
  get('/v1/payments/:id', ({ world }, call) => payment(findPayment(world, id(call)), call)),
  patch('/v1/payments/:id', ({ world }, call) => payment(editPayment(world, id(call), call.body), call)),
  post('/v1/payments/:id/capture', ({ world }, call) => payment(capturePayment(world, id(call), call.body), call)),
  get('/v1/payments/:id/card', ({ world }, call) => {
    const card = showCard(findPayment(world, id(call)));
    if (!card) throw unknownId();
    return card;
  }),
];

const refundRoutes = [
  post('/v1/payments/:id/refund', (provider, call) =>
    provider.idempotency.once('refund', call.idempotencyKey, [call.path, call.body], () => {
      const left = provider.refundsToPend.get();
      const refund = refundPayment(provider.world, id(call), call.body, left > 0);
      if (left > 0) provider.refundsToPend.set(left - 1);
      return showRefund(refund);
    }),
  ),
  get('/v1/payments/:id/refunds', ({ world }, call) =>
    collection(listRefunds(world, id(call), paging(call.query)).map(showRefund)),
  ),
  get('/v1/payments/:id/refunds/:refundId', ({ world }, call) => {
    const refund = findRefund(world, id(call, 'refundId'));
    if (refund.payment_id !== id(call)) throw unknownId();
    return showRefund(refund);
  }),
  get('/v1/refunds', ({ world }, { query }) => collection(world.refunds.list(paging(query)).map(showRefund))),
  get('/v1/refunds/:id', ({ world }, call) => showRefund(findRefund(world, id(call)))),
  patch('/v1/refunds/:id', ({ world }, call) => showRefund(editRefund(world, id(call), call.body))),
];

const transferRoutes = [
  post('/v1/payments/:id/transfers', ({ world }, call) =>
    collection(transferFromPayment(world, findPayment(world, id(call)), call.body).map((made) => showTransfer(made))),
  ),
  get('/v1/payments/:id/transfers', ({ world }, call) =>
    collection(transfersOf(world, findPayment(world, id(call))).map((item) => transfer(world, item, call))),
  ),
  post('/v1/transfers', ({ world, idempotency }, call) =>
    idempotency.once('transfer', call.idempotencyKey, [call.path, call.body], () =>
      showTransfer(transferDirectly(world, call.body)),
    ),
  ),
  get('/v1/transfers', ({ world }, call) =>
    collection(listTransfers(world, call.query, paging(call.query)).map((item) => transfer(world, item, call))),
  ),
  get('/v1/transfers/:id', ({ world }, call) => transfer(world, findTransfer(world, id(call)), call)),
  patch('/v1/transfers/:id', ({ world }, call) => showTransfer(editTransfer(world, id(call), call.body))),
  post('/v1/transfers/:id/reversals', ({ world }, call) => showReversal(reverseTransfer(world, id(call), call.body))),
  get('/v1/transfers/:id/reversals', ({ world }, call) => collection(listReversals(world, id(call)).map(showReversal))),
];

const disputeRoutes = [
  get('/v1/disputes', ({ world }, { query }) => collection(world.disputes.list(paging(query)).map(showDispute))),
  get('/v1/disputes/:id', ({ world }, call) => showDispute(findDispute(world, id(call)))),
  post('/v1/disputes/:id/accept', ({ world }, call) => showDispute(acceptDispute(world, id(call)))),
  patch('/v1/disputes/:id/contest', ({ world }, call) => showDispute(contestDispute(world, id(call), call.body))),
  post('/v1/documents', ({ world }, { body }) => showDocument(createDocument(world, body))),
  get('/v1/documents/:id', ({ world }, call) => showDocument(findDocument(world, id(call)))),
];

const settlementRoutes = [
  get('/v1/settlements', ({ world }, { query }) =>
    collection(world.settlements.list({ ...paging(query), parent: PLATFORM }).map(showSettlement)),
  ),
  get('/v1/settlements/recon/combined', ({ world }, { query }) => collection(reconciliation(world, query))),
  get('/v1/settlements/:id', ({ world }, call) => {
    if (!isId('setl', id(call))) throw malformedId(id(call));
    const settlement = world.settlements.find(id(call));
    if (!settlement) throw unknownId();
    return showSettlement(settlement);
  }),
];

const accountRoutes = [
  post('/v2/accounts', ({ world }, { body }) => showAccount(createAccount(world, body))),
  get('/v2/accounts/:id', ({ world }, call) => showAccount(findAccount(world, id(call)))),
  patch('/v2/accounts/:id', ({ world }, call) => showAccount(editAccount(world, id(call), call.body))),
  remove('/v2/accounts/:id', ({ world }, call) => showAccount(suspendAccount(world, id(call)))),
  get('/v2/accounts/:id/stakeholders', ({ world }, call) => {
    const { stakeholder } = findAccount(world, id(call)).internal;
    return collection(stakeholder ? [showStakeholder(stakeholder)] : []);
  }),
  get('/v2/accounts/:id/stakeholders/:stakeholderId', ({ world }, call) =>
    showStakeholder(findStakeholder(world, id(call), id(call, 'stakeholderId')).stakeholder),
  ),
  patch('/v2/accounts/:id/stakeholders/:stakeholderId', ({ world }, call) =>
    editStakeholder(world, id(call), id(call, 'stakeholderId'), call.body),
  ),
  post('/v2/accounts/:id/stakeholders', ({ world }, call) => addStakeholder(world, id(call), call.body)),
  post('/v2/accounts/:id/products', ({ world }, call) => requestProduct(world, id(call), call.body)),
  get('/v2/accounts/:id/products/:productId', ({ world }, call) =>
    showProduct(findProduct(world, id(call), id(call, 'productId'))),
  ),
  patch('/v2/accounts/:id/products/:productId', ({ world }, call) =>
    configureProduct(world, id(call), id(call, 'productId'), call.body),
  ),
  get('/v2/products/:name/tnc', (_provider, call) => showTerms(id(call, 'name'))),
];

export const routes: readonly Route[] = [
  ...orderRoutes,
  ...paymentRoutes,
  ...refundRoutes,
  ...transferRoutes,
  ...disputeRoutes,
  ...settlementRoutes,
  ...accountRoutes,
];

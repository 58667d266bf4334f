import { activationStatus, showProduct } from './accounts/onboarding.server.ts';
import type { Collection } from './collection.server.ts';
import { invalid } from './errors.ts';
import type { Fields } from './input.ts';
import { PLATFORM } from './ledger.server.ts';
import {
  showAccount,
  showDispute,
  showOrder,
  showPayment,
  showRefund,
  showReversal,
  showSettlement,
  showTransfer,
  type Shown,
} from './present.ts';
import type { Provider } from './provider.server.ts';

const REQUESTS_SHOWN = 2_000;
const PARTS = [
  'orders',
  'payments',
  'transfers',
  'refunds',
  'reversals',
  'disputes',
  'documents',
  'settlements',
  'accounts',
  'balances',
  'webhooks',
  'requests',
] as const;
type Part = (typeof PARTS)[number];

interface Bound {
  /** Null means every part. */
  readonly only: ReadonlySet<string> | null;
  readonly newest?: number;
  /** Seconds. */
  readonly since?: number;
}

/** `?only=orders,payments`, `?limit=` of each kind, `?since=` seconds by the provider's clock. */
export function readBound(query: Fields): Bound {
  const whole = (name: string): number | undefined => {
    if (query[name] === undefined) return undefined;
    const value = Number(query[name]);
    if (!Number.isSafeInteger(value) || value < 0) throw invalid(`${name} must be a whole number`, name);
    return value;
  };
  const only = typeof query.only === 'string' ? query.only.split(',') : null;
  const unknown = only?.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw invalid(`only knows ${PARTS.join(', ')}`, 'only');
  return { only: only && new Set(only), newest: whole('limit'), since: whole('since') };
}

/** What the provider knows, oldest first, for tests to assert upon and for the control page. Amounts in paise. */
export function describeState({ world, requests, courier, faults, refundsToPend }: Provider, bound: Bound) {
  const wants = (part: Part): boolean => bound.only === null || bound.only.has(part);
  const part = <T>(name: Part, describe: () => T): Partial<Record<Part, T>> =>
    wants(name) ? { [name]: describe() } : {};
  const all = <T>(name: Part, from: Collection<T>, show: (item: T) => Shown) =>
    part(name, () => from.all(bound).map(show));

  return {
    clock: { now: world.clock.now(), offsetMs: world.clock.offset() },
    platformAccountId: world.platformAccountId,
    counts: {
      orders: world.orders.count(),
      payments: world.payments.count(),
      transfers: world.transfers.count(),
      refunds: world.refunds.count(),
      reversals: world.reversals.count(),
      disputes: world.disputes.count(),
      settlements: world.settlements.count(),
      accounts: world.accounts.count(),
      webhooks: world.webhooks.counts(),
    },
    faults: { api: faults.list(), webhooks: world.webhooks.faults(), refundsToPend: refundsToPend.get() },
    ...all('orders', world.orders, showOrder),
    ...all('payments', world.payments, (payment) => showPayment(payment, { withCard: true })),
    ...all('transfers', world.transfers, (transfer) => ({
      ...showTransfer(transfer),
      holdsLifted: transfer.internal.holdsLifted,
      settlesAt: transfer.internal.settles_at,
    })),
    ...all('refunds', world.refunds, showRefund),
    ...all('reversals', world.reversals, showReversal),
    ...all('disputes', world.disputes, showDispute),
    ...all('documents', world.documents, (document) => ({ ...document, entity: 'document' })),
    ...all('settlements', world.settlements, (settlement) => ({
      ...showSettlement(settlement),
      owner: settlement.owner,
    })),
    ...all('accounts', world.accounts, (account) => ({
      ...showAccount(account),
      activation: activationStatus(account),
      coolingUntil: account.internal.cooling_until,
      product: account.internal.product ? showProduct(account) : null,
    })),
    ...part('balances', () => ({
      platform: world.ledger.balance(PLATFORM),
      accounts: Object.fromEntries(world.accounts.all(bound).map(({ id }) => [id, world.ledger.balance(id)])),
    })),
    ...part('webhooks', () => ({
      url: courier.url(),
      events: world.webhooks.list({
        newest: bound.newest,
        since: bound.since === undefined ? undefined : bound.since * 1000 - world.clock.offset(),
      }),
    })),
    ...part('requests', () => ({
      counts: requests.counts(),
      log: requests.list(Math.min(bound.newest ?? REQUESTS_SHOWN, REQUESTS_SHOWN)),
    })),
  };
}

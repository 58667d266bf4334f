import { PLATFORM } from './ledger.server.ts';
import {
  showAccount,
  showOrder,
  showPayment,
  showRefund,
  showReversal,
  showSettlement,
  showTransfer,
} from './present.ts';
import type { Provider } from './provider.server.ts';

const REQUESTS_SHOWN = 2_000;

/** Everything, oldest first, for tests to assert upon. Amounts in paise. */
export function describeState({ world, requests, courier }: Provider) {
  const accounts = world.accounts.all();
  return {
    clock: { now: world.clock.now(), offsetMs: world.clock.offset() },
    platformAccountId: world.platformAccountId,
    orders: world.orders.all().map(showOrder),
    payments: world.payments.all().map((payment) => showPayment(payment, { withCard: true })),
    transfers: world.transfers.all().map((transfer) => ({
      ...showTransfer(transfer),
      holdsLifted: transfer.internal.holdsLifted,
      settlesAt: transfer.internal.settles_at,
    })),
    refunds: world.refunds.all().map(showRefund),
    reversals: world.reversals.all().map(showReversal),
    settlements: world.settlements.all().map((settlement) => ({
      ...showSettlement(settlement),
      owner: settlement.owner,
    })),
    accounts: accounts.map((account) => ({ ...showAccount(account), activation: account.internal.activation })),
    balances: {
      platform: world.ledger.balance(PLATFORM),
      accounts: Object.fromEntries(accounts.map(({ id }) => [id, world.ledger.balance(id)])),
    },
    webhooks: { url: courier.url(), events: world.webhooks.list() },
    requests: { counts: requests.counts(), log: requests.list(REQUESTS_SHOWN) },
  };
}

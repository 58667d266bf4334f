/**
 * How each call outward is sent, how its outcome is found again by reading, and which command records it. Rules EF1–EF8.
 * What we create carries our operation id in its notes (or receipt), so a read can tell "it happened" from "it did not".
 */
import { never } from '#events/shared/never.ts';
import type { Intent } from '../processes/process.ts';
import { accountRejection, findAccountCall, sendAccountCall } from './account-calls.ts';
import { disputeRejection, findDisputeCall, sendDisputeCall } from './dispute-calls.ts';
import { mapped, type Found, type No, type Sending } from './found.ts';
import type { Answer, ProviderTransfer } from './payment-gateway.ts';
import type { MoneyCall, ProviderCall } from './provider-call.ts';

const notesOf = (call: MoneyCall, operationId: string): Record<string, string> => ({
  booking_id: call.bookingId,
  op_id: operationId,
});

function orderFound(call: Extract<MoneyCall, { kind: 'create-order' }>, id: string, amount: number): Found {
  return {
    kind: 'done',
    providerId: id,
    records: [{ type: 'RecordOrder', data: { bookingId: call.bookingId, orderId: id, amount } }],
  };
}

function transferFound(
  call: Extract<MoneyCall, { kind: 'create-transfer' }>,
  { id, status, amount, fee, tax, problem }: ProviderTransfer,
): Found {
  const { bookingId } = call;
  switch (status) {
    case 'created':
    case 'pending':
      return { kind: 'pending', providerId: id };
    case 'processed':
    case 'partially_reversed':
    case 'reversed':
      return {
        kind: 'done',
        providerId: id,
        records: [{ type: 'RecordTransfer', data: { bookingId, transferId: id, amount, fee, tax } }],
      };
    case 'failed':
      return { kind: 'failed', providerId: id, reason: problem, records: [transferFailed(bookingId, problem)] };
    default:
      return never(status, 'transfer status');
  }
}

const transferFailed = (bookingId: string, reason: string): Intent => ({
  type: 'RecordTransferFailure',
  data: { bookingId, reason: reason || 'failed at the provider' },
});

function holdFound(call: Extract<MoneyCall, { kind: 'lift-hold' }>): Found {
  const { bookingId, transferId, amount } = call;
  return {
    kind: 'done',
    providerId: transferId,
    records: [{ type: 'RecordHoldLifted', data: { bookingId, transferId, amount } }],
  };
}

function reversalFound(
  call: Extract<MoneyCall, { kind: 'reverse-transfer' }>,
  operationId: string,
  reversal: { id: string; amount: number },
): Found {
  const { bookingId } = call;
  const { id, amount } = reversal;
  return {
    kind: 'done',
    providerId: id,
    records: [{ type: 'RecordReversal', data: { bookingId, operationId, reversalId: id, amount } }],
  };
}

function refundFound(
  call: Extract<MoneyCall, { kind: 'refund-payment' }>,
  { id, amount, status }: { id: string; amount: number; status: 'pending' | 'processed' | 'failed' },
): Found {
  const { bookingId, refundId } = call;
  switch (status) {
    case 'pending':
      return { kind: 'pending', providerId: id };
    case 'processed':
      return {
        kind: 'done',
        providerId: id,
        records: [{ type: 'RecordRefund', data: { bookingId, refundId, providerRefundId: id, amount } }],
      };
    case 'failed':
      return {
        kind: 'failed',
        providerId: id,
        reason: 'failed at the bank',
        records: [refundFailed(call, 'failed at the bank')],
      };
    default:
      return never(status, 'refund status');
  }
}

const refundFailed = (call: Extract<MoneyCall, { kind: 'refund-payment' }>, reason: string): Intent => ({
  type: 'RecordRefundFailure',
  data: { bookingId: call.bookingId, refundId: call.refundId, amount: call.amount, reason },
});

/** Sends it. Only ever after its row says that it is being sent. */
export async function send(call: ProviderCall, sending: Sending): Promise<Answer<Found>> {
  const { gateway, operationId } = sending;
  switch (call.kind) {
    case 'create-order': {
      const { amount, receipt } = call;
      return mapped(await gateway.createOrder({ amount, receipt, notes: notesOf(call, operationId) }), (order) =>
        orderFound(call, order.id, order.amount),
      );
    }
    case 'create-transfer': {
      const { paymentId, accountId, amount } = call;
      const notes = notesOf(call, operationId);
      const made = await gateway.createTransfer({ paymentId, accountId, amount, notes });
      return mapped(made, (transfer) => transferFound(call, transfer));
    }
    case 'lift-hold': {
      const lifted = await gateway.liftHold(call.transferId);
      if (lifted.kind !== 'ok') return lifted;
      // The answer to a PATCH is not trusted alone: the hold is gone when a read says so.
      const seen = await find(call, sending);
      if (seen.kind === 'ok' && seen.value === null) return { kind: 'unknown', cause: 'the hold still stands' };
      return mapped(seen, () => holdFound(call));
    }
    case 'reverse-transfer': {
      const { transferId, amount } = call;
      const notes = notesOf(call, operationId);
      return mapped(await gateway.reverse({ transferId, amount, notes }), (reversal) =>
        reversalFound(call, operationId, reversal),
      );
    }
    case 'refund-payment': {
      const { paymentId, amount, refundId } = call;
      const notes = notesOf(call, operationId);
      const refunded = await gateway.refund({ paymentId, amount, key: `refund-${refundId}`, notes });
      return mapped(refunded, (refund) => refundFound(call, refund));
    }
    case 'contest-dispute':
    case 'accept-dispute':
      return sendDisputeCall(call, sending);
    case 'create-account':
    case 'update-settlements':
      return sendAccountCall(call, sending);
    default:
      return never(call, 'provider call');
  }
}

/** Looks whether it took effect. Null: the provider knows nothing of it. */
export async function find(call: ProviderCall, sending: Sending): Promise<Answer<Found | null>> {
  const { gateway, operationId, providerId } = sending;
  const ours = <T extends { operationId: string | null }>(items: readonly T[]): T | undefined =>
    items.find((item) => item.operationId === operationId);
  switch (call.kind) {
    case 'create-order':
      return mapped(await gateway.ordersByReceipt(call.receipt), (orders) => {
        const order = orders.find((one) => one.amount === call.amount);
        return order ? orderFound(call, order.id, order.amount) : null;
      });
    case 'create-transfer': {
      if (providerId !== null)
        return mapped(await gateway.transfer(providerId), (transfer) => transferFound(call, transfer));
      return mapped(await gateway.transfersOfPayment(call.paymentId), (transfers) => {
        const transfer = ours(transfers);
        return transfer ? transferFound(call, transfer) : null;
      });
    }
    case 'lift-hold':
      return mapped(await gateway.transfer(call.transferId), (transfer) => (transfer.onHold ? null : holdFound(call)));
    case 'reverse-transfer':
      return mapped(await gateway.reversalsOf(call.transferId), (reversals) => {
        const reversal = ours(reversals);
        return reversal ? reversalFound(call, operationId, reversal) : null;
      });
    case 'refund-payment':
      return mapped(await gateway.refundsOf(call.paymentId), (refunds) => {
        const refund = ours(refunds);
        return refund ? refundFound(call, refund) : null;
      });
    case 'contest-dispute':
    case 'accept-dispute':
      return findDisputeCall(call, sending);
    case 'create-account':
    case 'update-settlements':
      return findAccountCall(call, sending);
    default:
      return never(call, 'provider call');
  }
}

/** The provider's own words (razorpay.md §2, §6). */
const NO_FUNDS = /not have enough balance/i;
const GONE_FROM_ACCOUNT = /does not have sufficient balance/i;

/** What a plain no means, once a read has shown that nothing happened. */
export function rejection(call: ProviderCall, operationId: string, reason: string): No {
  switch (call.kind) {
    case 'create-order':
      return { kind: 'failed', records: [] };
    case 'create-transfer':
      return { kind: 'failed', records: [transferFailed(call.bookingId, reason)] };
    case 'refund-payment': {
      const { bookingId, refundId } = call;
      if (!NO_FUNDS.test(reason)) return { kind: 'failed', records: [refundFailed(call, reason)] };
      const delayed: Intent = { type: 'RecordRefundDelay', data: { bookingId, refundId, reason: 'no-funds' } };
      return { kind: 'later', alert: 'no-funds', records: [delayed] };
    }
    case 'reverse-transfer': {
      const { bookingId } = call;
      if (!GONE_FROM_ACCOUNT.test(reason)) return { kind: 'later', alert: null, records: [] };
      return { kind: 'failed', records: [{ type: 'RecordReversalFailure', data: { bookingId, operationId, reason } }] };
    }
    // There is no "failed" for it: it is asked for again, and listed as stuck meanwhile.
    case 'lift-hold':
      return { kind: 'later', alert: null, records: [] };
    case 'contest-dispute':
    case 'accept-dispute':
      return disputeRejection(call, operationId, reason);
    case 'create-account':
    case 'update-settlements':
      return accountRejection(call, reason);
    default:
      return never(call, 'provider call');
  }
}

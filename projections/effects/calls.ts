/**
 * How each call outward is sent, how its outcome is found again by reading, and which command records it. Rules EF1–EF8.
 * What we create carries our operation id in its notes (or receipt), so a read can tell "it happened" from "it did not".
 */
import { never } from '#events/shared/never.ts';
import type { Intent } from '../processes/process.ts';
import type { Answer, PaymentGateway, ProviderTransfer } from './payment-gateway.ts';
import type { ProviderCall } from './provider-call.ts';

/** What the provider has made of a call. */
export type Found =
  /** It took effect, and this says so in the log. */
  | { readonly kind: 'done'; readonly providerId: string; readonly record: Intent }
  /** It exists and is still on its way. */
  | { readonly kind: 'pending'; readonly providerId: string }
  /** It exists and came to nothing; `record` says so in the log, where there is an event for it. */
  | { readonly kind: 'failed'; readonly providerId: string; readonly reason: string; readonly record: Intent | null };

const notesOf = (call: ProviderCall, operationId: string): Record<string, string> => ({
  booking_id: call.bookingId,
  op_id: operationId,
});

const mapped = <T, R>(answer: Answer<T>, map: (value: T) => R): Answer<R> =>
  answer.kind === 'ok' ? { kind: 'ok', value: map(answer.value) } : answer;

function orderFound(call: Extract<ProviderCall, { kind: 'create-order' }>, id: string, amount: number): Found {
  return {
    kind: 'done',
    providerId: id,
    record: { type: 'RecordOrder', data: { bookingId: call.bookingId, orderId: id, amount } },
  };
}

function transferFound(
  call: Extract<ProviderCall, { kind: 'create-transfer' }>,
  { id, status, amount, problem }: ProviderTransfer,
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
        record: { type: 'RecordTransfer', data: { bookingId, transferId: id, amount } },
      };
    case 'failed':
      return { kind: 'failed', providerId: id, reason: problem, record: transferFailed(bookingId, problem) };
    default:
      return never(status, 'transfer status');
  }
}

const transferFailed = (bookingId: string, reason: string): Intent => ({
  type: 'RecordTransferFailure',
  data: { bookingId, reason: reason || 'failed at the provider' },
});

function holdFound(call: Extract<ProviderCall, { kind: 'lift-hold' }>): Found {
  const { bookingId, transferId, amount } = call;
  return {
    kind: 'done',
    providerId: transferId,
    record: { type: 'RecordHoldLifted', data: { bookingId, transferId, amount } },
  };
}

function reversalFound(
  call: Extract<ProviderCall, { kind: 'reverse-transfer' }>,
  operationId: string,
  reversal: { id: string; amount: number },
): Found {
  const { bookingId } = call;
  const { id, amount } = reversal;
  return {
    kind: 'done',
    providerId: id,
    record: { type: 'RecordReversal', data: { bookingId, operationId, reversalId: id, amount } },
  };
}

function refundFound(
  call: Extract<ProviderCall, { kind: 'refund-payment' }>,
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
        record: { type: 'RecordRefund', data: { bookingId, refundId, providerRefundId: id, amount } },
      };
    case 'failed':
      return {
        kind: 'failed',
        providerId: id,
        reason: 'failed at the bank',
        record: refundFailed(call, 'failed at the bank'),
      };
    default:
      return never(status, 'refund status');
  }
}

const refundFailed = (call: Extract<ProviderCall, { kind: 'refund-payment' }>, reason: string): Intent => ({
  type: 'RecordRefundFailure',
  data: { bookingId: call.bookingId, refundId: call.refundId, amount: call.amount, reason },
});

/** Sends it. Only ever after its row says that it is being sent. */
export async function send(gateway: PaymentGateway, operationId: string, call: ProviderCall): Promise<Answer<Found>> {
  const notes = notesOf(call, operationId);
  switch (call.kind) {
    case 'create-order': {
      const { amount, receipt } = call;
      return mapped(await gateway.createOrder({ amount, receipt, notes }), (order) =>
        orderFound(call, order.id, order.amount),
      );
    }
    case 'create-transfer': {
      const { paymentId, accountId, amount } = call;
      const made = await gateway.createTransfer({ paymentId, accountId, amount, notes });
      return mapped(made, (transfer) => transferFound(call, transfer));
    }
    case 'lift-hold': {
      const lifted = await gateway.liftHold(call.transferId);
      if (lifted.kind !== 'ok') return lifted;
      // The answer to a PATCH is not trusted alone: the hold is gone when a read says so.
      const seen = await find(gateway, operationId, call, call.transferId);
      if (seen.kind === 'ok' && seen.value === null) return { kind: 'unknown', cause: 'the hold still stands' };
      return mapped(seen, () => holdFound(call));
    }
    case 'reverse-transfer': {
      const { transferId, amount } = call;
      return mapped(await gateway.reverse({ transferId, amount, notes }), (reversal) =>
        reversalFound(call, operationId, reversal),
      );
    }
    case 'refund-payment': {
      const { paymentId, amount, refundId } = call;
      const refunded = await gateway.refund({ paymentId, amount, key: `refund-${refundId}`, notes });
      return mapped(refunded, (refund) => refundFound(call, refund));
    }
    default:
      return never(call, 'provider call');
  }
}

/** Looks whether it took effect. Null: the provider knows nothing of it. */
export async function find(
  gateway: PaymentGateway,
  operationId: string,
  call: ProviderCall,
  providerId: string | null,
): Promise<Answer<Found | null>> {
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
    default:
      return never(call, 'provider call');
  }
}

/** What a plain no of the provider means for the log; null where no event says it and people must look. */
export function rejection(call: ProviderCall, reason: string): Intent | null {
  switch (call.kind) {
    case 'create-transfer':
      return transferFailed(call.bookingId, reason);
    case 'refund-payment':
      return refundFailed(call, reason);
    case 'create-order':
    case 'lift-hold':
    case 'reverse-transfer':
      return null;
    default:
      return never(call, 'provider call');
  }
}

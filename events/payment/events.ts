import { impossible, never } from '../shared/never.ts';

/** Stream `payment-<bookingId>`: all attempts to pay one booking (money.md §7.2). Amounts in paise. */
export type PaymentEvent =
  | {
      /** The order is planned before the provider is called; `receipt` finds it again. */
      readonly type: 'OrderPlanned';
      readonly data: {
        readonly bookingId: string;
        readonly amount: number;
        readonly receipt: string;
        readonly payBy: number;
      };
    }
  | {
      readonly type: 'OrderCreated';
      readonly data: { readonly bookingId: string; readonly orderId: string; readonly amount: number };
    }
  | {
      readonly type: 'PaymentAttemptFailed';
      readonly data: {
        readonly bookingId: string;
        readonly providerPaymentId: string;
        readonly method: string;
        readonly reason: string;
        readonly description: string;
      };
    }
  | {
      readonly type: 'PaymentAuthorized';
      readonly data: {
        readonly bookingId: string;
        readonly providerPaymentId: string;
        readonly amount: number;
        readonly method: string;
      };
    }
  | {
      readonly type: 'PaymentCaptured';
      readonly data: {
        readonly bookingId: string;
        readonly orderId: string;
        readonly providerPaymentId: string;
        readonly amount: number;
        readonly fee: number;
        readonly tax: number;
        readonly method: string;
        readonly capturedAt: number;
      };
    }
  | {
      /** A second capture, or one on a booking that is gone: it goes back whole. */
      readonly type: 'SurplusPaymentDetected';
      readonly data: {
        readonly bookingId: string;
        readonly providerPaymentId: string;
        readonly amount: number;
        /** What the provider kept of it, tax included; 0 in version 1, which did not say. */
        readonly fee: number;
        readonly tax: number;
      };
    }
  | {
      /** News that is older than what we know, such as a failure after the capture: kept, and without effect. */
      readonly type: 'StaleObservationRecorded';
      readonly data: {
        readonly bookingId: string;
        readonly providerPaymentId: string;
        readonly status: string;
        readonly at: number;
      };
    }
  | {
      /** Authorized, never captured, and given back by the provider. */
      readonly type: 'PaymentVoided';
      readonly data: { readonly bookingId: string; readonly providerPaymentId: string; readonly at: number };
    }
  | {
      readonly type: 'RefundRequested';
      readonly data: {
        readonly bookingId: string;
        readonly refundId: string;
        readonly providerPaymentId: string;
        readonly amount: number;
        readonly reason: string;
      };
    }
  | {
      readonly type: 'RefundProcessed';
      readonly data: {
        readonly bookingId: string;
        readonly refundId: string;
        readonly providerRefundId: string;
        readonly amount: number;
      };
    }
  | {
      readonly type: 'RefundFailed';
      readonly data: {
        readonly bookingId: string;
        readonly refundId: string;
        readonly amount: number;
        readonly reason: string;
      };
    }
  | {
      /** The provider has no money for it yet; it is tried again under the same id. */
      readonly type: 'RefundDelayed';
      readonly data: {
        readonly bookingId: string;
        readonly refundId: string;
        readonly reason: 'no-funds';
        readonly at: number;
      };
    }
  | {
      /** The payer's bank is taking this payment back: a refund beside it would lose the money twice. */
      readonly type: 'RefundsFrozen';
      readonly data: { readonly bookingId: string; readonly chargebackId: string; readonly providerPaymentId: string };
    }
  | {
      readonly type: 'RefundsUnfrozen';
      readonly data: {
        readonly bookingId: string;
        readonly chargebackId: string;
        readonly providerPaymentId: string;
        /** What the bank took: it went back to the payer already, so it is refunded no more. */
        readonly lost: number;
      };
    };

interface Plan {
  readonly amount: number;
  readonly receipt: string;
  readonly payBy: number;
}

interface Order extends Plan {
  readonly orderId: string;
  /** Attempts that failed or are authorized, by the provider's payment id. */
  readonly failed: readonly string[];
  readonly authorized: readonly string[];
  /** Authorized ones that went back uncaptured. */
  readonly voided: readonly string[];
  /** Older news that is recorded already, as `<payment id> <status>`. */
  readonly stale: readonly string[];
}

/** Money that really arrived; each is refunded on its own. */
export interface Capture {
  readonly providerPaymentId: string;
  readonly amount: number;
}

export interface Refund {
  readonly refundId: string;
  readonly providerPaymentId: string;
  readonly amount: number;
  readonly reason: string;
  readonly progress: 'requested' | 'delayed' | 'failed' | 'processed';
  /** The provider's id; null until it is processed. */
  readonly providerRefundId: string | null;
}

/** A case of the payer's bank about one of the captures: `frozen` while it runs, then over with what was lost. */
export interface BankCase {
  readonly chargebackId: string;
  readonly providerPaymentId: string;
  readonly frozen: boolean;
  readonly lost: number;
}

export type PaymentState =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'planned' } & Plan)
  | ({ readonly kind: 'ordered' } & Order)
  | ({
      readonly kind: 'captured';
      /** The one that pays for the booking. */
      readonly capture: Capture;
      readonly surplus: readonly Capture[];
      readonly refunds: readonly Refund[];
      readonly bankCases: readonly BankCase[];
    } & Order);

export const initial: PaymentState = { kind: 'none' };

export function evolve(state: PaymentState, event: PaymentEvent): PaymentState {
  switch (event.type) {
    case 'OrderPlanned': {
      if (state.kind !== 'none') return impossible(event, state);
      const { amount, receipt, payBy } = event.data;
      return { kind: 'planned', amount, receipt, payBy };
    }
    case 'OrderCreated':
      if (state.kind !== 'planned') return impossible(event, state);
      return {
        ...state,
        kind: 'ordered',
        orderId: event.data.orderId,
        failed: [],
        authorized: [],
        voided: [],
        stale: [],
      };
    case 'PaymentAttemptFailed':
      if (state.kind !== 'ordered') return impossible(event, state);
      return { ...state, failed: [...state.failed, event.data.providerPaymentId] };
    case 'PaymentAuthorized':
      if (state.kind !== 'ordered') return impossible(event, state);
      return { ...state, authorized: [...state.authorized, event.data.providerPaymentId] };
    case 'PaymentCaptured': {
      if (state.kind !== 'ordered') return impossible(event, state);
      const { providerPaymentId, amount } = event.data;
      const capture = { providerPaymentId, amount };
      return { ...state, kind: 'captured', capture, surplus: [], refunds: [], bankCases: [] };
    }
    case 'StaleObservationRecorded': {
      if (state.kind !== 'ordered' && state.kind !== 'captured') return impossible(event, state);
      const { providerPaymentId, status } = event.data;
      return { ...state, stale: [...state.stale, staleKey(providerPaymentId, status)] };
    }
    case 'PaymentVoided':
      if (state.kind !== 'ordered' && state.kind !== 'captured') return impossible(event, state);
      return { ...state, voided: [...state.voided, event.data.providerPaymentId] };
    case 'SurplusPaymentDetected': {
      if (state.kind !== 'captured') return impossible(event, state);
      const { providerPaymentId, amount } = event.data;
      return { ...state, surplus: [...state.surplus, { providerPaymentId, amount }] };
    }
    case 'RefundRequested': {
      if (state.kind !== 'captured') return impossible(event, state);
      const { refundId, providerPaymentId, amount, reason } = event.data;
      const refund: Refund = {
        refundId,
        providerPaymentId,
        amount,
        reason,
        progress: 'requested',
        providerRefundId: null,
      };
      return { ...state, refunds: [...state.refunds, refund] };
    }
    case 'RefundProcessed': {
      if (state.kind !== 'captured') return impossible(event, state);
      const { refundId, providerRefundId } = event.data;
      return withRefund(state, refundId, { progress: 'processed', providerRefundId });
    }
    case 'RefundFailed':
      if (state.kind !== 'captured') return impossible(event, state);
      return withRefund(state, event.data.refundId, { progress: 'failed' });
    case 'RefundDelayed':
      if (state.kind !== 'captured') return impossible(event, state);
      return withRefund(state, event.data.refundId, { progress: 'delayed' });
    case 'RefundsFrozen':
    case 'RefundsUnfrozen': {
      if (state.kind !== 'captured') return impossible(event, state);
      const { chargebackId, providerPaymentId } = event.data;
      const others = state.bankCases.filter((one) => one.chargebackId !== chargebackId);
      const frozen = event.type === 'RefundsFrozen';
      const lost = event.type === 'RefundsUnfrozen' ? event.data.lost : 0;
      return { ...state, bankCases: [...others, { chargebackId, providerPaymentId, frozen, lost }] };
    }
    default:
      return never(event, 'payment event');
  }
}

export const staleKey = (providerPaymentId: string, status: string): string => `${providerPaymentId} ${status}`;

function withRefund(
  state: Extract<PaymentState, { kind: 'captured' }>,
  refundId: string,
  change: Partial<Refund>,
): PaymentState {
  const refunds = state.refunds.map((refund) => (refund.refundId === refundId ? { ...refund, ...change } : refund));
  return { ...state, refunds };
}

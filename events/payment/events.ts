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
      readonly data: { readonly bookingId: string; readonly providerPaymentId: string; readonly amount: number };
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
  readonly progress: 'requested' | 'failed' | 'processed';
  /** The provider's id; null until it is processed. */
  readonly providerRefundId: string | null;
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
      return { ...state, kind: 'ordered', orderId: event.data.orderId, failed: [], authorized: [] };
    case 'PaymentAttemptFailed':
      if (state.kind !== 'ordered') return impossible(event, state);
      return { ...state, failed: [...state.failed, event.data.providerPaymentId] };
    case 'PaymentAuthorized':
      if (state.kind !== 'ordered') return impossible(event, state);
      return { ...state, authorized: [...state.authorized, event.data.providerPaymentId] };
    case 'PaymentCaptured': {
      if (state.kind !== 'ordered') return impossible(event, state);
      const { providerPaymentId, amount } = event.data;
      return { ...state, kind: 'captured', capture: { providerPaymentId, amount }, surplus: [], refunds: [] };
    }
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
    default:
      return never(event, 'payment event');
  }
}

function withRefund(
  state: Extract<PaymentState, { kind: 'captured' }>,
  refundId: string,
  change: Partial<Refund>,
): PaymentState {
  const refunds = state.refunds.map((refund) => (refund.refundId === refundId ? { ...refund, ...change } : refund));
  return { ...state, refunds };
}

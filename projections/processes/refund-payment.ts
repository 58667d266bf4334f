/** Takes a requested refund to the provider, and asks again when it failed. Rules RF1–RF2 of SPEC.md. */
import { idFrom } from '#events/shared/ids.ts';
import type { Process } from './process.ts';

interface Request {
  readonly providerPaymentId: string;
  readonly reason: string;
}

export interface RefundPayment {
  /** By refund id. */
  readonly requests: Readonly<Record<string, Request>>;
  readonly failures: number;
}

const HOUR = 3_600_000;
/** After this many failures people take over (the row is listed as stuck). */
export const MAX_REFUND_ATTEMPTS = 12;

export const refundPayment: Process<RefundPayment> = {
  name: 'refund-payment',
  initial: { requests: {}, failures: 0 },

  keyOf(fact) {
    switch (fact.type) {
      case 'RefundRequested':
      case 'RefundFailed':
        return fact.data.bookingId;
      default:
        return null;
    }
  },

  evolve(state, fact) {
    switch (fact.type) {
      case 'RefundRequested': {
        const { refundId, providerPaymentId, reason } = fact.data;
        return { ...state, requests: { ...state.requests, [refundId]: { providerPaymentId, reason } } };
      }
      case 'RefundFailed':
        return { ...state, failures: state.failures + 1 };
      default:
        return state;
    }
  },

  react(fact, state) {
    switch (fact.type) {
      case 'RefundRequested': {
        const { bookingId, refundId, providerPaymentId, amount } = fact.data;
        return [
          {
            kind: 'call',
            operationId: refundId,
            bookingId,
            call: { kind: 'refund-payment', bookingId, refundId, paymentId: providerPaymentId, amount },
          },
        ];
      }
      case 'RefundFailed': {
        const { bookingId, refundId, amount } = fact.data;
        const request = state.requests[refundId];
        if (!request || state.failures >= MAX_REFUND_ATTEMPTS) return [];
        // A new id, because the provider remembers what it answered to the old one.
        const nextId = idFrom('refund-again', refundId);
        return [
          {
            kind: 'timer',
            key: `refund:${nextId}`,
            dueAt: fact.meta.occurredAt + HOUR,
            command: { type: 'RequestRefund', data: { bookingId, refundId: nextId, amount, ...request } },
          },
        ];
      }
      default:
        return [];
    }
  },
};

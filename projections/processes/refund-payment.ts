/** Takes a requested refund to the provider, and asks again when it failed. Rules RF1–RF4 of SPEC.md. */
import { lostOf, refundAgainId, withLost, type Lost } from './payout-case.ts';
import type { Fact } from '../fact.ts';
import type { Intent, Process, Reaction } from './process.ts';

interface Request {
  readonly providerPaymentId: string;
  readonly reason: string;
  /** What the payer's bank had taken of that payment when it was asked for, paise. */
  readonly lostBefore?: number;
}

interface Failed extends Request {
  readonly refundId: string;
  readonly amount: number;
}

export interface RefundPayment {
  /** By refund id. */
  readonly requests: Readonly<Record<string, Request>>;
  readonly failures: number;
  /** Failed, and not asked for again yet. */
  readonly failed: readonly Failed[];
  readonly lost: Lost;
}

const HOUR = 3_600_000;
/** After this many failures people take over (the row is listed as stuck). */
export const MAX_REFUND_ATTEMPTS = 12;

const initial: RefundPayment = { requests: {}, failures: 0, failed: [], lost: {} };

/**
 * What is left to ask for, less what the bank took since it was first asked for; null when that is nothing. A new id,
 * because the provider remembers what it answered to the old one.
 */
function again(bookingId: string, failed: Failed, lost: Lost): Intent | null {
  const { refundId, providerPaymentId, reason, lostBefore = 0 } = failed;
  const amount = failed.amount - (lostOf(lost, failed) - lostBefore);
  if (amount <= 0) return null;
  const nextId = refundAgainId(refundId);
  return { type: 'RequestRefund', data: { bookingId, refundId: nextId, amount, providerPaymentId, reason } };
}

const againTimer = (refundId: string): string => `refund:${refundAgainId(refundId)}`;

/**
 * What failed may have been asked for again, and refused, while the payer's bank had a case open. A timer that still waits
 * knows nothing of what the bank took.
 */
function afterUnfreezing(fact: Extract<Fact, { type: 'RefundsUnfrozen' }>, state: RefundPayment): readonly Reaction[] {
  const { bookingId, providerPaymentId } = fact.data;
  if (state.failures >= MAX_REFUND_ATTEMPTS) return [];
  return state.failed.flatMap((one): readonly Reaction[] => {
    if (one.providerPaymentId !== providerPaymentId) return [];
    const intent = again(bookingId, one, state.lost);
    const forget: Reaction = { kind: 'forget', keys: [againTimer(one.refundId)] };
    return intent ? [forget, { kind: 'command', step: `again ${one.refundId}`, command: intent }] : [forget];
  });
}

export const refundPayment: Process<RefundPayment> = {
  name: 'refund-payment',
  initial,

  keyOf(fact) {
    switch (fact.type) {
      case 'RefundRequested':
      case 'RefundFailed':
      case 'RefundsUnfrozen':
        return fact.data.bookingId;
      default:
        return null;
    }
  },

  evolve(stored, fact) {
    // A state kept by an earlier version of this process knows less.
    const state = { ...initial, ...stored };
    switch (fact.type) {
      case 'RefundRequested': {
        const { refundId, providerPaymentId, reason } = fact.data;
        const failed = state.failed.filter((one) => refundAgainId(one.refundId) !== refundId);
        const request = { providerPaymentId, reason, lostBefore: lostOf(state.lost, fact.data) };
        return { ...state, failed, requests: { ...state.requests, [refundId]: request } };
      }
      case 'RefundFailed': {
        const { refundId, amount } = fact.data;
        const failures = state.failures + 1;
        const request = state.requests[refundId];
        if (!request) return { ...state, failures };
        return { ...state, failures, failed: [...state.failed, { refundId, amount, ...request }] };
      }
      case 'RefundsUnfrozen':
        return { ...state, lost: withLost(state.lost, fact.data) };
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
        const { bookingId, refundId } = fact.data;
        const failed = state.failed.find((one) => one.refundId === refundId);
        if (!failed || state.failures >= MAX_REFUND_ATTEMPTS) return [];
        const command = again(bookingId, failed, state.lost);
        if (!command) return [];
        return [{ kind: 'timer', key: againTimer(refundId), dueAt: fact.meta.occurredAt + HOUR, command }];
      }
      case 'RefundsUnfrozen':
        return afterUnfreezing(fact, state);
      default:
        return [];
    }
  },
};

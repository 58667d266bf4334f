/** A payment provider in memory that loses answers, refuses and runs short: for the simulation of whole lives. */
import { never } from '#events/shared/never.ts';
import type { Intent } from '../processes/process.ts';
import type { ProviderCall } from '../effects/provider-call.ts';

export interface Attempt {
  readonly paymentId: string;
  status: 'failed' | 'authorized' | 'captured';
  readonly amount: number;
}

interface Effect {
  readonly operationId: string;
  readonly kind: ProviderCall['kind'];
  readonly id: string;
  readonly amount: number;
}

/** What the payer's bank made of a payment. */
export interface BankCase {
  readonly chargebackId: string;
  readonly paymentId: string;
  readonly amount: number;
  phase: 'retrieval' | 'chargeback' | 'pre_arbitration' | 'arbitration';
  status: 'open' | 'under_review' | 'won' | 'lost';
}

export interface Row {
  readonly operationId: string;
  readonly call: ProviderCall;
  state: 'planned' | 'unknown' | 'done';
}

/** Paise. */
const FEE = 1_888;
const TAX = 288;

/** Every call that changed something there, in order: doing one operation twice shows here. */
export class FakeProvider {
  readonly effects: Effect[] = [];
  readonly attempts: Attempt[] = [];
  orderId: string | null = null;
  readonly cases: BankCase[] = [];
  #next = 0;

  #id(prefix: string): string {
    return `${prefix}_${String((this.#next += 1)).padStart(14, '0')}`;
  }

  /** Does it, whatever was done before: the caller must look first. */
  commit({ operationId, call }: Row): void {
    const amount = 'amount' in call ? call.amount : 0;
    const id = this.#id(call.kind);
    if (call.kind === 'create-order') this.orderId = id;
    this.effects.push({ operationId, kind: call.kind, id, amount });
  }

  /** What the log must hear of an operation that was done; null: it was not. */
  found({ operationId, call }: Row): Intent | null {
    const effect = this.effects.find((one) => one.operationId === operationId);
    if (!effect) return null;
    switch (call.kind) {
      case 'create-order':
        return {
          type: 'RecordOrder',
          data: { bookingId: call.bookingId, orderId: effect.id, amount: call.amount },
        };
      case 'create-transfer':
        return {
          type: 'RecordTransfer',
          data: { bookingId: call.bookingId, transferId: effect.id, amount: call.amount, fee: 212, tax: 32 },
        };
      case 'lift-hold':
        return {
          type: 'RecordHoldLifted',
          data: { bookingId: call.bookingId, transferId: call.transferId, amount: call.amount },
        };
      case 'reverse-transfer':
        return {
          type: 'RecordReversal',
          data: { bookingId: call.bookingId, operationId, reversalId: effect.id, amount: call.amount },
        };
      case 'refund-payment':
        return {
          type: 'RecordRefund',
          data: {
            bookingId: call.bookingId,
            refundId: call.refundId,
            providerRefundId: effect.id,
            amount: call.amount,
          },
        };
      case 'contest-dispute':
      case 'accept-dispute':
      case 'create-account':
      case 'update-settlements':
        return null;
      default:
        return never(call, 'provider call');
    }
  }

  /** What the log must hear of a no; null where the call is simply tried again. */
  refused({ operationId, call }: Row): Intent | null {
    switch (call.kind) {
      case 'create-transfer':
        return { type: 'RecordTransferFailure', data: { bookingId: call.bookingId, reason: 'no balance' } };
      case 'reverse-transfer':
        return {
          type: 'RecordReversalFailure',
          data: { bookingId: call.bookingId, operationId, reason: 'no balance' },
        };
      case 'refund-payment':
        return {
          type: 'RecordRefundFailure',
          data: { bookingId: call.bookingId, refundId: call.refundId, amount: call.amount, reason: 'bank' },
        };
      default:
        return null;
    }
  }

  /** What the log must hear when there is no money for it yet; null where that is no event. */
  delayed({ call }: Row): Intent | null {
    if (call.kind !== 'refund-payment') return null;
    return {
      type: 'RecordRefundDelay',
      data: { bookingId: call.bookingId, refundId: call.refundId, reason: 'no-funds' },
    };
  }

  /** What a fetch of the bank's case says, as of `now`. */
  bankSays(bookingId: string, { chargebackId, paymentId, amount, phase, status }: BankCase, now: number): Intent {
    return {
      type: 'ObserveChargeback',
      data: {
        chargebackId,
        bookingId,
        providerPaymentId: paymentId,
        status,
        phase,
        amount,
        amountDeducted: status === 'lost' ? amount : 0,
        reasonCode: 'goods_not_received',
        respondBy: now + 7 * 86_400_000,
        asOf: now,
      },
    };
  }

  pay(outcome: 'failed' | 'authorized' | 'captured', amount: number): void {
    this.attempts.push({ paymentId: this.#id('pay'), status: outcome, amount });
  }

  /** What a webhook or a fetch says of one attempt, as it is now or (stale) as it was. */
  observation(bookingId: string, attempt: Attempt, status: Attempt['status'] = attempt.status): Intent {
    return {
      type: 'ObservePayment',
      data: {
        bookingId,
        orderId: this.orderId ?? '',
        providerPaymentId: attempt.paymentId,
        status,
        amount: attempt.amount,
        currency: 'INR',
        fee: FEE,
        tax: TAX,
        method: 'upi',
        reason: '',
        description: '',
      },
    };
  }
}

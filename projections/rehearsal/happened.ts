/** What happened to one booking, read from its facts without deciding anything. Rule RH4 of SPEC.md. */
import type { Outcome } from '#events/booking/events.ts';
import { splitGross } from '#events/shared/money.ts';
import type { Policy } from '#events/shared/policy.ts';
import type { PastCase } from './past.ts';
import { settle, type BankTook, type Dispute, type Ending, type Reckoning, type Split } from './reckoning.ts';

export interface Booked {
  readonly bookingId: string;
  readonly tutorId: string;
  readonly studentId: string;
  readonly bookedBy: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly price: number;
  /** The version written onto it. */
  readonly policy: Policy;
}

export interface Happened extends Reckoning {
  readonly booked: Booked;
  readonly bank: BankTook;
}

/** Null for a past that holds no request. */
export function happened({ facts }: PastCase): Happened | null {
  let booked = null as Booked | null;
  let split = null as Split | null;
  let outcome: Outcome | null = null;
  let ending: Ending = { kind: 'unpaid' };
  let dispute: Dispute = { kind: 'none' };
  let paymentId: string | null = null;
  const refunds = new Map<string, { readonly paymentId: string; readonly amount: number }>();
  const cases = new Map<string, { readonly paymentId: string; readonly amount: number }>();
  for (const fact of facts)
    switch (fact.type) {
      case 'BookingRequested':
        booked = fact.data;
        break;
      case 'BookingRescheduled':
        if (booked) booked = { ...booked, startsAt: fact.data.startsAt };
        break;
      case 'BookingConfirmed':
        ending = { kind: 'open' };
        break;
      case 'BookingUnderReview':
        ending = { kind: 'review' };
        break;
      case 'BookingCompleted':
        ending = { kind: 'completed', outcome: fact.data.outcome, t0: fact.data.t0 };
        break;
      case 'BookingCancelled':
        if (ending.kind !== 'unpaid') ending = cancelledBy(fact.data);
        break;
      case 'OutcomeDecided':
        outcome = fact.data.outcome;
        break;
      case 'PaymentCaptured':
        paymentId = fact.data.providerPaymentId;
        break;
      case 'PayoutPlanned':
        split = fact.data;
        break;
      case 'PayoutDisputed':
        dispute = { kind: 'open', about: fact.data.kind };
        break;
      case 'DisputeWithdrawn':
        dispute = { kind: 'withdrawn' };
        break;
      case 'DisputeResolved': {
        const { kind: about, refund, rule, approvedBy } = fact.data;
        const by = rule === 'ops' ? 'ops' : 'rule';
        dispute = { kind: 'decided', about, by, refund, secondPerson: approvedBy !== null };
        break;
      }
      case 'RefundRequested':
        refunds.set(fact.data.refundId, { paymentId: fact.data.providerPaymentId, amount: fact.data.amount });
        break;
      case 'RefundFailed':
        refunds.delete(fact.data.refundId);
        break;
      case 'ChargebackOpened':
        cases.set(fact.data.chargebackId, { paymentId: fact.data.providerPaymentId, amount: 0 });
        break;
      case 'ChargebackLost': {
        const { chargebackId, amount } = fact.data;
        const known = cases.get(chargebackId);
        if (known) cases.set(chargebackId, { ...known, amount });
        break;
      }
      default:
    }
  if (!booked) return null;
  const sum = (all: Iterable<{ readonly paymentId: string; readonly amount: number }>): number =>
    [...all].reduce((total, one) => (one.paymentId === paymentId ? total + one.amount : total), 0);
  const { price, policy } = booked;
  const planned = split ?? { gross: price, ...splitGross(price, policy.commissionBps), holdMs: policy.holdMs };
  const paid = ending.kind !== 'unpaid';
  const bank = paid ? { lost: sum(cases.values()), refunds: sum(refunds.values()) } : { lost: 0, refunds: 0 };
  return { booked, bank, outcome, ending, dispute, ...settle(planned, ending, dispute, bank) };
}

export const cancelledBy = (data: {
  readonly by: 'student' | 'tutor' | 'platform';
  readonly rule: string;
  readonly refundPct: number;
  readonly refund: number;
  readonly cancelledAt: number;
}): Ending => {
  const { by, rule, refundPct, refund, cancelledAt } = data;
  return { kind: 'cancelled', by, rule, refundPct, refund, at: cancelledAt };
};

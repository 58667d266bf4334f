/** A mail for every change of somebody's money in one booking. Rules NO3, NO4, NO8, NO9 of SPEC.md. Part of notify. */
import { never } from '#events/shared/never.ts';
import type { Fact } from '../fact.ts';
import { refundExpectedBy } from '../payments/refund-time.ts';
import type { Notify, Teller } from './notify.ts';
import type { Reaction } from './process.ts';

const MONEY = [
  'PaymentCaptured',
  'RefundRequested',
  'RefundDelayed',
  'RefundFailed',
  'RefundProcessed',
  'TransferProcessed',
  'TransferReversed',
  'HoldStarted',
  'HoldLifted',
  'TransferSettled',
  'PayoutCancelled',
  'PayoutPaused',
  'PayoutResumed',
  'ClawbackRecorded',
] as const;

type MoneyFact = Extract<Fact, { type: (typeof MONEY)[number] }>;

const NAMES: ReadonlySet<string> = new Set(MONEY);

export const isMoney = (fact: Fact): fact is MoneyFact => NAMES.has(fact.type);

export function tellOfMoney(fact: MoneyFact, state: Notify, { lesson, payer, tell }: Teller): readonly Reaction[] {
  const tutor = [lesson.tutorId];
  const { share } = state;
  switch (fact.type) {
    case 'PaymentCaptured': {
      const { amount, capturedAt: paidAt, method, providerPaymentId: paymentId } = fact.data;
      return [tell(payer, true, { kind: 'payment-received', amount, paidAt, method, paymentId }, paymentId)];
    }
    case 'RefundRequested': {
      const { refundId, amount, reason } = fact.data;
      const expectedBy = refundExpectedBy(fact.meta.occurredAt, state.method);
      const why = refundId.startsWith('surplus-') ? 'surplus' : reason;
      // The key names payment and reason, not the try: a refund that is tried again is no news.
      return refundNews(state, refundId, (key) =>
        tell(payer, true, { kind: 'refund-on-its-way', amount, expectedBy, reason: why }, key),
      );
    }
    case 'RefundDelayed':
      return refundNews(state, fact.data.refundId, (key, amount) =>
        tell(payer, true, { kind: 'refund-delayed', amount, why: 'no-funds' }, `${key}:no-funds`),
      );
    case 'RefundFailed':
      return refundNews(state, fact.data.refundId, (key, amount) =>
        tell(payer, true, { kind: 'refund-delayed', amount, why: 'failed' }, `${key}:failed`),
      );
    case 'RefundProcessed':
      return [tell(payer, true, { kind: 'refund-done', amount: fact.data.amount }, fact.data.refundId)];
    case 'TransferProcessed':
      return [tell(tutor, true, { kind: 'transfer-held', amount: fact.data.amount })];
    case 'TransferReversed': {
      const { amount, operationId } = fact.data;
      return [tell(tutor, true, { kind: 'payout-reduced', amount, left: share }, operationId)];
    }
    case 'HoldStarted':
      return [tell(tutor, true, { kind: 'payout-on-hold', amount: share, releaseAt: fact.data.endsAt })];
    case 'HoldLifted':
      return [tell(tutor, true, { kind: 'payout-released', amount: fact.data.amount })];
    case 'TransferSettled':
      return [tell(tutor, true, { kind: 'payout-settled', amount: share })];
    case 'PayoutCancelled':
      return [tell(tutor, true, { kind: 'payout-cancelled', amount: share })];
    case 'PayoutPaused': {
      const { reason: why, until } = fact.data;
      // Of the account the tutor hears once for all payouts (notify-account); here it only shows with the payout.
      return [tell(tutor, why === 'chargeback', { kind: 'payout-paused', amount: share, why, until }, fact.id)];
    }
    case 'PayoutResumed': {
      const { reason: why } = fact.data;
      return [tell(tutor, why === 'chargeback', { kind: 'payout-resumed', amount: share, why }, fact.id)];
    }
    case 'ClawbackRecorded': {
      const { amount, chargebackId } = fact.data;
      return [tell(tutor, true, { kind: 'clawback', amount }, chargebackId)];
    }
    default:
      return never(fact, 'fact of money');
  }
}

/** Nothing for a refund that was asked for before these notices knew of it. */
function refundNews(
  { refunds }: Notify,
  refundId: string,
  tell: (key: string, amount: number) => Reaction,
): readonly Reaction[] {
  const refund = refunds[refundId];
  return refund ? [tell(refund.key, refund.amount)] : [];
}

import { isPaise } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { PaymentCommandOf, PaymentDecision } from './decide.ts';
import type { PaymentState, Refund } from './events.ts';

type Captured = Extract<PaymentState, { kind: 'captured' }>;

const sum = (refunds: readonly Refund[]): number => refunds.reduce((total, refund) => total + refund.amount, 0);

/** Paise of one captured payment that nobody asked back yet; 0 for a payment that is not ours. */
export function refundableOf(state: PaymentState, providerPaymentId: string): number {
  if (state.kind !== 'captured') return 0;
  const capture = [state.capture, ...state.surplus].find((one) => one.providerPaymentId === providerPaymentId);
  if (!capture) return 0;
  const asked = state.refunds.filter(
    (refund) => refund.providerPaymentId === providerPaymentId && refund.progress !== 'failed',
  );
  const cases = state.bankCases.filter((one) => one.providerPaymentId === providerPaymentId);
  const lost = cases.reduce((total, one) => total + one.lost, 0);
  // The bank may take what was on its way back already.
  return Math.max(0, capture.amount - sum(asked) - lost);
}

/** Paise that went back, of the payment and of surplus ones. */
export const refundedOf = (state: PaymentState): number =>
  state.kind === 'captured' ? sum(state.refunds.filter((refund) => refund.progress === 'processed')) : 0;

const notCaptured = (): Refusal => refuse('not-captured', 'Nothing was paid for this booking.');

/** Rules PA11–PA12. */
export function requestRefund({ data }: PaymentCommandOf<'RequestRefund'>, state: PaymentState): PaymentDecision {
  const { bookingId, refundId, providerPaymentId, amount, reason } = data;
  if (state.kind !== 'captured') return notCaptured();
  const known = refundOf(state, refundId);
  if (known) {
    if (known.providerPaymentId !== providerPaymentId || known.amount !== amount)
      return refuse('refund-id-reused', 'This refund was asked for before, with other figures.');
    if (known.progress === 'failed')
      return refuse('refund-failed', 'This refund failed at the provider. Ask for it again under a new id.');
    return [];
  }
  if (!isPaise(amount)) return refuse('amount-invalid', 'A refund needs an amount in whole paise.');
  const ours = [state.capture, ...state.surplus].some((capture) => capture.providerPaymentId === providerPaymentId);
  if (!ours) return refuse('payment-unknown', 'This payment does not belong to this booking.');
  if (state.bankCases.some((one) => one.frozen && one.providerPaymentId === providerPaymentId))
    return refuse(
      'chargeback-open',
      'The bank of the payer is taking this payment back. Nothing is refunded beside it.',
    );
  if (amount > refundableOf(state, providerPaymentId))
    return refuse('refund-too-large', 'More would go back than was paid.');
  return [{ type: 'RefundRequested', data: { bookingId, refundId, providerPaymentId, amount, reason } }];
}

/** Rule PA13. A refund thought to have failed may turn out to have gone through. */
export function recordRefund({ data }: PaymentCommandOf<'RecordRefund'>, state: PaymentState): PaymentDecision {
  const { bookingId, refundId, providerRefundId, amount } = data;
  if (state.kind !== 'captured') return notCaptured();
  const refund = refundOf(state, refundId);
  if (!refund) return refundUnknown();
  if (refund.amount !== amount) return refuse('refund-mismatch', 'The provider gave back another amount.');
  if (refund.progress === 'processed')
    return refund.providerRefundId === providerRefundId
      ? []
      : refuse('refund-mismatch', 'This refund went through already, under another id.');
  if (refund.progress === 'failed' && amount > refundableOf(state, refund.providerPaymentId))
    return refuse('refund-too-large', 'More would go back than was paid.');
  return [{ type: 'RefundProcessed', data: { bookingId, refundId, providerRefundId, amount } }];
}

/** Rule PA14. */
export function recordRefundFailure(
  { data }: PaymentCommandOf<'RecordRefundFailure'>,
  state: PaymentState,
): PaymentDecision {
  const { bookingId, refundId, amount, reason } = data;
  if (state.kind !== 'captured') return notCaptured();
  const refund = refundOf(state, refundId);
  if (!refund) return refundUnknown();
  if (refund.progress === 'failed') return [];
  if (refund.progress === 'processed')
    return refuse('refund-processed', 'This refund went through already, so it cannot have failed.');
  if (refund.amount !== amount) return refuse('refund-mismatch', 'The failed refund has another amount.');
  return [{ type: 'RefundFailed', data: { bookingId, refundId, amount, reason } }];
}

/** Rule PA17: it still counts as asked for, and either goes through or fails later. */
export function recordRefundDelay({ data, now }: PaymentCommandOf<'RecordRefundDelay'>, state: PaymentState) {
  const { bookingId, refundId, reason } = data;
  if (state.kind !== 'captured') return notCaptured();
  const refund = refundOf(state, refundId);
  if (!refund) return refundUnknown();
  switch (refund.progress) {
    case 'requested':
      return [{ type: 'RefundDelayed' as const, data: { bookingId, refundId, reason, at: now } }];
    case 'delayed':
      return [];
    case 'failed':
      return refuse('refund-failed', 'This refund failed at the provider, so it is waiting for nothing.');
    case 'processed':
      return refuse('refund-processed', 'This refund went through already.');
    default:
      return never(refund.progress, 'progress of a refund');
  }
}

const refundOf = (state: Captured, refundId: string): Refund | undefined =>
  state.refunds.find((refund) => refund.refundId === refundId);

const refundUnknown = (): Refusal => refuse('refund-unknown', 'This refund was never asked for.');

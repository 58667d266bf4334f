import { refuse } from '../shared/refusal.ts';
import type { PaymentCommandOf, PaymentDecision } from './decide.ts';
import type { PaymentState } from './events.ts';

const notCaptured = () => refuse('not-captured', 'Nothing was paid for this booking.');

/** Rules PA18–PA19: while the payer's bank takes a payment back, nothing is refunded beside it. */
export function freezeRefunds({ data }: PaymentCommandOf<'FreezeRefunds'>, state: PaymentState): PaymentDecision {
  const { bookingId, chargebackId, providerPaymentId } = data;
  if (state.kind !== 'captured') return notCaptured();
  const known = state.bankCases.find((one) => one.chargebackId === chargebackId);
  if (known) {
    if (known.providerPaymentId !== providerPaymentId)
      return refuse('payment-unknown', 'This case of the bank is about another payment.');
    if (known.lost > 0) return refuse('chargeback-over', 'This case of the bank is lost already.');
    if (known.frozen) return [];
  }
  const ours = [state.capture, ...state.surplus].some((capture) => capture.providerPaymentId === providerPaymentId);
  if (!ours) return refuse('payment-unknown', 'This payment does not belong to this booking.');
  return [{ type: 'RefundsFrozen', data: { bookingId, chargebackId, providerPaymentId } }];
}

/** Rule PA20. `lost`: paise that the bank took, 0 when the case was won or dropped. */
export function unfreezeRefunds({ data }: PaymentCommandOf<'UnfreezeRefunds'>, state: PaymentState): PaymentDecision {
  const { bookingId, chargebackId, lost } = data;
  if (state.kind !== 'captured') return notCaptured();
  const known = state.bankCases.find((one) => one.chargebackId === chargebackId);
  if (!known) return refuse('refunds-not-frozen', 'Refunds were never frozen for this case.');
  if (!known.frozen)
    return known.lost === lost ? [] : refuse('chargeback-over', 'This case of the bank ended otherwise already.');
  if (!Number.isSafeInteger(lost) || lost < 0)
    return refuse('amount-invalid', 'What the bank took must be given in whole paise.');
  const { providerPaymentId } = known;
  return [{ type: 'RefundsUnfrozen', data: { bookingId, chargebackId, providerPaymentId, lost } }];
}

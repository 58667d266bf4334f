/** What became of a payment. Pure; paise. */
import type { PaymentRow } from '#projections/queries.ts';

/** `bank`: the payer's bank took it back, or a part of it. */
export type PaymentFate = 'paid' | 'refunding' | 'partly' | 'refunded' | 'bank';

export function fateOf(payment: Pick<PaymentRow, 'amount' | 'refunded' | 'refundDue' | 'lost'>): PaymentFate {
  if (payment.refundDue > payment.refunded) return 'refunding';
  if (payment.refunded >= payment.amount) return 'refunded';
  if (payment.lost > 0) return 'bank';
  return payment.refunded > 0 ? 'partly' : 'paid';
}

/** What became of a payment. Pure; paise. */
import type { PaymentRow } from '#projections/queries.ts';

export type PaymentFate = 'paid' | 'refunding' | 'partly' | 'refunded';

export function fateOf(payment: Pick<PaymentRow, 'amount' | 'refunded' | 'refundDue'>): PaymentFate {
  if (payment.refundDue > payment.refunded) return 'refunding';
  if (payment.refunded >= payment.amount) return 'refunded';
  return payment.refunded > 0 ? 'partly' : 'paid';
}

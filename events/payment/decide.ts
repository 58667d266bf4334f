import type { Command } from '../shared/command.ts';

export type PaymentCommand =
  | Command<'PlanOrder', { bookingId: string; amount: number; receipt: string; payBy: number }>
  | Command<'RecordOrder', { bookingId: string; orderId: string; amount: number }>
  /** What the provider says of a payment, from a fetch. Forward moves become events; older news changes nothing. */
  | Command<
      'ObservePayment',
      {
        bookingId: string;
        orderId: string;
        providerPaymentId: string;
        status: 'created' | 'authorized' | 'captured' | 'refunded' | 'failed';
        amount: number;
        currency: string;
        fee: number;
        tax: number;
        method: string;
        reason: string;
        description: string;
      }
    >
  | Command<
      'RequestRefund',
      { bookingId: string; refundId: string; providerPaymentId: string; amount: number; reason: string }
    >
  | Command<'RecordRefund', { bookingId: string; refundId: string; providerRefundId: string; amount: number }>
  | Command<'RecordRefundFailure', { bookingId: string; refundId: string; amount: number; reason: string }>;

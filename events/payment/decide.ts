import { isPaise } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { PaymentEvent, PaymentState } from './events.ts';
import { observe } from './observe.ts';
import { freezeRefunds, unfreezeRefunds } from './freeze.ts';
import { recordRefund, recordRefundDelay, recordRefundFailure, requestRefund } from './refund.ts';

export { refundableOf, refundedOf } from './refund.ts';

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
        /** Whether it was ever captured: tells money that was given back from money that was never taken. */
        captured?: boolean;
      }
    >
  | Command<
      'RequestRefund',
      { bookingId: string; refundId: string; providerPaymentId: string; amount: number; reason: string }
    >
  | Command<'RecordRefund', { bookingId: string; refundId: string; providerRefundId: string; amount: number }>
  | Command<'RecordRefundFailure', { bookingId: string; refundId: string; amount: number; reason: string }>
  | Command<'RecordRefundDelay', { bookingId: string; refundId: string; reason: 'no-funds' }>
  | Command<'FreezeRefunds', { bookingId: string; chargebackId: string; providerPaymentId: string }>
  | Command<'UnfreezeRefunds', { bookingId: string; chargebackId: string; lost: number }>;

export type PaymentCommandOf<Type extends PaymentCommand['type']> = Extract<PaymentCommand, { type: Type }>;
export type PaymentDecision = readonly PaymentEvent[] | Refusal;

/** Rules PA1–PA21. */
export function decide(command: PaymentCommand, state: PaymentState): PaymentDecision {
  switch (command.type) {
    case 'PlanOrder':
      return planOrder(command, state);
    case 'RecordOrder':
      return recordOrder(command, state);
    case 'ObservePayment':
      return observe(command, state);
    case 'RequestRefund':
      return requestRefund(command, state);
    case 'RecordRefund':
      return recordRefund(command, state);
    case 'RecordRefundFailure':
      return recordRefundFailure(command, state);
    case 'RecordRefundDelay':
      return recordRefundDelay(command, state);
    case 'FreezeRefunds':
      return freezeRefunds(command, state);
    case 'UnfreezeRefunds':
      return unfreezeRefunds(command, state);
    default:
      return never(command, 'payment command');
  }
}

function planOrder({ data }: PaymentCommandOf<'PlanOrder'>, state: PaymentState): PaymentDecision {
  const { bookingId, amount, receipt, payBy } = data;
  if (state.kind === 'none') {
    if (!isPaise(amount)) return refuse('amount-invalid', 'An order needs a price in whole paise.');
    return [{ type: 'OrderPlanned', data: { bookingId, amount, receipt, payBy } }];
  }
  if (state.amount === amount && state.receipt === receipt) return [];
  return refuse('order-exists', 'This booking has an order already, with other figures.');
}

function recordOrder({ data }: PaymentCommandOf<'RecordOrder'>, state: PaymentState): PaymentDecision {
  const { bookingId, orderId, amount } = data;
  switch (state.kind) {
    case 'none':
      return refuse('order-not-planned', 'No order was planned for this booking.');
    case 'planned':
      if (amount !== state.amount) return refuse('payment-mismatch', 'The order has another amount than was planned.');
      return [{ type: 'OrderCreated', data: { bookingId, orderId, amount } }];
    case 'ordered':
    case 'captured':
      return state.orderId === orderId ? [] : refuse('order-exists', 'This booking has another order already.');
    default:
      return never(state, 'payment state');
  }
}

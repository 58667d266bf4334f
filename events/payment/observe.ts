import { never } from '../shared/never.ts';
import { refuse } from '../shared/refusal.ts';
import type { PaymentCommandOf, PaymentDecision } from './decide.ts';
import type { PaymentState } from './events.ts';

type Observation = PaymentCommandOf<'ObservePayment'>;
type Ordered = Extract<PaymentState, { kind: 'ordered' | 'captured' }>;

/**
 * Rules PA4–PA10: what the provider says becomes events that only go forward; older news changes nothing. Money for
 * another order, amount or currency is never taken as paid.
 */
export function observe(command: Observation, state: PaymentState): PaymentDecision {
  const { orderId, amount, currency, status } = command.data;
  if (state.kind === 'none' || state.kind === 'planned')
    return refuse('order-unknown', 'The order of this booking is not recorded yet. Ask again in a moment.');
  if (orderId !== state.orderId || amount !== state.amount || currency !== 'INR')
    return refuse('payment-mismatch', 'This payment is not for this order, amount and currency.');
  switch (status) {
    case 'created':
    // A payment that was given back shows as refunded; what we gave back ourselves is recorded by RecordRefund.
    case 'refunded':
      return [];
    case 'failed':
      return failed(command, state);
    case 'authorized':
      return authorized(command, state);
    case 'captured':
      return captured(command, state);
    default:
      return never(status, 'payment status');
  }
}

function failed({ data }: Observation, state: Ordered): PaymentDecision {
  const { bookingId, providerPaymentId, method, reason, description } = data;
  if (state.kind === 'captured') return [];
  if (state.failed.includes(providerPaymentId) || state.authorized.includes(providerPaymentId)) return [];
  return [{ type: 'PaymentAttemptFailed', data: { bookingId, providerPaymentId, method, reason, description } }];
}

/** Once the booking is paid, a further authorization is left alone: uncaptured, it goes back by itself. */
function authorized({ data }: Observation, state: Ordered): PaymentDecision {
  const { bookingId, providerPaymentId, amount, method } = data;
  if (state.kind === 'captured' || state.authorized.includes(providerPaymentId)) return [];
  return [{ type: 'PaymentAuthorized', data: { bookingId, providerPaymentId, amount, method } }];
}

function captured({ data, now }: Observation, state: Ordered): PaymentDecision {
  const { bookingId, orderId, providerPaymentId, amount, fee, tax, method } = data;
  if (state.kind === 'ordered') {
    const paid = { bookingId, orderId, providerPaymentId, amount, fee, tax, method, capturedAt: now };
    return [{ type: 'PaymentCaptured', data: paid }];
  }
  const known = [state.capture, ...state.surplus].some((capture) => capture.providerPaymentId === providerPaymentId);
  if (known) return [];
  const refundId = `surplus-${providerPaymentId}`;
  return [
    { type: 'SurplusPaymentDetected', data: { bookingId, providerPaymentId, amount } },
    { type: 'RefundRequested', data: { bookingId, refundId, providerPaymentId, amount, reason: 'surplus-payment' } },
  ];
}

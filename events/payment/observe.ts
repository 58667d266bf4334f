import { never } from '../shared/never.ts';
import { refuse } from '../shared/refusal.ts';
import type { PaymentCommandOf, PaymentDecision } from './decide.ts';
import { staleKey, type PaymentState } from './events.ts';

type Observation = PaymentCommandOf<'ObservePayment'>;
type Ordered = Extract<PaymentState, { kind: 'ordered' | 'captured' }>;

/**
 * Rules PA4–PA10, PA15–PA16: what the provider says becomes events that only go forward; older news is recorded once and
 * changes nothing. Money for another order, amount or currency is never taken as paid.
 */
export function observe(command: Observation, state: PaymentState): PaymentDecision {
  const { orderId, amount, currency, status } = command.data;
  if (state.kind === 'none' || state.kind === 'planned')
    return refuse('order-unknown', 'The order of this booking is not recorded yet. Ask again in a moment.');
  if (orderId !== state.orderId || amount !== state.amount || currency !== 'INR')
    return refuse('payment-mismatch', 'This payment is not for this order, amount and currency.');
  switch (status) {
    case 'created':
      return [];
    case 'refunded':
      return givenBack(command, state);
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

const isCaptured = (state: Ordered, paymentId: string): boolean =>
  state.kind === 'captured' && [state.capture, ...state.surplus].some((one) => one.providerPaymentId === paymentId);

/** Rule PA15. */
function stale({ data, now }: Observation, state: Ordered): PaymentDecision {
  const { bookingId, providerPaymentId, status } = data;
  if (state.stale.includes(staleKey(providerPaymentId, status))) return [];
  return [{ type: 'StaleObservationRecorded', data: { bookingId, providerPaymentId, status, at: now } }];
}

function failed(command: Observation, state: Ordered): PaymentDecision {
  const { bookingId, providerPaymentId, method, reason, description } = command.data;
  if (state.failed.includes(providerPaymentId) && !isCaptured(state, providerPaymentId)) return [];
  // Once the booking is paid, no attempt that failed changes anything any more.
  const past = state.kind === 'captured' || [...state.authorized, ...state.voided].includes(providerPaymentId);
  if (past) return stale(command, state);
  return [{ type: 'PaymentAttemptFailed', data: { bookingId, providerPaymentId, method, reason, description } }];
}

/** Once the booking is paid, a further authorization is left alone: uncaptured, it goes back by itself. */
function authorized(command: Observation, state: Ordered): PaymentDecision {
  const { bookingId, providerPaymentId, amount, method } = command.data;
  if (isCaptured(state, providerPaymentId) || state.voided.includes(providerPaymentId)) return stale(command, state);
  if (state.kind === 'captured' || state.authorized.includes(providerPaymentId)) return [];
  return [{ type: 'PaymentAuthorized', data: { bookingId, providerPaymentId, amount, method } }];
}

/**
 * Rule PA16. What we gave back ourselves is recorded by RecordRefund; what was never captured went back by itself. A
 * payment that was taken and given back without us is neither: it confirms nothing, and the reconciler shows it.
 */
function givenBack(command: Observation, state: Ordered): PaymentDecision {
  const { bookingId, providerPaymentId, captured: wasCaptured } = command.data;
  if (isCaptured(state, providerPaymentId) || state.voided.includes(providerPaymentId)) return [];
  if (wasCaptured === true) return stale(command, state);
  return [{ type: 'PaymentVoided', data: { bookingId, providerPaymentId, at: command.now } }];
}

function captured({ data, now }: Observation, state: Ordered): PaymentDecision {
  const { bookingId, orderId, providerPaymentId, amount, fee, tax, method } = data;
  if (state.kind === 'ordered') {
    const paid = { bookingId, orderId, providerPaymentId, amount, fee, tax, method, capturedAt: now };
    return [{ type: 'PaymentCaptured', data: paid }];
  }
  if (isCaptured(state, providerPaymentId)) return [];
  const refundId = `surplus-${providerPaymentId}`;
  return [
    { type: 'SurplusPaymentDetected', data: { bookingId, providerPaymentId, amount, fee, tax } },
    { type: 'RefundRequested', data: { bookingId, refundId, providerPaymentId, amount, reason: 'surplus-payment' } },
  ];
}

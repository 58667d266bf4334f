import { createHmac } from 'node:crypto';
import type { Method, Notes, Order, Outcome, Payment } from './entities.ts';
import { invalid, malformedId, unknownId, type ErrorDetail } from './errors.ts';
import { paymentFee } from './fees.ts';
import { isId, newId, randomDigits } from './ids.ts';
import { notes, onlyFields, requiredAmount, requiredCurrency, type Fields } from './input.ts';
import { PLATFORM } from './ledger.server.ts';
import { findOrder } from './orders.server.ts';
import { showOrder, showPayment } from './present.ts';
import { processOrderTransfers } from './transfers.server.ts';
import { workingDaysAfter } from './working-days.ts';
import { announce, type World } from './world.server.ts';

const ALREADY_PAID =
  'Your payment has been declined as the order is already paid. Please initiate the payment with a new order.';

/** The instrument as the payer gave it, judged already: what it is, what it will do, what the payer must still do. */
export interface Attempt {
  readonly method: Method;
  readonly card: { readonly name: string; readonly last4: string; readonly network: string } | null;
  readonly bank: string | null;
  readonly wallet: string | null;
  readonly vpa: string | null;
  readonly outcome: Outcome;
  readonly awaits: Payment['internal']['awaits'];
  readonly email: string;
  readonly contact: string;
  readonly description: string | null;
  readonly notes: Notes;
}

export function findPayment(world: World, id: string): Payment {
  if (!isId('pay', id)) throw malformedId(id);
  const payment = world.payments.find(id);
  if (!payment) throw unknownId();
  return payment;
}

/** The first attempt takes the order from created to attempted. */
export function startPayment(world: World, order: Order, attempt: Attempt): Payment {
  if (order.status === 'paid') throw invalid(ALREADY_PAID);
  const payment: Payment = {
    id: newId('pay'),
    order_id: order.id,
    amount: order.amount,
    currency: order.currency,
    status: 'created',
    method: attempt.method,
    captured: false,
    amount_refunded: 0,
    amount_transferred: 0,
    refund_status: null,
    description: attempt.description,
    card: attempt.card ? { id: newId('card'), ...attempt.card } : null,
    bank: attempt.bank,
    wallet: attempt.wallet,
    vpa: attempt.vpa,
    email: attempt.email,
    contact: attempt.contact,
    notes: { ...order.notes, ...attempt.notes },
    fee: null,
    tax: null,
    error: null,
    acquirer_data: emptyAcquirerData(attempt.method),
    created_at: world.clock.seconds(),
    internal: { awaits: attempt.awaits, outcome: attempt.outcome, authorized_at: null },
  };
  world.payments.insert(payment, { parent: order.id, key: null });
  world.orders.save({ ...order, status: 'attempted', attempts: order.attempts + 1 });
  return payment;
}

/** What the payer did has been seen: the instrument's outcome happens. A second call changes nothing. */
export function finishPayment(world: World, payment: Payment): Payment {
  if (payment.status !== 'created') return payment;
  const { outcome } = payment.internal;
  return outcome.kind === 'failure' ? failPayment(world, payment, outcome.error) : authorizePayment(world, payment);
}

export function failPayment(world: World, payment: Payment, error: ErrorDetail): Payment {
  if (payment.status !== 'created') return payment;
  const failed: Payment = {
    ...payment,
    status: 'failed',
    error,
    internal: { ...payment.internal, awaits: 'nothing' },
  };
  world.payments.save(failed);
  announce(world, 'payment.failed', failed.id, { payment: showPayment(failed, { withCard: true }) });
  return failed;
}

/** Also the way back of a payment that had failed: the bank's late yes. */
export function authorizePayment(world: World, payment: Payment): Payment {
  const order = findOrder(world, payment.order_id);
  if (order.status === 'paid' && payment.status === 'created') {
    return failPayment(world, payment, {
      code: 'BAD_REQUEST_ERROR',
      description: ALREADY_PAID,
      source: 'business',
      step: 'payment_initiation',
      reason: 'order_already_paid',
    });
  }
  const authorized: Payment = {
    ...payment,
    status: 'authorized',
    error: null,
    acquirer_data: acquirerData(payment.method),
    internal: { ...payment.internal, awaits: 'nothing', authorized_at: world.clock.seconds() },
  };
  world.payments.save(authorized);
  announce(world, 'payment.authorized', authorized.id, { payment: showPayment(authorized, { withCard: true }) });
  if (order.status === 'paid' || order.internal.capture === 'manual') return authorized;
  return takePayment(world, authorized, order);
}

export function capturePayment(world: World, id: string, body: Fields): Payment {
  onlyFields(body, 'amount', 'currency');
  const amount = requiredAmount(body);
  requiredCurrency(body);
  const payment = findPayment(world, id);
  const order = findOrder(world, payment.order_id);
  if (payment.captured) throw invalid('This payment has already been captured');
  if (order.status === 'paid') throw invalid(ALREADY_PAID);
  if (payment.status !== 'authorized') {
    throw invalid('Only payments which have been authorized and not yet captured can be captured');
  }
  if (amount !== payment.amount) throw invalid('Capture amount must be equal to the amount authorized.', 'amount');
  return takePayment(world, payment, order);
}

function takePayment(world: World, payment: Payment, order: Order): Payment {
  const captured: Payment = { ...payment, status: 'captured', captured: true, ...paymentFee(payment.amount) };
  world.payments.save(captured);
  const paid: Order = { ...order, status: 'paid', amount_paid: order.amount };
  world.orders.save(paid);
  world.ledger.post({
    owner: PLATFORM,
    kind: 'payment',
    amount: captured.amount - (captured.fee ?? 0),
    entityId: captured.id,
    transferId: null,
    settlesAt: Math.floor(workingDaysAfter(world.clock.now(), 2) / 1000),
  });
  const shown = showPayment(captured, { withCard: true });
  announce(world, 'payment.captured', captured.id, { payment: shown });
  announce(world, 'order.paid', paid.id, { payment: shown, order: showOrder(paid) });
  if (!paid.internal.hasTransfers) return captured;
  const split: Payment = { ...captured, amount_transferred: processOrderTransfers(world, paid.id) };
  world.payments.save(split);
  return split;
}

export function editPayment(world: World, id: string, body: Fields): Payment {
  onlyFields(body, 'notes');
  const payment = { ...findPayment(world, id), notes: notes(body) };
  world.payments.save(payment);
  return payment;
}

/** What the checkout hands to the page: proof that this payment was authorised for this order. */
export function checkoutProof(world: World, payment: Payment) {
  return {
    razorpay_payment_id: payment.id,
    razorpay_order_id: payment.order_id,
    razorpay_signature: createHmac('sha256', world.keySecret).update(`${payment.order_id}|${payment.id}`).digest('hex'),
  };
}

function emptyAcquirerData(method: Method): Payment['acquirer_data'] {
  if (method === 'card') return { auth_code: null };
  if (method === 'upi') return { rrn: null };
  if (method === 'netbanking') return { bank_transaction_id: null };
  return { transaction_id: null };
}

function acquirerData(method: Method): Payment['acquirer_data'] {
  if (method === 'card') return { auth_code: randomDigits(6) };
  if (method === 'upi') return { rrn: randomDigits(12), upi_transaction_id: randomDigits(16) };
  if (method === 'netbanking') return { bank_transaction_id: randomDigits(10) };
  return { transaction_id: randomDigits(10) };
}

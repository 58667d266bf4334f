import type { Filter } from './collection.server.ts';
import type { Payment, Refund } from './entities.ts';
import { invalid, malformedId, refused, unknownId } from './errors.ts';
import { isId, newId, randomDigits } from './ids.ts';
import { amountOrUndefined, flag, notes, onlyFields, textOrNull, type Fields } from './input.ts';
import { PLATFORM } from './ledger.server.ts';
import { findPayment } from './payments.server.ts';
import { showPayment, showRefund } from './present.ts';
import { reverseTransfer } from './reversals.server.ts';
import { transfersOf } from './transfers.server.ts';
import { announce, type World } from './world.server.ts';

const SIX_MONTHS_S = 183 * 86_400;
const SHORT =
  'Your account does not have enough balance to carry out the refund operation. You can add funds to your account from your Razorpay dashboard or capture new payments.';

/** Without an amount, everything that is left. `staysPending` leaves the end to the control surface. */
export function refundPayment(world: World, paymentId: string, body: Fields, staysPending: boolean): Refund {
  onlyFields(body, 'amount', 'speed', 'notes', 'receipt', 'reverse_all');
  const payment = findPayment(world, paymentId);
  if (!payment.captured) throw invalid('The payment status should be captured for action to be taken');
  const left = payment.amount - payment.amount_refunded;
  if (left === 0) throw invalid('The payment has been fully refunded already');
  const amount = amountOrUndefined(body) ?? left;
  if (amount > left) throw invalid('The refund amount provided is greater than amount captured', 'amount');
  const now = world.clock.seconds();
  if (now - payment.created_at > SIX_MONTHS_S) {
    throw invalid('Refund is not supported by the bank because the payment is more than 6 months old');
  }
  const speed = textOrNull(body, 'speed') ?? 'normal';
  if (speed !== 'normal' && speed !== 'optimum') throw invalid('The speed must be normal or optimum.', 'speed');
  if (flag(body, 'reverse_all') === true) reverseAll(world, payment, amount);
  if (world.ledger.available(PLATFORM) < amount) throw refused(400, SHORT);
  const refund: Refund = {
    id: newId('rfnd'),
    payment_id: payment.id,
    amount,
    currency: payment.currency,
    notes: notes(body),
    receipt: textOrNull(body, 'receipt'),
    acquirer_data: bankReference(payment, null),
    status: 'pending',
    speed_processed: null,
    speed_requested: speed,
    created_at: now,
  };
  world.refunds.insert(refund, { parent: payment.id, key: null });
  const refunded = setRefunded(world, payment, payment.amount_refunded + amount);
  postRefund(world, refund, -amount);
  announce(world, 'refund.created', refund.id, {
    refund: showRefund(refund),
    payment: showPayment(refunded, { withCard: false }),
  });
  return staysPending ? refund : resolveRefund(world, refund.id, 'processed');
}

function reverseAll(world: World, payment: Payment, amount: number): void {
  const whole = amount === payment.amount;
  const open = transfersOf(world, payment).filter(
    (transfer) => transfer.status === 'processed' || transfer.status === 'partially_reversed',
  );
  if (!whole && open.length > 1) throw invalid('reverse_all is not supported for a partial refund of a split payment.');
  for (const transfer of open) {
    const left = transfer.amount - transfer.amount_reversed;
    reverseTransfer(world, transfer.id, { amount: whole ? left : Math.min(amount, left) });
  }
}

/** A failed refund gives the money back to the platform and the room back to the payment. */
export function resolveRefund(world: World, id: string, status: 'processed' | 'failed'): Refund {
  const refund = findRefund(world, id);
  if (refund.status !== 'pending') throw invalid(`The refund is ${refund.status} already`);
  const payment = findPayment(world, refund.payment_id);
  const resolved: Refund = {
    ...refund,
    status,
    speed_processed: status === 'processed' ? 'normal' : null,
    acquirer_data: bankReference(payment, status === 'processed' ? randomDigits(12) : null),
  };
  world.refunds.save(resolved);
  if (status === 'failed') {
    setRefunded(world, payment, payment.amount_refunded - refund.amount);
    postRefund(world, refund, refund.amount);
  }
  announce(world, `refund.${status}`, id, {
    refund: showRefund(resolved),
    payment: showPayment(findPayment(world, payment.id), { withCard: false }),
  });
  return resolved;
}

function setRefunded(world: World, payment: Payment, amountRefunded: number): Payment {
  const full = amountRefunded === payment.amount;
  const changed: Payment = {
    ...payment,
    amount_refunded: amountRefunded,
    refund_status: full ? 'full' : amountRefunded > 0 ? 'partial' : null,
    status: full ? 'refunded' : 'captured',
  };
  world.payments.save(changed);
  return changed;
}

function postRefund(world: World, refund: Refund, amount: number): void {
  world.ledger.post({
    owner: PLATFORM,
    kind: 'refund',
    amount,
    entityId: refund.id,
    transferId: null,
    settlesAt: world.clock.seconds(),
  });
}

function bankReference(payment: Payment, reference: string | null): Refund['acquirer_data'] {
  if (payment.method === 'card') return { arn: reference };
  if (payment.method === 'upi') return { rrn: reference };
  return { utr: reference };
}

/** Nobody captured it for three days, so the payer gets it back. It never touched the platform's balance. */
export function returnUncaptured(world: World, payment: Payment): void {
  const refund: Refund = {
    id: newId('rfnd'),
    payment_id: payment.id,
    amount: payment.amount,
    currency: payment.currency,
    notes: {},
    receipt: null,
    acquirer_data: bankReference(payment, randomDigits(12)),
    status: 'processed',
    speed_processed: 'normal',
    speed_requested: 'normal',
    created_at: world.clock.seconds(),
  };
  world.refunds.insert(refund, { parent: payment.id, key: null });
  const returned: Payment = {
    ...payment,
    status: 'refunded',
    amount_refunded: payment.amount,
    refund_status: 'full',
  };
  world.payments.save(returned);
  announce(world, 'refund.processed', refund.id, {
    refund: showRefund(refund),
    payment: showPayment(returned, { withCard: false }),
  });
}

export function findRefund(world: World, id: string): Refund {
  if (!isId('rfnd', id)) throw malformedId(id);
  const refund = world.refunds.find(id);
  if (!refund) throw unknownId();
  return refund;
}

export function listRefunds(world: World, paymentId: string, page: Filter): Refund[] {
  return world.refunds.list({ ...page, parent: findPayment(world, paymentId).id });
}

export function editRefund(world: World, id: string, body: Fields): Refund {
  onlyFields(body, 'notes');
  const refund = { ...findRefund(world, id), notes: notes(body) };
  world.refunds.save(refund);
  return refund;
}

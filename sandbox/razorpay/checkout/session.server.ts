/** What the payer does at the checkout, step by step. Each function runs in the caller's transaction. */
import { invalid, refused, unknownId } from '../errors.ts';
import { textOrNull, type Fields } from '../input.ts';
import type { Order, Payment } from '../entities.ts';
import { findOrder } from '../orders.server.ts';
import { checkoutProof, failPayment, findPayment, finishPayment, startPayment } from '../payments.server.ts';
import type { World } from '../world.server.ts';
import { isRightOtp, readAttempt, waitAfterOtp } from './attempt.ts';
import { FAILURES } from './failures.ts';

/** What the page must do next. */
export type Step = 'otp' | 'bank' | 'wait' | 'succeeded' | 'failed';

export interface PaymentView {
  readonly payment_id: string;
  readonly next: Step;
  readonly success?: ReturnType<typeof checkoutProof>;
  readonly error?: Readonly<Record<string, unknown>>;
}

export function checkKey(world: World, key: unknown): void {
  if (key !== world.keyId) throw refused(401, 'The api key provided is invalid');
}

export function payableOrder(world: World, fields: Fields): Order {
  checkKey(world, fields.key);
  return findOrder(world, textOrNull(fields, 'order_id') ?? '');
}

export function beginAttempt(world: World, body: Fields): PaymentView {
  const order = payableOrder(world, body);
  const { attempt, waitMs } = readAttempt(body, world.clock.now());
  const payment = startPayment(world, order, attempt);
  if (waitMs !== null) world.jobs.schedule('finish-payment', payment.id, waitMs);
  return view(world, payment);
}

export function giveOtp(world: World, paymentId: string, body: Fields): PaymentView {
  const payment = ownPayment(world, paymentId, body);
  if (payment.internal.awaits !== 'otp') return view(world, payment);
  if (!isRightOtp(textOrNull(body, 'otp') ?? '')) {
    return view(world, failPayment(world, payment, FAILURES.incorrect_otp));
  }
  const waitMs = waitAfterOtp(payment.internal.outcome);
  if (waitMs === null) return view(world, finishPayment(world, payment));
  const waiting: Payment = { ...payment, internal: { ...payment.internal, awaits: 'answer' } };
  world.payments.save(waiting);
  world.jobs.schedule('finish-payment', payment.id, waitMs);
  return view(world, waiting);
}

/** The two buttons of the mock bank page. */
export function answerAtBank(world: World, paymentId: string, body: Fields): PaymentView {
  const payment = ownPayment(world, paymentId, body);
  if (payment.internal.awaits !== 'bank') return view(world, payment);
  if (body.result !== 'success' && body.result !== 'failure') throw invalid('The result field is required.', 'result');
  return view(
    world,
    body.result === 'success' ? finishPayment(world, payment) : failPayment(world, payment, FAILURES.bank_refused),
  );
}

/** The payer turns away. In the provider's test mode, giving up a UPI request counts as paying it. */
export function cancelAttempt(world: World, paymentId: string, body: Fields): PaymentView {
  const payment = ownPayment(world, paymentId, body);
  if (payment.method === 'upi') return view(world, finishPayment(world, payment));
  return view(world, failPayment(world, payment, FAILURES.payment_cancelled));
}

export function seePayment(world: World, paymentId: string, query: Fields): PaymentView {
  return view(world, ownPayment(world, paymentId, query));
}

function ownPayment(world: World, paymentId: string, fields: Fields): Payment {
  const order = payableOrder(world, fields);
  const payment = findPayment(world, paymentId);
  if (payment.order_id !== order.id) throw unknownId();
  return payment;
}

export function view(world: World, payment: Payment): PaymentView {
  if (payment.status === 'failed') {
    return {
      payment_id: payment.id,
      next: 'failed',
      error: { ...payment.error, metadata: { order_id: payment.order_id, payment_id: payment.id } },
    };
  }
  if (payment.status !== 'created') {
    return { payment_id: payment.id, next: 'succeeded', success: checkoutProof(world, payment) };
  }
  const { awaits } = payment.internal;
  return { payment_id: payment.id, next: awaits === 'otp' || awaits === 'bank' ? awaits : 'wait' };
}

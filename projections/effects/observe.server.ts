/** What the provider says of payments, fetched and taken into the log. A webhook or a browser is only the reason to look. */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { crashPoint } from '#platform/crash/crash-point.ts';
import { orderIdOf } from './our-orders.server.ts';
import type { PaymentGateway, ProviderPayment } from './payment-gateway.ts';

export interface CheckoutResult {
  readonly razorpay_payment_id: string;
  readonly razorpay_order_id: string;
  readonly razorpay_signature: string;
}

export type Observed =
  | { readonly kind: 'observed'; readonly payments: number }
  | { readonly kind: 'no-order' }
  /** Ask again later: the provider did not answer, or the order is not recorded yet. */
  | { readonly kind: 'later'; readonly cause: string };

export interface PaymentDesk {
  /** Fetches the attempts on the booking's order and records what they say. */
  observeOrder(bookingId: string): Promise<Observed>;
  /** The browser's return: the signature is checked over the order id that WE stored, then the payments are fetched. */
  checkReturn(bookingId: string, result: CheckoutResult): Promise<{ kind: 'verified' } | Refusal>;
}

export interface DeskSettings {
  readonly db: Database;
  readonly gateway: PaymentGateway;
  readonly submit: Submit;
  readonly clock: BusinessClock;
  readonly log: Log;
}

export function createPaymentDesk({ db, gateway, submit, clock, log }: DeskSettings): PaymentDesk {
  async function record(bookingId: string, payment: ProviderPayment): Promise<Refusal | null> {
    const { id, orderId, status, amount, currency, fee, tax, method, reason, description, captured } = payment;
    if (status === 'captured') await crashPoint('capture:before-append');
    const outcome = await submit(
      {
        type: 'ObservePayment',
        now: clock.now(),
        data: {
          bookingId,
          orderId,
          providerPaymentId: id,
          status,
          amount,
          currency,
          fee,
          tax,
          method,
          reason,
          description,
          captured,
        },
      },
      {
        commandId: idFrom('observe', id, status),
        correlationId: bookingId,
        causationId: id,
        actor: { kind: 'provider', id: gateway.name },
      },
    );
    if (status === 'captured') await crashPoint('capture:appended');
    if (!isRefusal(outcome)) return null;
    log.warn({ bookingId, paymentId: id, status, code: outcome.code }, 'an observed payment was refused');
    return outcome;
  }

  async function observeOrder(bookingId: string): Promise<Observed> {
    const orderId = await orderIdOf(db, bookingId);
    if (orderId === null) return { kind: 'no-order' };
    const payments = await gateway.paymentsOfOrder(orderId);
    if (payments.kind !== 'ok')
      return { kind: 'later', cause: payments.kind === 'unknown' ? payments.cause : payments.description };
    for (const payment of payments.value) {
      const refused = await record(bookingId, payment);
      if (refused?.code === 'order-unknown') return { kind: 'later', cause: refused.code };
    }
    return { kind: 'observed', payments: payments.value.length };
  }

  return {
    observeOrder,
    async checkReturn(bookingId, result) {
      const orderId = await orderIdOf(db, bookingId);
      if (orderId === null) return refuse('order-unknown', 'There is no payment to confirm for this booking yet.');
      const genuine = gateway.isCheckoutGenuine({
        // Ours, not the browser's: otherwise the proof of another order would do.
        orderId,
        paymentId: result.razorpay_payment_id,
        signature: result.razorpay_signature,
      });
      if (!genuine)
        return refuse(
          'signature-mismatch',
          'This confirmation is not from the payment provider. If you were charged, your booking confirms by itself in a moment.',
        );
      const observed = await observeOrder(bookingId);
      if (observed.kind === 'later')
        log.warn({ bookingId, cause: observed.cause }, 'a paid order could not be fetched yet; its webhook will');
      return { kind: 'verified' };
    },
  };
}

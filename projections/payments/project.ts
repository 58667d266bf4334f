import { change, json, table, type Projection } from '../runner/projection.ts';
import { refundExpectedBy } from './refund-time.ts';

const PAYMENT = table(
  'payment',
  {
    booking_id: 'text',
    receipt: 'text',
    amount: 'int8',
    pay_by: 'int8',
    order_id: 'text null',
    state: 'text',
    problem: 'text null',
    method: 'text null',
  },
  { key: ['booking_id'], indexes: { payment_order: '(order_id)' } },
);

const CAPTURE = table(
  'capture',
  {
    provider_payment_id: 'text',
    booking_id: 'text',
    order_id: 'text null',
    amount: 'int8',
    fee: 'int8',
    tax: 'int8',
    method: 'text null',
    captured_at: 'int8',
    surplus: 'boolean',
    /** A bank is taking it back. */
    frozen: 'boolean',
    /** Its cases that are open, by chargeback id: one that ends may leave another. */
    frozen_by: 'jsonb',
    lost: 'int8',
  },
  { key: ['provider_payment_id'], indexes: { capture_booking: '(booking_id)' } },
);

const REFUND = table(
  'refund',
  {
    refund_id: 'text',
    booking_id: 'text',
    provider_payment_id: 'text',
    amount: 'int8',
    reason: 'text',
    state: 'text',
    provider_refund_id: 'text null',
    requested_at: 'int8',
    processed_at: 'int8 null',
    /** With the payer by then, at the latest. */
    expected_by: 'int8',
  },
  { key: ['refund_id'], indexes: { refund_booking: '(booking_id)', refund_payment: '(provider_payment_id)' } },
);

function others(cases: string, chargebackId: string): readonly string[] {
  const open: string[] = JSON.parse(cases);
  return open.filter((id) => id !== chargebackId);
}

/** The order of a booking, what was captured on it and what went back (SPEC RM4). */
export const payments: Projection = {
  name: 'payments',
  tables: [PAYMENT, CAPTURE, REFUND],
  project(fact, rows) {
    switch (fact.type) {
      case 'OrderPlanned': {
        const { bookingId, receipt, amount, payBy } = fact.data;
        return rows.put(PAYMENT, {
          booking_id: bookingId,
          receipt,
          amount,
          pay_by: payBy,
          order_id: null,
          state: 'planned',
          problem: null,
          method: null,
        });
      }
      case 'OrderCreated':
        return change(rows, PAYMENT, fact.data.bookingId, () => ({ order_id: fact.data.orderId, state: 'ordered' }));
      case 'PaymentAttemptFailed': {
        const { bookingId, description, method } = fact.data;
        return change(rows, PAYMENT, bookingId, ({ state }) =>
          state === 'paid' ? {} : { state: 'failed', problem: description, method },
        );
      }
      case 'PaymentAuthorized': {
        const { bookingId, method } = fact.data;
        return change(rows, PAYMENT, bookingId, ({ state }) =>
          state === 'paid' ? {} : { state: 'authorized', problem: null, method },
        );
      }
      case 'PaymentCaptured': {
        const { bookingId, providerPaymentId, orderId, amount, fee, tax, method, capturedAt } = fact.data;
        change(rows, PAYMENT, bookingId, () => ({ state: 'paid', problem: null, method }));
        return rows.put(CAPTURE, {
          provider_payment_id: providerPaymentId,
          booking_id: bookingId,
          order_id: orderId,
          amount,
          fee,
          tax,
          method,
          captured_at: capturedAt,
          surplus: false,
          frozen: false,
          frozen_by: '[]',
          lost: 0,
        });
      }
      case 'SurplusPaymentDetected': {
        const { bookingId, providerPaymentId, amount, fee, tax } = fact.data;
        return rows.put(CAPTURE, {
          provider_payment_id: providerPaymentId,
          booking_id: bookingId,
          order_id: rows.get(PAYMENT, bookingId)?.order_id ?? null,
          amount,
          fee,
          tax,
          method: null,
          captured_at: fact.meta.occurredAt,
          surplus: true,
          frozen: false,
          frozen_by: '[]',
          lost: 0,
        });
      }
      case 'RefundRequested': {
        const { refundId, bookingId, providerPaymentId, amount, reason } = fact.data;
        return rows.put(REFUND, {
          refund_id: refundId,
          booking_id: bookingId,
          provider_payment_id: providerPaymentId,
          amount,
          reason,
          state: 'requested',
          provider_refund_id: null,
          requested_at: fact.meta.occurredAt,
          processed_at: null,
          expected_by: refundExpectedBy(fact.meta.occurredAt, rows.get(CAPTURE, providerPaymentId)?.method ?? null),
        });
      }
      case 'RefundProcessed': {
        const { refundId, providerRefundId } = fact.data;
        return change(rows, REFUND, refundId, () => ({
          state: 'processed',
          provider_refund_id: providerRefundId,
          processed_at: fact.meta.occurredAt,
        }));
      }
      case 'RefundDelayed':
        return change(rows, REFUND, fact.data.refundId, () => ({ state: 'delayed' }));
      case 'RefundsFrozen':
        return change(rows, CAPTURE, fact.data.providerPaymentId, ({ frozen_by }) => ({
          frozen: true,
          frozen_by: json([...others(frozen_by, fact.data.chargebackId), fact.data.chargebackId]),
        }));
      case 'RefundsUnfrozen':
        return change(rows, CAPTURE, fact.data.providerPaymentId, ({ lost, frozen_by }) => {
          const open = others(frozen_by, fact.data.chargebackId);
          return { frozen: open.length > 0, frozen_by: json(open), lost: lost + fact.data.lost };
        });
      case 'RefundFailed':
        return change(rows, REFUND, fact.data.refundId, () => ({ state: 'failed' }));
    }
  },
};

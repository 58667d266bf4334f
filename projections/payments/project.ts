import { statement, type Projection } from '../runner/projection.ts';

/** The order of a booking, what was captured on it and what went back (SPEC RM4). */
export const payments: Projection = {
  name: 'payments',
  schema: `
    CREATE TABLE read_model.payment (
      booking_id text PRIMARY KEY,
      receipt text NOT NULL,
      amount int8 NOT NULL,
      pay_by int8 NOT NULL,
      order_id text,
      state text NOT NULL,
      problem text,
      method text
    );
    CREATE INDEX payment_order ON read_model.payment (order_id);
    CREATE TABLE read_model.capture (
      provider_payment_id text PRIMARY KEY,
      booking_id text NOT NULL,
      order_id text,
      amount int8 NOT NULL,
      fee int8 NOT NULL,
      tax int8 NOT NULL,
      method text,
      captured_at int8 NOT NULL,
      surplus boolean NOT NULL
    );
    CREATE INDEX capture_booking ON read_model.capture (booking_id);
    CREATE TABLE read_model.refund (
      refund_id text PRIMARY KEY,
      booking_id text NOT NULL,
      provider_payment_id text NOT NULL,
      amount int8 NOT NULL,
      reason text NOT NULL,
      state text NOT NULL,
      provider_refund_id text,
      requested_at int8 NOT NULL,
      processed_at int8
    );
    CREATE INDEX refund_booking ON read_model.refund (booking_id);
  `,
  tables: { payment: 'booking_id', capture: 'provider_payment_id', refund: 'refund_id' },
  project(fact) {
    switch (fact.type) {
      case 'OrderPlanned':
        return [
          statement(
            `INSERT INTO read_model.payment (booking_id, receipt, amount, pay_by, state) VALUES ($1, $2, $3, $4, 'planned')
             ON CONFLICT (booking_id) DO NOTHING`,
            fact.data.bookingId,
            fact.data.receipt,
            fact.data.amount,
            fact.data.payBy,
          ),
        ];
      case 'OrderCreated':
        return [
          statement(
            `UPDATE read_model.payment SET order_id = $2, state = 'ordered' WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.orderId,
          ),
        ];
      case 'PaymentAttemptFailed':
        return [
          statement(
            `UPDATE read_model.payment SET state = 'failed', problem = $2, method = $3
             WHERE booking_id = $1 AND state <> 'paid'`,
            fact.data.bookingId,
            fact.data.description,
            fact.data.method,
          ),
        ];
      case 'PaymentAuthorized':
        return [
          statement(
            `UPDATE read_model.payment SET state = 'authorized', problem = NULL, method = $2
             WHERE booking_id = $1 AND state <> 'paid'`,
            fact.data.bookingId,
            fact.data.method,
          ),
        ];
      case 'PaymentCaptured': {
        const { bookingId, providerPaymentId, orderId, amount, fee, tax, method, capturedAt } = fact.data;
        return [
          statement(
            `UPDATE read_model.payment SET state = 'paid', problem = NULL, method = $2 WHERE booking_id = $1`,
            bookingId,
            method,
          ),
          statement(
            `INSERT INTO read_model.capture (provider_payment_id, booking_id, order_id, amount, fee, tax, method, captured_at, surplus)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false) ON CONFLICT (provider_payment_id) DO NOTHING`,
            providerPaymentId,
            bookingId,
            orderId,
            amount,
            fee,
            tax,
            method,
            capturedAt,
          ),
        ];
      }
      case 'SurplusPaymentDetected':
        return [
          statement(
            `INSERT INTO read_model.capture (provider_payment_id, booking_id, order_id, amount, fee, tax, method, captured_at, surplus)
             SELECT $1, booking_id, order_id, $3, 0, 0, NULL, $4, true FROM read_model.payment WHERE booking_id = $2
             ON CONFLICT (provider_payment_id) DO NOTHING`,
            fact.data.providerPaymentId,
            fact.data.bookingId,
            fact.data.amount,
            fact.meta.occurredAt,
          ),
        ];
      case 'RefundRequested':
        return [
          statement(
            `INSERT INTO read_model.refund (refund_id, booking_id, provider_payment_id, amount, reason, state, requested_at)
             VALUES ($1, $2, $3, $4, $5, 'requested', $6) ON CONFLICT (refund_id) DO UPDATE SET state = 'requested'`,
            fact.data.refundId,
            fact.data.bookingId,
            fact.data.providerPaymentId,
            fact.data.amount,
            fact.data.reason,
            fact.meta.occurredAt,
          ),
        ];
      case 'RefundProcessed':
        return [
          statement(
            `UPDATE read_model.refund SET state = 'processed', provider_refund_id = $2, processed_at = $3 WHERE refund_id = $1`,
            fact.data.refundId,
            fact.data.providerRefundId,
            fact.meta.occurredAt,
          ),
        ];
      case 'RefundFailed':
        return [statement(`UPDATE read_model.refund SET state = 'failed' WHERE refund_id = $1`, fact.data.refundId)];
      default:
        return [];
    }
  },
};

import { statement, type Projection, type Statement } from '../runner/projection.ts';

const setState = (bookingId: string, state: string): Statement =>
  statement(`UPDATE read_model.payout SET state = $2 WHERE booking_id = $1`, bookingId, state);

/** What the tutor gets from one booking, with the state of money.md §7.3 (SPEC RM5). */
export const earnings: Projection = {
  name: 'earnings',
  schema: `
    CREATE TABLE read_model.payout (
      booking_id text PRIMARY KEY,
      tutor_id text NOT NULL,
      account_id text NOT NULL,
      provider_payment_id text NOT NULL,
      gross int8 NOT NULL,
      commission int8 NOT NULL,
      share int8 NOT NULL,
      state text NOT NULL,
      planned_at int8 NOT NULL,
      transfer_id text,
      failure text,
      t0 int8,
      release_at int8,
      released_at int8,
      settlement_id text,
      reversed int8 NOT NULL DEFAULT 0
    );
    CREATE INDEX payout_tutor ON read_model.payout (tutor_id, planned_at);
    CREATE INDEX payout_due ON read_model.payout (state, release_at);
    CREATE TABLE read_model.reversal (
      operation_id text PRIMARY KEY,
      booking_id text NOT NULL,
      amount int8 NOT NULL,
      reversal_id text
    );
    CREATE INDEX reversal_booking ON read_model.reversal (booking_id);
  `,
  tables: { payout: 'booking_id', reversal: 'operation_id' },
  project(fact) {
    switch (fact.type) {
      case 'PayoutPlanned': {
        const { data } = fact;
        return [
          statement(
            `INSERT INTO read_model.payout (booking_id, tutor_id, account_id, provider_payment_id, gross, commission, share, state, planned_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', $8) ON CONFLICT (booking_id) DO NOTHING`,
            data.bookingId,
            data.tutorId,
            data.accountId,
            data.providerPaymentId,
            data.gross,
            data.commission,
            data.share,
            fact.meta.occurredAt,
          ),
        ];
      }
      case 'TransferRequested':
        return [setState(fact.data.bookingId, 'transfer-pending')];
      case 'TransferProcessed':
        return [
          statement(
            `UPDATE read_model.payout SET state = 'held', transfer_id = $2, failure = NULL WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.transferId,
          ),
        ];
      case 'TransferFailed':
        return [
          statement(
            `UPDATE read_model.payout SET state = 'failed', failure = $2 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.reason,
          ),
        ];
      case 'HoldStarted':
        return [
          statement(
            `UPDATE read_model.payout SET state = 'hold-running', t0 = $2, release_at = $3 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.t0,
            fact.data.endsAt,
          ),
        ];
      case 'ReleaseAuthorized':
        return [setState(fact.data.bookingId, 'releasing')];
      case 'HoldLifted':
        return [
          statement(
            `UPDATE read_model.payout SET state = 'released', released_at = $2 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.meta.occurredAt,
          ),
        ];
      case 'TransferSettled':
        return [
          statement(
            `UPDATE read_model.payout SET state = 'settled', settlement_id = $2 WHERE booking_id = $1`,
            fact.data.bookingId,
            fact.data.settlementId,
          ),
        ];
      case 'ReversalRequested':
        return [
          statement(
            `INSERT INTO read_model.reversal (operation_id, booking_id, amount) VALUES ($1, $2, $3)
             ON CONFLICT (operation_id) DO NOTHING`,
            fact.data.operationId,
            fact.data.bookingId,
            fact.data.amount,
          ),
          setState(fact.data.bookingId, 'reversing'),
        ];
      case 'TransferReversed':
        return [
          statement(
            `UPDATE read_model.reversal SET reversal_id = $2, amount = $3 WHERE operation_id = $1`,
            fact.data.operationId,
            fact.data.reversalId,
            fact.data.amount,
          ),
          // The sum over reversals, not an increment: the same fact twice leaves the same row.
          statement(
            `UPDATE read_model.payout p SET
               reversed = done.amount,
               state = CASE WHEN done.amount >= p.share THEN 'reversed'
                            WHEN p.t0 IS NOT NULL THEN 'hold-running'
                            ELSE 'held' END
             FROM (SELECT coalesce(sum(amount), 0)::int8 AS amount FROM read_model.reversal
                   WHERE booking_id = $1 AND reversal_id IS NOT NULL) done
             WHERE p.booking_id = $1`,
            fact.data.bookingId,
          ),
        ];
      case 'PayoutCancelled':
        return [setState(fact.data.bookingId, 'cancelled')];
      default:
        return [];
    }
  },
};

import { change, table, type Projection } from '../runner/projection.ts';

const PAYOUT = table(
  'payout',
  {
    booking_id: 'text',
    tutor_id: 'text',
    account_id: 'text',
    provider_payment_id: 'text',
    gross: 'int8',
    commission: 'int8',
    share: 'int8',
    state: 'text',
    planned_at: 'int8',
    transfer_id: 'text null',
    failure: 'text null',
    t0: 'int8 null',
    release_at: 'int8 null',
    released_at: 'int8 null',
    settlement_id: 'text null',
    reversed: 'int8',
  },
  {
    key: ['booking_id'],
    indexes: { payout_tutor: '(tutor_id, planned_at)', payout_due: '(state, release_at)' },
  },
);

const REVERSAL = table(
  'reversal',
  { operation_id: 'text', booking_id: 'text', amount: 'int8', reversal_id: 'text null' },
  { key: ['operation_id'], indexes: { reversal_booking: '(booking_id)' } },
);

/** What the tutor gets from one booking, with the state of money.md §7.3 (SPEC RM5). */
export const earnings: Projection = {
  name: 'earnings',
  tables: [PAYOUT, REVERSAL],
  project(fact, rows) {
    const to = (bookingId: string, state: string): void => change(rows, PAYOUT, bookingId, () => ({ state }));
    switch (fact.type) {
      case 'PayoutPlanned': {
        const { bookingId, tutorId, accountId, providerPaymentId, gross, commission, share } = fact.data;
        return rows.put(PAYOUT, {
          booking_id: bookingId,
          tutor_id: tutorId,
          account_id: accountId,
          provider_payment_id: providerPaymentId,
          gross,
          commission,
          share,
          state: 'planned',
          planned_at: fact.meta.occurredAt,
          transfer_id: null,
          failure: null,
          t0: null,
          release_at: null,
          released_at: null,
          settlement_id: null,
          reversed: 0,
        });
      }
      case 'TransferRequested':
        return to(fact.data.bookingId, 'transfer-pending');
      case 'TransferProcessed': {
        const { bookingId, transferId } = fact.data;
        return change(rows, PAYOUT, bookingId, () => ({ state: 'held', transfer_id: transferId, failure: null }));
      }
      case 'TransferFailed': {
        const { bookingId, reason } = fact.data;
        return change(rows, PAYOUT, bookingId, () => ({ state: 'failed', failure: reason }));
      }
      case 'HoldStarted': {
        const { bookingId, t0, endsAt } = fact.data;
        return change(rows, PAYOUT, bookingId, () => ({ state: 'hold-running', t0, release_at: endsAt }));
      }
      case 'ReleaseAuthorized':
        return to(fact.data.bookingId, 'releasing');
      case 'HoldLifted':
        return change(rows, PAYOUT, fact.data.bookingId, () => ({
          state: 'released',
          released_at: fact.meta.occurredAt,
        }));
      case 'TransferSettled': {
        const { bookingId, settlementId } = fact.data;
        return change(rows, PAYOUT, bookingId, () => ({ state: 'settled', settlement_id: settlementId }));
      }
      case 'ReversalRequested': {
        const { operationId, bookingId, amount } = fact.data;
        rows.put(REVERSAL, { operation_id: operationId, booking_id: bookingId, amount, reversal_id: null });
        return to(bookingId, 'reversing');
      }
      case 'TransferReversed': {
        const { operationId, bookingId, reversalId, amount } = fact.data;
        const before = rows.get(REVERSAL, operationId);
        change(rows, REVERSAL, operationId, () => ({ reversal_id: reversalId, amount }));
        // What comes again is not counted again.
        if (before && before.reversal_id !== null) return;
        return change(rows, PAYOUT, bookingId, ({ reversed, share, t0 }) => {
          const sum = reversed + amount;
          return { reversed: sum, state: sum >= share ? 'reversed' : t0 === null ? 'held' : 'hold-running' };
        });
      }
      case 'PayoutCancelled':
        return to(fact.data.bookingId, 'cancelled');
    }
  },
};

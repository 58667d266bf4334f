import { change, json, table, type Projection, type Row, type Rows } from '../runner/projection.ts';

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
    /** Asked back from the transfer, and failed at the provider. */
    owed: 'int8',
    /** What it would be without the dispute that is open. */
    disputed_from: 'text null',
    /** Reason → until (business ms) or null. */
    pauses: 'jsonb',
    clawback: 'int8',
  },
  {
    key: ['booking_id'],
    indexes: { payout_tutor: '(tutor_id, planned_at)', payout_due: '(state, release_at)' },
  },
);

type Payout = Row<typeof PAYOUT.columns>;

const REVERSAL = table(
  'reversal',
  { operation_id: 'text', booking_id: 'text', amount: 'int8', reversal_id: 'text null', failure: 'text null' },
  { key: ['operation_id'], indexes: { reversal_booking: '(booking_id)' } },
);

/** While it is disputed, transfer and hold go on, and are seen when the dispute is over. */
const inState = (row: Payout, state: string): Partial<Payout> =>
  row.state === 'disputed' ? { disputed_from: state } : { state };

function to(rows: Rows, bookingId: string, state: string, also: Partial<Payout> = {}): void {
  change(rows, PAYOUT, bookingId, (row) => ({ ...inState(row, state), ...also }));
}

function pause(rows: Rows, bookingId: string, set: (pauses: Record<string, number | null>) => void): void {
  change(rows, PAYOUT, bookingId, (row) => {
    const pauses: Record<string, number | null> = JSON.parse(row.pauses);
    set(pauses);
    return { pauses: json(pauses) };
  });
}

/** What the tutor gets from one booking, with the state of money.md §7.3 (SPEC RM5). */
export const earnings: Projection = {
  name: 'earnings',
  tables: [PAYOUT, REVERSAL],
  project(fact, rows) {
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
          owed: 0,
          disputed_from: null,
          pauses: '{}',
          clawback: 0,
        });
      }
      case 'TransferRequested':
        return to(rows, fact.data.bookingId, 'transfer-pending');
      case 'TransferProcessed': {
        const { bookingId, transferId } = fact.data;
        return to(rows, bookingId, 'held', { transfer_id: transferId, failure: null });
      }
      case 'TransferFailed': {
        const { bookingId, reason } = fact.data;
        return to(rows, bookingId, 'failed', { failure: reason });
      }
      case 'HoldStarted': {
        const { bookingId, t0, endsAt } = fact.data;
        return to(rows, bookingId, 'hold-running', { t0, release_at: endsAt });
      }
      case 'ReleaseAuthorized':
        return to(rows, fact.data.bookingId, 'releasing');
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
        rows.put(REVERSAL, {
          operation_id: operationId,
          booking_id: bookingId,
          amount,
          reversal_id: null,
          failure: null,
        });
        return change(rows, PAYOUT, bookingId, ({ owed }) => ({
          state: 'reversing',
          owed: Math.max(0, owed - amount),
        }));
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
      case 'ReversalFailed': {
        const { operationId, bookingId, reason } = fact.data;
        const asked = rows.get(REVERSAL, operationId)?.amount ?? 0;
        change(rows, REVERSAL, operationId, () => ({ failure: reason }));
        return change(rows, PAYOUT, bookingId, ({ owed, t0 }) => ({
          owed: owed + asked,
          state: t0 === null ? 'held' : 'hold-running',
        }));
      }
      case 'PayoutDisputed':
        return change(rows, PAYOUT, fact.data.bookingId, ({ state }) => ({ state: 'disputed', disputed_from: state }));
      case 'PayoutDisputeClosed':
        return change(rows, PAYOUT, fact.data.bookingId, ({ state, disputed_from }) => ({
          state: disputed_from ?? state,
          disputed_from: null,
        }));
      case 'PayoutPaused':
        return pause(rows, fact.data.bookingId, (pauses) => (pauses[fact.data.reason] = fact.data.until));
      case 'PayoutResumed':
        return pause(rows, fact.data.bookingId, (pauses) => delete pauses[fact.data.reason]);
      case 'ClawbackRecorded':
        return change(rows, PAYOUT, fact.data.bookingId, ({ clawback }) => ({
          clawback: clawback + fact.data.amount,
        }));
      case 'PayoutCancelled':
        return to(rows, fact.data.bookingId, 'cancelled');
    }
  },
};

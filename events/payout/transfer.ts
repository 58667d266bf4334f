import { isAmount } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { refuse } from '../shared/refusal.ts';
import type { UndisputedPayout, PayoutCommandOf, PayoutDecision } from './decide.ts';

const MAX_ATTEMPTS = 10;

/** Rules PO3–PO4: never two live transfers for one payout. */
export function requestTransfer({ data }: PayoutCommandOf<'RequestTransfer'>, state: UndisputedPayout): PayoutDecision {
  const { bookingId, operationId } = data;
  switch (state.kind) {
    case 'planned':
    case 'failed':
      if (state.attempts.includes(operationId))
        return refuse('operation-reused', 'This transfer was tried before. A new try needs a new id.');
      if (state.attempts.length >= MAX_ATTEMPTS)
        return refuse('too-many-attempts', `The transfer failed ${MAX_ATTEMPTS} times. Someone must look at it.`);
      return [{ type: 'TransferRequested', data: { bookingId, operationId, attempt: state.attempts.length + 1 } }];
    case 'transfer-pending':
      if (state.attempts.at(-1) === operationId) return [];
      return refuse('transfer-running', 'A transfer for this payout is on its way already.');
    case 'held':
    case 'hold-running':
    case 'reversing':
    case 'reversed':
    case 'releasing':
    case 'released':
    case 'settled':
      if (state.attempts.at(-1) === operationId) return [];
      return refuse('transfer-done', 'The transfer for this payout arrived already.');
    case 'cancelled':
      return refuse('payout-over', 'This payout was cancelled.');
    default:
      return never(state, 'payout state');
  }
}

/** Rule PO5. A transfer thought to have failed may turn out to have gone through. */
export function recordTransfer({ data }: PayoutCommandOf<'RecordTransfer'>, state: UndisputedPayout): PayoutDecision {
  const { bookingId, transferId, amount, fee = 0, tax = 0 } = data;
  switch (state.kind) {
    case 'planned':
      return refuse('transfer-not-requested', 'No transfer was asked for.');
    case 'transfer-pending':
    case 'failed':
      if (amount !== state.share) return refuse('transfer-mismatch', 'The transfer is not the share of the tutor.');
      if (!isAmount(fee) || !isAmount(tax) || tax > fee)
        return refuse('fee-invalid', 'The fee of a transfer is whole paise, and its tax is a part of it.');
      return [{ type: 'TransferProcessed', data: { bookingId, transferId, amount, fee, tax } }];
    case 'held':
    case 'hold-running':
    case 'reversing':
    case 'reversed':
    case 'releasing':
    case 'released':
    case 'settled':
      if (state.transferId === transferId) return [];
      return refuse('transfer-exists', 'This payout has another transfer already.');
    case 'cancelled':
      return refuse('payout-over', 'This payout was cancelled.');
    default:
      return never(state, 'payout state');
  }
}

/** Rule PO6. */
export function recordTransferFailure(
  { data }: PayoutCommandOf<'RecordTransferFailure'>,
  state: UndisputedPayout,
): PayoutDecision {
  switch (state.kind) {
    case 'planned':
      return refuse('transfer-not-requested', 'No transfer was asked for.');
    case 'transfer-pending':
      return [{ type: 'TransferFailed', data: { bookingId: data.bookingId, reason: data.reason } }];
    case 'failed':
      return [];
    case 'held':
    case 'hold-running':
    case 'reversing':
    case 'reversed':
    case 'releasing':
    case 'released':
    case 'settled':
      return refuse('transfer-done', 'The transfer arrived, so it cannot have failed.');
    case 'cancelled':
      return refuse('payout-over', 'This payout was cancelled.');
    default:
      return never(state, 'payout state');
  }
}

import { never } from '../shared/never.ts';
import { refuse } from '../shared/refusal.ts';
import type { UndisputedPayout, PayoutCommandOf, PayoutDecision } from './decide.ts';
import { leftOf } from './events.ts';

/** Rules PO9–PO12: from the end of the hold on, and once. */
export function authorizeRelease(
  { data, now }: PayoutCommandOf<'AuthorizeRelease'>,
  state: UndisputedPayout,
): PayoutDecision {
  const { bookingId, operationId } = data;
  switch (state.kind) {
    case 'hold-running':
      if (now < state.hold.endsAt) return refuse('hold-running', 'The hold on this payout is not over yet.');
      if (state.owed > 0)
        return refuse('reversal-owed', 'Part of the transfer must be taken back first. The release comes after that.');
      if (state.pauses.some(({ until }) => until === null || until > now))
        return refuse('payout-paused', 'This payout is paused. The release comes after that.');
      return [{ type: 'ReleaseAuthorized', data: { bookingId, operationId, at: now } }];
    case 'releasing':
    case 'released':
    case 'settled':
      if (state.operationId === operationId) return [];
      return refuse('already-released', 'This payout is released already.');
    case 'reversing':
      return refuse('reversal-running', 'Part of the transfer is being taken back. The release comes after that.');
    case 'held':
      return refuse('hold-not-started', 'The lesson has no outcome yet, so the hold has not started.');
    case 'planned':
    case 'transfer-pending':
    case 'failed':
      return refuse('not-held', 'The transfer has not arrived yet, so there is nothing to release.');
    case 'reversed':
    case 'cancelled':
      return refuse('payout-over', 'Nothing is left to pay out for this booking.');
    default:
      return never(state, 'payout state');
  }
}

/** Rule PO13. `amount` is what is left of the share after reversals. */
export function recordHoldLifted(
  { data }: PayoutCommandOf<'RecordHoldLifted'>,
  state: UndisputedPayout,
): PayoutDecision {
  const { bookingId, transferId, amount } = data;
  switch (state.kind) {
    case 'releasing':
      if (transferId !== state.transferId || amount !== leftOf(state))
        return refuse('transfer-mismatch', 'This is not the transfer, or not the amount, that was to be released.');
      return [{ type: 'HoldLifted', data: { bookingId, transferId, amount } }];
    case 'released':
    case 'settled':
      return state.transferId === transferId ? [] : refuse('transfer-mismatch', 'This payout has another transfer.');
    case 'planned':
    case 'transfer-pending':
    case 'failed':
    case 'held':
    case 'hold-running':
    case 'reversing':
    case 'reversed':
    case 'cancelled':
      return refuse('release-not-authorized', 'The release of this payout was never authorized.');
    default:
      return never(state, 'payout state');
  }
}

/** Rule PO14. */
export function recordSettlement(
  { data }: PayoutCommandOf<'RecordSettlement'>,
  state: UndisputedPayout,
): PayoutDecision {
  const { bookingId, settlementId } = data;
  if (state.kind === 'released') return [{ type: 'TransferSettled', data: { bookingId, settlementId } }];
  if (state.kind !== 'settled') return refuse('not-released', 'A payout settles only after its release.');
  return state.settlementId === settlementId ? [] : refuse('already-settled', 'This payout settled already.');
}

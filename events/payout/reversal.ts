import { isPaise } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { refuse } from '../shared/refusal.ts';
import type { UndisputedPayout, PayoutCommandOf, PayoutDecision } from './decide.ts';
import { leftOf, reversedOf } from './events.ts';

/** Rules PO15–PO16: whole or in part, before the release, one at a time, never more than is left. */
export function requestReversal({ data }: PayoutCommandOf<'RequestReversal'>, state: UndisputedPayout): PayoutDecision {
  const { bookingId, operationId, amount, reason, after } = data;
  if ('reversals' in state) {
    const done = state.reversals.find((reversal) => reversal.operationId === operationId);
    if (done) return done.amount === amount ? [] : reused();
    if (state.failedReversals.some((failed) => failed.operationId === operationId))
      return refuse('operation-reused', 'This reversal was tried before and failed. A new try needs a new id.');
  }
  switch (state.kind) {
    case 'held':
    case 'hold-running':
      if (!isPaise(amount)) return refuse('amount-invalid', 'A reversal needs an amount in whole paise.');
      if (amount > leftOf(state))
        return refuse('reversal-too-large', 'More would be taken back than is left of the transfer.');
      if (after !== undefined && after !== reversedOf(state))
        return refuse('payout-changed', 'Another part came back since this was reckoned.');
      return [{ type: 'ReversalRequested', data: { bookingId, operationId, amount, reason } }];
    case 'reversing':
      if (state.asked.operationId !== operationId)
        return refuse('reversal-running', 'Another part of the transfer is being taken back.');
      return state.asked.amount === amount ? [] : reused();
    case 'releasing':
    case 'released':
    case 'settled':
      return refuse('already-released', 'This payout is released already, so it cannot be taken back here.');
    case 'planned':
    case 'transfer-pending':
    case 'failed':
      return refuse('not-held', 'The transfer has not arrived yet, so there is nothing to take back.');
    case 'reversed':
    case 'cancelled':
      return refuse('payout-over', 'Nothing is left to take back for this booking.');
    default:
      return never(state, 'payout state');
  }
}

/** Rule PO17. */
export function recordReversal({ data }: PayoutCommandOf<'RecordReversal'>, state: UndisputedPayout): PayoutDecision {
  const { bookingId, operationId, reversalId, amount } = data;
  if ('reversals' in state) {
    const done = state.reversals.find((reversal) => reversal.operationId === operationId);
    if (done) return done.reversalId === reversalId && done.amount === amount ? [] : mismatch();
  }
  if (state.kind !== 'reversing' || state.asked.operationId !== operationId)
    return refuse('reversal-not-requested', 'This reversal was never asked for.');
  if (state.asked.amount !== amount) return mismatch();
  return [{ type: 'TransferReversed', data: { bookingId, operationId, reversalId, amount } }];
}

/** Rule PO31. What failed is owed: it is asked for again as a new operation, and nothing is released before. */
export function recordReversalFailure(
  { data }: PayoutCommandOf<'RecordReversalFailure'>,
  state: UndisputedPayout,
): PayoutDecision {
  const { bookingId, operationId, reason } = data;
  if (state.kind === 'reversing' && state.asked.operationId === operationId)
    return [{ type: 'ReversalFailed', data: { bookingId, operationId, reason } }];
  if ('reversals' in state) {
    if (state.failedReversals.some((failed) => failed.operationId === operationId)) return [];
    if (state.reversals.some((reversal) => reversal.operationId === operationId))
      return refuse('reversal-done', 'This reversal went through already, so it cannot have failed.');
  }
  return refuse('reversal-not-requested', 'This reversal was never asked for.');
}

const reused = () => refuse('operation-reused', 'This reversal was asked for before, with another amount.');
const mismatch = () => refuse('reversal-mismatch', 'The provider took back another amount, or under another id.');

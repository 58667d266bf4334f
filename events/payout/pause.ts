import { isInstant, isPaise } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { refuse } from '../shared/refusal.ts';
import type { PayoutCommandOf, PayoutDecision, UndisputedPayout } from './decide.ts';
import { leftOf } from './events.ts';

/** Rules PO32–PO33: before the release only; a reason stands once, and a new end replaces the old one. */
export function pause({ data, now }: PayoutCommandOf<'PausePayout'>, state: UndisputedPayout): PayoutDecision {
  const { bookingId, reason, until } = data;
  switch (state.kind) {
    case 'planned':
    case 'transfer-pending':
    case 'failed':
    case 'held':
    case 'hold-running':
    case 'reversing':
      if (until !== null && !isInstant(until))
        return refuse('until-invalid', 'A pause ends at an instant, or is open.');
      if (state.pauses.some((pause) => pause.reason === reason && pause.until === until)) return [];
      return [{ type: 'PayoutPaused', data: { bookingId, reason, until, at: now } }];
    case 'releasing':
    case 'released':
    case 'settled':
      return refuse('already-released', 'This payout is released already, so it cannot be paused.');
    case 'reversed':
    case 'cancelled':
      return refuse('payout-over', 'Nothing is left to pay out for this booking.');
    default:
      return never(state, 'payout state');
  }
}

/** Rule PO33. */
export function resume({ data, now }: PayoutCommandOf<'ResumePayout'>, state: UndisputedPayout): PayoutDecision {
  const { bookingId, reason } = data;
  if (!state.pauses.some((pause) => pause.reason === reason)) return [];
  return [{ type: 'PayoutResumed', data: { bookingId, reason, at: now } }];
}

/** Rules PO34–PO35: what cannot be taken back from the transfer any more is owed by the tutor. */
export function recordClawback(
  { data, now }: PayoutCommandOf<'RecordClawback'>,
  state: UndisputedPayout,
): PayoutDecision {
  const { bookingId, chargebackId, amount } = data;
  switch (state.kind) {
    case 'releasing':
    case 'released':
    case 'settled': {
      const known = state.clawbacks.find((clawback) => clawback.chargebackId === chargebackId);
      if (known)
        return known.amount === amount
          ? []
          : refuse('clawback-exists', 'This chargeback was recorded with another amount.');
      if (!isPaise(amount)) return refuse('amount-invalid', 'A clawback needs an amount in whole paise.');
      const owed = state.clawbacks.reduce((total, clawback) => total + clawback.amount, 0);
      if (owed + amount > leftOf(state)) return refuse('clawback-too-large', 'The tutor was not paid that much.');
      return [{ type: 'ClawbackRecorded', data: { bookingId, chargebackId, amount, at: now } }];
    }
    case 'planned':
    case 'transfer-pending':
    case 'failed':
    case 'held':
    case 'hold-running':
    case 'reversing':
      return refuse('not-released', 'This payout is not released yet, so the money is taken back from the transfer.');
    case 'reversed':
    case 'cancelled':
      return refuse('payout-over', 'The tutor was paid nothing for this booking.');
    default:
      return never(state, 'payout state');
  }
}

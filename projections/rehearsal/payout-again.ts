import type { BookingState } from '#events/booking/events.ts';
import { decide } from '#events/payout/decide.ts';
import { evolve, initial, type Disputable, type PayoutState } from '#events/payout/events.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { tutorPart } from '../processes/payout-case.ts';
import type { PayoutCommand } from '#events/payout/decide.ts';
import type { Split } from './reckoning.ts';

/** When the hold of a payout begins by how its booking stands, and what goes back; null: neither is decided. */
function standing(state: BookingState): { readonly t0: number; readonly refund: number } | null {
  if (state.kind === 'completed' || state.kind === 'closed') return { t0: state.t0, refund: 0 };
  if (state.kind !== 'cancelled') return null;
  return { t0: state.cancellation.cancelledAt, refund: state.cancellation.refund };
}

/**
 * The payout as it would have been at a moment. Where the booking stood as it did, the provider's answers are facts and stay:
 * only figures and the end of the hold are new. Where it stood otherwise, what follows is done at once, as it mostly is.
 */
export function payoutAgain(
  then: PayoutState,
  bookingThen: BookingState,
  booking: BookingState,
  split: Split | null,
): PayoutState {
  if (then.kind === 'none' || split === null) return then;
  const [was, now] = [standing(bookingThen), standing(booking)];
  if (was?.t0 === now?.t0 && was?.refund === now?.refund) return withSplit(then, split);
  const terms = then.kind === 'disputed' ? then.from : then;
  return anew(terms, split, now);
}

function withSplit(then: Exclude<PayoutState, { kind: 'none' }>, { gross, share, holdMs }: Split): PayoutState {
  const figures = { gross, share, commission: gross - share, holdMs };
  if (then.kind === 'hold-running') {
    const { t0 } = then.hold;
    return { ...then, ...figures, hold: { t0, endsAt: t0 + holdMs } };
  }
  return then.kind === 'disputed' ? then : { ...then, ...figures };
}

function anew(
  { tutorId, accountId, providerPaymentId }: Pick<Disputable, 'tutorId' | 'accountId' | 'providerPaymentId'>,
  split: Split,
  now: { readonly t0: number; readonly refund: number } | null,
): PayoutState {
  const { gross, share, holdMs } = split;
  const bookingId = '';
  let state: PayoutState = initial;
  const give = (command: PayoutCommand): void => {
    const decision = decide(command, state);
    if (!isRefusal(decision)) state = decision.reduce(evolve, state);
  };
  const terms = { bookingId, tutorId, accountId, providerPaymentId, gross, share, commission: gross - share, holdMs };
  state = evolve(state, { type: 'PayoutPlanned', data: terms });
  const at = now?.t0 ?? 0;
  give({ type: 'RequestTransfer', now: at, data: { bookingId, operationId: 'transfer' } });
  give({ type: 'RecordTransfer', now: at, data: { bookingId, transferId: 'transfer', amount: share } });
  if (now === null) return state;
  const amount = tutorPart(split, now.refund);
  if (amount > 0) {
    const reversal = { bookingId, operationId: 'reversal', amount };
    give({ type: 'RequestReversal', now: at, data: { ...reversal, reason: 'cancelled' } });
    give({ type: 'RecordReversal', now: at, data: { ...reversal, reversalId: 'reversal' } });
  }
  give({ type: 'StartHold', now: at, data: { bookingId, t0: now.t0 } });
  return state;
}

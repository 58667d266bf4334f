import { impossible, never } from '../shared/never.ts';

/** What the bank's case is about by now; each but the first two takes the money if it is lost (razorpay.md §8). */
export type ChargebackPhase = 'fraud' | 'retrieval' | 'chargeback' | 'pre_arbitration' | 'arbitration';

type Round = {
  readonly amount: number;
  readonly phase: ChargebackPhase;
  readonly round: number;
  /** An answer is lawful until then, business ms. */
  readonly respondBy: number;
};

type Case = {
  readonly chargebackId: string;
  readonly bookingId: string;
};

/**
 * Stream `chargeback-<the provider's dispute id>`: the payer's bank takes a payment back, in rounds (money.md §7.4).
 * Amounts in paise.
 */
export type ChargebackEvent =
  | {
      readonly type: 'ChargebackOpened';
      readonly data: Case &
        Round & { readonly providerPaymentId: string; readonly reasonCode: string; readonly at: number };
    }
  | {
      readonly type: 'ContestRequested';
      readonly data: Case & {
        readonly operationId: string;
        readonly round: number;
        readonly by: string;
        readonly summary: string;
        readonly at: number;
      };
    }
  | {
      /** The evidence is with the bank; `operationId` is null when it was handed in elsewhere, such as by hand. */
      readonly type: 'ContestSubmitted';
      readonly data: Case & { readonly operationId: string | null; readonly round: number; readonly at: number };
    }
  | {
      /** The bank wants more: the case is open again in the same round. */
      readonly type: 'ChargebackActionRequired';
      readonly data: Case & { readonly round: number; readonly respondBy: number; readonly at: number };
    }
  | {
      readonly type: 'AcceptRequested';
      readonly data: Case & {
        readonly operationId: string;
        readonly round: number;
        readonly by: string;
        readonly reason: string;
        readonly at: number;
      };
    }
  | {
      /** The provider did not take our answer; another may be given while there is time. */
      readonly type: 'ChargebackAnswerFailed';
      readonly data: Case & {
        readonly operationId: string;
        readonly round: number;
        readonly answer: 'contest' | 'accept';
        readonly reason: string;
        readonly at: number;
      };
    }
  | { readonly type: 'ChargebackWon'; readonly data: Case & { readonly round: number; readonly at: number } }
  | {
      readonly type: 'ChargebackLost';
      readonly data: Case & {
        readonly round: number;
        /** What the bank took. */
        readonly amount: number;
        readonly accepted: boolean;
        readonly at: number;
      };
    }
  | { readonly type: 'ChargebackClosed'; readonly data: Case & { readonly at: number } }
  | { readonly type: 'ChargebackReopened'; readonly data: Case & Round & { readonly at: number } };

interface Known extends Case, Round {
  readonly providerPaymentId: string;
  readonly reasonCode: string;
  /** When the case came to this state, business ms: what was read before it is old news. */
  readonly at: number;
  /** The last contest we asked for, by operation id. */
  readonly contested: string | null;
}

interface Answerable {
  readonly kind: 'open' | 'action-required';
}

export type ChargebackState =
  | { readonly kind: 'none' }
  | (Answerable & Known)
  | ({ readonly kind: 'contesting'; readonly operationId: string; readonly from: Answerable } & Known)
  | ({ readonly kind: 'accepting'; readonly operationId: string; readonly from: Answerable } & Known)
  | ({ readonly kind: 'submitted' } & Known)
  | ({ readonly kind: 'won' } & Known)
  | ({ readonly kind: 'lost' } & Known)
  | ({ readonly kind: 'accepted' } & Known)
  | ({ readonly kind: 'closed' } & Known);

export const initial: ChargebackState = { kind: 'none' };

/** What stays of a state when the case moves on. */
function known(state: Exclude<ChargebackState, { kind: 'none' }>, at: number): Known {
  const { chargebackId, bookingId, providerPaymentId, amount, phase, round, reasonCode, respondBy, contested } = state;
  return { chargebackId, bookingId, providerPaymentId, amount, phase, round, reasonCode, respondBy, contested, at };
}

export function evolve(state: ChargebackState, event: ChargebackEvent): ChargebackState {
  if (event.type === 'ChargebackOpened')
    return state.kind === 'none' ? { kind: 'open', ...event.data, contested: null } : impossible(event, state);
  if (state.kind === 'none') return impossible(event, state);
  const rest = known(state, event.data.at);
  switch (event.type) {
    case 'ContestRequested': {
      if (state.kind !== 'open' && state.kind !== 'action-required') return impossible(event, state);
      const { operationId } = event.data;
      return { ...rest, kind: 'contesting', operationId, from: { kind: state.kind }, contested: operationId };
    }
    case 'AcceptRequested': {
      if (state.kind !== 'open' && state.kind !== 'action-required') return impossible(event, state);
      return { ...rest, kind: 'accepting', operationId: event.data.operationId, from: { kind: state.kind } };
    }
    case 'ChargebackAnswerFailed':
      if (state.kind !== 'contesting' && state.kind !== 'accepting') return impossible(event, state);
      return { ...rest, kind: state.from.kind };
    case 'ContestSubmitted':
      return { ...rest, kind: 'submitted' };
    case 'ChargebackActionRequired':
      return { ...rest, kind: 'action-required', respondBy: event.data.respondBy };
    case 'ChargebackWon':
      return { ...rest, kind: 'won' };
    case 'ChargebackLost':
      return { ...rest, kind: event.data.accepted ? 'accepted' : 'lost', amount: event.data.amount };
    case 'ChargebackClosed':
      return { ...rest, kind: 'closed' };
    case 'ChargebackReopened': {
      if (state.kind !== 'won') return impossible(event, state);
      const { amount, phase, round, respondBy } = event.data;
      return { ...rest, kind: 'open', amount, phase, round, respondBy };
    }
    default:
      return never(event, 'chargeback event');
  }
}

import { impossible, never } from '../shared/never.ts';
import type { DisputeEnd, PauseReason, PayoutEvent } from './events.ts';

export interface Pause {
  readonly reason: PauseReason;
  /** Business ms; null: until it is resumed. */
  readonly until: number | null;
}

export interface ClosedDispute {
  readonly disputeId: string;
  readonly outcome: DisputeEnd;
  readonly refund: number;
  readonly reversal: number;
}

type OpenDispute = Omit<Extract<PayoutEvent, { type: 'PayoutDisputed' }>['data'], 'bookingId'>;

/** Fixed when the payout is planned, except the last three. */
interface Terms {
  readonly tutorId: string;
  readonly accountId: string;
  readonly providerPaymentId: string;
  readonly gross: number;
  readonly commission: number;
  /** The tutor's part, paise. */
  readonly share: number;
  readonly holdMs: number;
  /** Operation ids of the transfers asked for so far; the last is the live one. */
  readonly attempts: readonly string[];
  /** At most one for each reason. */
  readonly pauses: readonly Pause[];
  /** The dispute that was, oldest first; a second one only after a withdrawal, as a review. */
  readonly disputes: readonly ClosedDispute[];
}

export interface Reversal {
  readonly operationId: string;
  readonly reversalId: string;
  readonly amount: number;
}

interface FailedReversal {
  readonly operationId: string;
  readonly amount: number;
}

/** The 72 hours: a release is lawful from `endsAt` on (business ms). */
interface Hold {
  readonly t0: number;
  readonly endsAt: number;
}

/** There is a transfer at the provider. */
interface Transferred extends Terms {
  readonly transferId: string;
  readonly reversals: readonly Reversal[];
  readonly failedReversals: readonly FailedReversal[];
  /** Paise that were to be taken back and were not yet, because the provider failed: nothing is released before. */
  readonly owed: number;
}

interface Releasing extends Transferred {
  readonly hold: Hold;
  readonly operationId: string;
  /** What the tutor owes because of chargebacks lost after the release. */
  readonly clawbacks: readonly { readonly chargebackId: string; readonly amount: number }[];
}

type Planned = { readonly kind: 'planned' } & Terms;
type TransferPending = { readonly kind: 'transfer-pending' } & Terms;
type Failed = { readonly kind: 'failed' } & Terms;
type Held = { readonly kind: 'held' } & Transferred;
type HoldRunning = { readonly kind: 'hold-running'; readonly hold: Hold } & Transferred;

/** Where a dispute can begin, and where it goes on from. */
export type Disputable = Planned | TransferPending | Failed | Held | HoldRunning;

export type PayoutState =
  | { readonly kind: 'none' }
  | Disputable
  | ({ readonly kind: 'cancelled' } & Terms)
  | {
      readonly kind: 'disputed';
      readonly dispute: OpenDispute;
      /** What the payout would be without the dispute: transfer and hold go on in it. */
      readonly from: Disputable;
    }
  | ({
      readonly kind: 'reversing';
      readonly asked: { readonly operationId: string; readonly amount: number };
      /** The state it goes back to with what is left of the share. */
      readonly from: { readonly kind: 'held' } | { readonly kind: 'hold-running'; readonly hold: Hold };
    } & Transferred)
  | ({ readonly kind: 'reversed' } & Transferred)
  | ({ readonly kind: 'releasing' } & Releasing)
  | ({ readonly kind: 'released' } & Releasing)
  | ({ readonly kind: 'settled'; readonly settlementId: string } & Releasing);

export const initial: PayoutState = { kind: 'none' };

/** Paise of the share that were taken back from the transfer. */
export const reversedOf = (payout: { readonly reversals: readonly Reversal[] }): number =>
  payout.reversals.reduce((total, reversal) => total + reversal.amount, 0);

/** Paise of the share that are still to be released, or were. */
export const leftOf = (payout: { readonly share: number; readonly reversals: readonly Reversal[] }): number =>
  payout.share - reversedOf(payout);

const isDisputable = (state: PayoutState): state is Disputable =>
  state.kind === 'planned' ||
  state.kind === 'transfer-pending' ||
  state.kind === 'failed' ||
  state.kind === 'held' ||
  state.kind === 'hold-running';

export function evolve(state: PayoutState, event: PayoutEvent): PayoutState {
  if (state.kind === 'disputed' && event.type !== 'PayoutDisputeClosed') {
    const from = evolve(state.from, event);
    return isDisputable(from) ? { ...state, from } : impossible(event, state);
  }
  switch (event.type) {
    case 'PayoutPlanned': {
      if (state.kind !== 'none') return impossible(event, state);
      const { tutorId, accountId, providerPaymentId, gross, commission, share, holdMs } = event.data;
      const terms = { tutorId, accountId, providerPaymentId, gross, commission, share, holdMs };
      return { kind: 'planned', ...terms, attempts: [], pauses: [], disputes: [] };
    }
    case 'TransferRequested':
      if (state.kind !== 'planned' && state.kind !== 'failed') return impossible(event, state);
      return { ...state, kind: 'transfer-pending', attempts: [...state.attempts, event.data.operationId] };
    case 'TransferProcessed': {
      if (state.kind !== 'transfer-pending' && state.kind !== 'failed') return impossible(event, state);
      const { transferId } = event.data;
      return { ...state, kind: 'held', transferId, reversals: [], failedReversals: [], owed: 0 };
    }
    case 'TransferFailed':
      return state.kind === 'transfer-pending' ? { ...state, kind: 'failed' } : impossible(event, state);
    case 'PayoutCancelled':
      if (state.kind !== 'planned' && state.kind !== 'failed') return impossible(event, state);
      return { ...state, kind: 'cancelled' };
    case 'HoldStarted': {
      const { t0, endsAt } = event.data;
      return state.kind === 'held'
        ? { ...state, kind: 'hold-running', hold: { t0, endsAt } }
        : impossible(event, state);
    }
    case 'ReversalRequested':
    case 'TransferReversed':
    case 'ReversalFailed':
      return evolveReversal(state, event);
    case 'ReleaseAuthorized':
      if (state.kind !== 'hold-running') return impossible(event, state);
      return { ...state, kind: 'releasing', operationId: event.data.operationId, clawbacks: [] };
    case 'HoldLifted':
      return state.kind === 'releasing' ? { ...state, kind: 'released' } : impossible(event, state);
    case 'TransferSettled':
      if (state.kind !== 'released') return impossible(event, state);
      return { ...state, kind: 'settled', settlementId: event.data.settlementId };
    case 'PayoutDisputed': {
      const { bookingId: _, ...dispute } = event.data;
      return isDisputable(state) ? { kind: 'disputed', dispute, from: state } : impossible(event, state);
    }
    case 'PayoutDisputeClosed': {
      if (state.kind !== 'disputed') return impossible(event, state);
      const { disputeId, outcome, refund, reversal } = event.data;
      return { ...state.from, disputes: [...state.from.disputes, { disputeId, outcome, refund, reversal }] };
    }
    case 'PayoutPaused': {
      if (state.kind === 'none' || state.kind === 'disputed') return impossible(event, state);
      const { reason, until } = event.data;
      return { ...state, pauses: [...without(state.pauses, reason), { reason, until }] };
    }
    case 'PayoutResumed':
      if (state.kind === 'none' || state.kind === 'disputed') return impossible(event, state);
      return { ...state, pauses: without(state.pauses, event.data.reason) };
    case 'ClawbackRecorded': {
      if (state.kind !== 'releasing' && state.kind !== 'released' && state.kind !== 'settled')
        return impossible(event, state);
      const { chargebackId, amount } = event.data;
      return { ...state, clawbacks: [...state.clawbacks, { chargebackId, amount }] };
    }
    default:
      return never(event, 'payout event');
  }
}

type ReversalEvent = Extract<PayoutEvent, { type: 'ReversalRequested' | 'TransferReversed' | 'ReversalFailed' }>;

function evolveReversal(state: PayoutState, event: ReversalEvent): PayoutState {
  if (event.type === 'ReversalRequested') {
    if (state.kind !== 'held' && state.kind !== 'hold-running') return impossible(event, state);
    const { operationId, amount } = event.data;
    const asked = { asked: { operationId, amount }, owed: Math.max(0, state.owed - amount) };
    if (state.kind === 'held') return { ...state, ...asked, kind: 'reversing', from: { kind: 'held' } };
    const { hold, ...rest } = state;
    return { ...rest, ...asked, kind: 'reversing', from: { kind: 'hold-running', hold } };
  }
  if (state.kind !== 'reversing') return impossible(event, state);
  const { asked, from, ...rest } = state;
  if (event.type === 'ReversalFailed') {
    const failedReversals = [...state.failedReversals, asked];
    return { ...rest, ...from, failedReversals, owed: state.owed + asked.amount };
  }
  const { operationId, reversalId, amount } = event.data;
  const reversals = [...state.reversals, { operationId, reversalId, amount }];
  if (reversedOf({ reversals }) >= state.share) return { ...rest, kind: 'reversed', reversals };
  return { ...rest, ...from, reversals };
}

const without = (pauses: readonly Pause[], reason: PauseReason): readonly Pause[] =>
  pauses.filter((pause) => pause.reason !== reason);

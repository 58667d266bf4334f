import { impossible, never } from '../shared/never.ts';

/** Stream `payout-<bookingId>`: what the tutor gets from one booking; release and dispute race here (money.md §7.3). Paise. */
export type PayoutEvent =
  | {
      readonly type: 'PayoutPlanned';
      readonly data: {
        readonly bookingId: string;
        readonly tutorId: string;
        readonly accountId: string;
        readonly providerPaymentId: string;
        readonly gross: number;
        readonly commission: number;
        readonly share: number;
        readonly holdMs: number;
      };
    }
  | {
      readonly type: 'TransferRequested';
      readonly data: { readonly bookingId: string; readonly operationId: string; readonly attempt: number };
    }
  | {
      readonly type: 'TransferProcessed';
      readonly data: { readonly bookingId: string; readonly transferId: string; readonly amount: number };
    }
  | { readonly type: 'TransferFailed'; readonly data: { readonly bookingId: string; readonly reason: string } }
  | {
      readonly type: 'HoldStarted';
      readonly data: { readonly bookingId: string; readonly t0: number; readonly endsAt: number };
    }
  | {
      readonly type: 'ReleaseAuthorized';
      readonly data: { readonly bookingId: string; readonly operationId: string; readonly at: number };
    }
  | {
      readonly type: 'HoldLifted';
      readonly data: { readonly bookingId: string; readonly transferId: string; readonly amount: number };
    }
  | { readonly type: 'TransferSettled'; readonly data: { readonly bookingId: string; readonly settlementId: string } }
  | {
      readonly type: 'ReversalRequested';
      readonly data: {
        readonly bookingId: string;
        readonly operationId: string;
        readonly amount: number;
        readonly reason: string;
      };
    }
  | {
      readonly type: 'TransferReversed';
      readonly data: {
        readonly bookingId: string;
        readonly operationId: string;
        readonly reversalId: string;
        readonly amount: number;
      };
    }
  | { readonly type: 'PayoutCancelled'; readonly data: { readonly bookingId: string; readonly reason: string } };

/** Fixed when the payout is planned. */
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
}

export interface Reversal {
  readonly operationId: string;
  readonly reversalId: string;
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
}

interface Releasing extends Transferred {
  readonly hold: Hold;
  readonly operationId: string;
}

export type PayoutState =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'planned' } & Terms)
  | ({ readonly kind: 'transfer-pending' } & Terms)
  | ({ readonly kind: 'failed' } & Terms)
  | ({ readonly kind: 'cancelled' } & Terms)
  | ({ readonly kind: 'held' } & Transferred)
  | ({ readonly kind: 'hold-running'; readonly hold: Hold } & Transferred)
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

export function evolve(state: PayoutState, event: PayoutEvent): PayoutState {
  switch (event.type) {
    case 'PayoutPlanned': {
      if (state.kind !== 'none') return impossible(event, state);
      const { tutorId, accountId, providerPaymentId, gross, commission, share, holdMs } = event.data;
      const terms = { tutorId, accountId, providerPaymentId, gross, commission, share, holdMs };
      return { kind: 'planned', ...terms, attempts: [] };
    }
    case 'TransferRequested':
      if (state.kind !== 'planned' && state.kind !== 'failed') return impossible(event, state);
      return { ...state, kind: 'transfer-pending', attempts: [...state.attempts, event.data.operationId] };
    case 'TransferProcessed':
      if (state.kind !== 'transfer-pending' && state.kind !== 'failed') return impossible(event, state);
      return { ...state, kind: 'held', transferId: event.data.transferId, reversals: [] };
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
    case 'ReversalRequested': {
      const { operationId, amount } = event.data;
      if (state.kind === 'held')
        return { ...state, kind: 'reversing', asked: { operationId, amount }, from: { kind: 'held' } };
      if (state.kind !== 'hold-running') return impossible(event, state);
      const { hold, ...rest } = state;
      return { ...rest, kind: 'reversing', asked: { operationId, amount }, from: { kind: 'hold-running', hold } };
    }
    case 'TransferReversed': {
      if (state.kind !== 'reversing') return impossible(event, state);
      const { operationId, reversalId, amount } = event.data;
      const { asked: _, from, ...rest } = state;
      const reversals = [...state.reversals, { operationId, reversalId, amount }];
      if (reversedOf({ reversals }) >= state.share) return { ...rest, kind: 'reversed', reversals };
      return { ...rest, ...from, reversals };
    }
    case 'ReleaseAuthorized':
      if (state.kind !== 'hold-running') return impossible(event, state);
      return { ...state, kind: 'releasing', operationId: event.data.operationId };
    case 'HoldLifted':
      return state.kind === 'releasing' ? { ...state, kind: 'released' } : impossible(event, state);
    case 'TransferSettled':
      if (state.kind !== 'released') return impossible(event, state);
      return { ...state, kind: 'settled', settlementId: event.data.settlementId };
    default:
      return never(event, 'payout event');
  }
}

import { isInstant, isPaise } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { splitGross } from '../shared/money.ts';
import { never } from '../shared/never.ts';
import { isRefusal, refuse, type Refusal } from '../shared/refusal.ts';
import { closeDispute, dispute } from './dispute.ts';
import type { DisputeCause, DisputeEnd, PauseReason, PayoutEvent, PayoutState, ReviewCause } from './events.ts';
import { pause, recordClawback, resume } from './pause.ts';
import { authorizeRelease, recordHoldLifted, recordSettlement } from './release.ts';
import { recordReversal, recordReversalFailure, requestReversal } from './reversal.ts';
import { recordTransfer, recordTransferFailure, requestTransfer } from './transfer.ts';

export type PayoutCommand =
  | Command<
      'PlanPayout',
      {
        bookingId: string;
        tutorId: string;
        accountId: string;
        providerPaymentId: string;
        gross: number;
        commissionBps: number;
        holdMs: number;
      }
    >
  | Command<'RequestTransfer', { bookingId: string; operationId: string }>
  /** `fee`: what the provider took for it, `tax` included; both 0 when they are not given. */
  | Command<'RecordTransfer', { bookingId: string; transferId: string; amount: number; fee?: number; tax?: number }>
  | Command<'RecordTransferFailure', { bookingId: string; reason: string }>
  | Command<'StartHold', { bookingId: string; t0: number }>
  | Command<'AuthorizeRelease', { bookingId: string; operationId: string }>
  | Command<'RecordHoldLifted', { bookingId: string; transferId: string; amount: number }>
  | Command<'RecordSettlement', { bookingId: string; settlementId: string }>
  | Command<
      'RequestReversal',
      {
        bookingId: string;
        operationId: string;
        amount: number;
        reason: string;
        /** Paise that had come back when the amount was reckoned: it is refused when that is otherwise now. */
        after?: number;
      }
    >
  | Command<'RecordReversal', { bookingId: string; operationId: string; reversalId: string; amount: number }>
  | Command<'RecordReversalFailure', { bookingId: string; operationId: string; reason: string }>
  | Command<'CancelPayout', { bookingId: string; reason: string }>
  /** `opensAt`: from when on this lesson can be disputed (0 for a review). The seat's one dispute has one id. */
  | Command<
      'DisputePayout',
      {
        bookingId: string;
        disputeId: string;
        kind: 'in-app' | 'review';
        openedBy: string;
        cause: DisputeCause | ReviewCause;
        text: string;
        wants: number | null;
        opensAt: number;
      }
    >
  /** `reversal`: what of the transfer has to come back for that refund, as `reversalFor` says. */
  | Command<
      'ClosePayoutDispute',
      {
        bookingId: string;
        disputeId: string;
        outcome: DisputeEnd;
        refund: number;
        reversal: number;
        operationId: string;
      }
    >
  | Command<'PausePayout', { bookingId: string; reason: PauseReason; until: number | null }>
  | Command<'ResumePayout', { bookingId: string; reason: PauseReason }>
  | Command<'RecordClawback', { bookingId: string; chargebackId: string; amount: number }>;

export type PayoutCommandOf<Type extends PayoutCommand['type']> = Extract<PayoutCommand, { type: Type }>;
export type PayoutDecision = readonly PayoutEvent[] | Refusal;
export type ExistingPayout = Exclude<PayoutState, { kind: 'none' }>;
/** A payout without an open dispute. */
export type UndisputedPayout = Exclude<ExistingPayout, { kind: 'disputed' }>;

/** Rules PO1–PO36. */
export function decide(command: PayoutCommand, state: PayoutState): PayoutDecision {
  if (command.type === 'PlanPayout') return plan(command, state);
  if (state.kind === 'none') return refuse('payout-unknown', 'No payout was planned for this booking.');
  if (command.type === 'DisputePayout') return dispute(command, state);
  if (command.type === 'ClosePayoutDispute') return closeDispute(command, state);
  if (state.kind !== 'disputed') return decideUndisputed(command, state);
  switch (command.type) {
    case 'AuthorizeRelease':
    case 'CancelPayout':
      return disputeOpen();
    case 'RequestReversal': {
      const again = decideUndisputed(command, state.from);
      return isRefusal(again) || again.length > 0 ? disputeOpen() : again;
    }
    default:
      // Transfer and hold go on while people argue; only the money may not leave.
      return decideUndisputed(command, state.from);
  }
}

const disputeOpen = (): Refusal =>
  refuse(
    'dispute-open',
    'There is an open dispute about this lesson. Its money stays where it is until that is decided.',
  );

type UndisputedCommand = Exclude<PayoutCommand, { type: 'PlanPayout' | 'DisputePayout' | 'ClosePayoutDispute' }>;

function decideUndisputed(command: UndisputedCommand, state: UndisputedPayout): PayoutDecision {
  switch (command.type) {
    case 'RequestTransfer':
      return requestTransfer(command, state);
    case 'RecordTransfer':
      return recordTransfer(command, state);
    case 'RecordTransferFailure':
      return recordTransferFailure(command, state);
    case 'StartHold':
      return startHold(command, state);
    case 'AuthorizeRelease':
      return authorizeRelease(command, state);
    case 'RecordHoldLifted':
      return recordHoldLifted(command, state);
    case 'RecordSettlement':
      return recordSettlement(command, state);
    case 'RequestReversal':
      return requestReversal(command, state);
    case 'RecordReversal':
      return recordReversal(command, state);
    case 'RecordReversalFailure':
      return recordReversalFailure(command, state);
    case 'PausePayout':
      return pause(command, state);
    case 'ResumePayout':
      return resume(command, state);
    case 'RecordClawback':
      return recordClawback(command, state);
    case 'CancelPayout':
      return cancel(command, state);
    default:
      return never(command, 'payout command');
  }
}

function plan({ data }: PayoutCommandOf<'PlanPayout'>, state: PayoutState): PayoutDecision {
  const { bookingId, tutorId, accountId, providerPaymentId, gross, commissionBps, holdMs } = data;
  const { commission, share } = splitGross(gross, commissionBps);
  if (state.kind !== 'none') {
    const known = state.kind === 'disputed' ? state.from : state;
    const again = known.providerPaymentId === providerPaymentId && known.gross === gross && known.share === share;
    return again ? [] : refuse('payout-exists', 'This booking has a payout already, with other figures.');
  }
  if (!isPaise(gross) || !Number.isInteger(commissionBps) || commissionBps < 0 || share <= 0)
    return refuse('amount-invalid', 'A payout needs an amount in whole paise that leaves the tutor a share.');
  if (!isInstant(holdMs)) return refuse('hold-invalid', 'A payout needs the length of its hold.');
  const terms = { bookingId, tutorId, accountId, providerPaymentId, gross, commission, share, holdMs };
  return [{ type: 'PayoutPlanned', data: terms }];
}

function startHold({ data }: PayoutCommandOf<'StartHold'>, state: UndisputedPayout): PayoutDecision {
  const { bookingId, t0 } = data;
  switch (state.kind) {
    case 'held':
      if (!isInstant(t0)) return refuse('t0-invalid', 'The hold needs the time of the outcome.');
      return [{ type: 'HoldStarted', data: { bookingId, t0, endsAt: t0 + state.holdMs } }];
    case 'hold-running':
    case 'releasing':
    case 'released':
    case 'settled':
      return state.hold.t0 === t0 ? [] : refuse('hold-started', 'The hold began already, at another time.');
    case 'reversing':
      if (state.from.kind === 'hold-running' && state.from.hold.t0 === t0) return [];
      return refuse('reversal-running', 'Part of the transfer is being taken back. The hold starts after that.');
    case 'planned':
    case 'transfer-pending':
    case 'failed':
      return refuse('not-held', 'The transfer has not arrived yet, so there is nothing to hold.');
    case 'reversed':
    case 'cancelled':
      return refuse('payout-over', 'Nothing is left to pay out for this booking.');
    default:
      return never(state, 'payout state');
  }
}

function cancel({ data }: PayoutCommandOf<'CancelPayout'>, state: UndisputedPayout): PayoutDecision {
  switch (state.kind) {
    case 'planned':
    case 'failed':
      return [{ type: 'PayoutCancelled', data: { bookingId: data.bookingId, reason: data.reason } }];
    case 'cancelled':
      return [];
    case 'transfer-pending':
      return refuse('transfer-running', 'The transfer is on its way. Wait for it, then take it back.');
    case 'held':
    case 'hold-running':
    case 'reversing':
    case 'reversed':
    case 'releasing':
    case 'released':
    case 'settled':
      return refuse('transfer-done', 'The transfer arrived, so it must be taken back rather than cancelled.');
    default:
      return never(state, 'payout state');
  }
}

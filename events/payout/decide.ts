import { isInstant, isPaise } from '../shared/check.ts';
import type { Command } from '../shared/command.ts';
import { splitGross } from '../shared/money.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { PayoutEvent, PayoutState } from './events.ts';
import { authorizeRelease, recordHoldLifted, recordSettlement } from './release.ts';
import { recordReversal, requestReversal } from './reversal.ts';
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
  | Command<'RecordTransfer', { bookingId: string; transferId: string; amount: number }>
  | Command<'RecordTransferFailure', { bookingId: string; reason: string }>
  | Command<'StartHold', { bookingId: string; t0: number }>
  | Command<'AuthorizeRelease', { bookingId: string; operationId: string }>
  | Command<'RecordHoldLifted', { bookingId: string; transferId: string; amount: number }>
  | Command<'RecordSettlement', { bookingId: string; settlementId: string }>
  | Command<'RequestReversal', { bookingId: string; operationId: string; amount: number; reason: string }>
  | Command<'RecordReversal', { bookingId: string; operationId: string; reversalId: string; amount: number }>
  | Command<'CancelPayout', { bookingId: string; reason: string }>;

export type PayoutCommandOf<Type extends PayoutCommand['type']> = Extract<PayoutCommand, { type: Type }>;
export type PayoutDecision = readonly PayoutEvent[] | Refusal;
export type ExistingPayout = Exclude<PayoutState, { kind: 'none' }>;

/** Rules PO1–PO18. */
export function decide(command: PayoutCommand, state: PayoutState): PayoutDecision {
  if (command.type === 'PlanPayout') return plan(command, state);
  if (state.kind === 'none') return refuse('payout-unknown', 'No payout was planned for this booking.');
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
    const again = state.providerPaymentId === providerPaymentId && state.gross === gross && state.share === share;
    return again ? [] : refuse('payout-exists', 'This booking has a payout already, with other figures.');
  }
  if (!isPaise(gross) || !Number.isInteger(commissionBps) || commissionBps < 0 || share <= 0)
    return refuse('amount-invalid', 'A payout needs an amount in whole paise that leaves the tutor a share.');
  if (!isInstant(holdMs)) return refuse('hold-invalid', 'A payout needs the length of its hold.');
  const terms = { bookingId, tutorId, accountId, providerPaymentId, gross, commission, share, holdMs };
  return [{ type: 'PayoutPlanned', data: terms }];
}

function startHold({ data }: PayoutCommandOf<'StartHold'>, state: ExistingPayout): PayoutDecision {
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

function cancel({ data }: PayoutCommandOf<'CancelPayout'>, state: ExistingPayout): PayoutDecision {
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

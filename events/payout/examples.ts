/** Commands and events of one payout for the tests of this folder: 80,000 paise, 72,000 of them the tutor's. */
import { HOUR, MINUTE, START } from '../shared/times.ts';
import type { PayoutCommand } from './decide.ts';
import type { PayoutEvent } from './events.ts';

export const bookingId = 'b1';
export const t0 = START + HOUR;
export const endsAt = t0 + 259_200_000;
export const opensAt = START + 15 * MINUTE;
const now = t0;

export const plan = (gross = 80_000, change: { holdMs?: number; commissionBps?: number } = {}): PayoutCommand => ({
  type: 'PlanPayout',
  data: {
    bookingId,
    tutorId: 't1',
    accountId: 'acc_1',
    providerPaymentId: 'pay_1',
    gross,
    commissionBps: 1_000,
    holdMs: 72 * HOUR,
    ...change,
  },
  now,
});
export const transfer = (operationId: string): PayoutCommand => ({
  type: 'RequestTransfer',
  data: { bookingId, operationId },
  now,
});
export const arrived = (transferId = 'trf_1', amount = 72_000): PayoutCommand => ({
  type: 'RecordTransfer',
  data: { bookingId, transferId, amount },
  now,
});
export const fail: PayoutCommand = {
  type: 'RecordTransferFailure',
  data: { bookingId, reason: 'account on hold' },
  now,
};
export const startHold = (at = t0): PayoutCommand => ({ type: 'StartHold', data: { bookingId, t0: at }, now });
export const release = (at: number, operationId = 'rel'): PayoutCommand => ({
  type: 'AuthorizeRelease',
  data: { bookingId, operationId },
  now: at,
});
export const lift = (amount = 72_000, transferId = 'trf_1'): PayoutCommand => ({
  type: 'RecordHoldLifted',
  data: { bookingId, transferId, amount },
  now: endsAt,
});
export const settle = (settlementId = 'setl_1'): PayoutCommand => ({
  type: 'RecordSettlement',
  data: { bookingId, settlementId },
  now: endsAt,
});
export const reverse = (operationId: string, amount: number, after?: number): PayoutCommand => ({
  type: 'RequestReversal',
  data: { bookingId, operationId, amount, reason: 'cancelled late', ...(after === undefined ? {} : { after }) },
  now,
});
export const reversed = (operationId: string, amount: number, reversalId = `rvrsl_${operationId}`): PayoutCommand => ({
  type: 'RecordReversal',
  data: { bookingId, operationId, reversalId, amount },
  now,
});
export const reversalFailed = (operationId: string): PayoutCommand => ({
  type: 'RecordReversalFailure',
  data: { bookingId, operationId, reason: 'insufficient balance' },
  now,
});
export const cancel: PayoutCommand = {
  type: 'CancelPayout',
  data: { bookingId, reason: 'booking cancelled' },
  now,
};
type Dispute = Extract<PayoutCommand, { type: 'DisputePayout' }>;
export const dispute = (at = t0 + HOUR, change: Partial<Dispute['data']> = {}): Dispute => ({
  type: 'DisputePayout',
  data: {
    bookingId,
    disputeId: 'd1',
    kind: 'in-app',
    openedBy: 's1',
    cause: 'cut-short',
    text: 'It ended early.',
    wants: null,
    opensAt,
    ...change,
  },
  now: at,
});
export const review = (at = t0): Dispute =>
  dispute(at, { disputeId: 'r1', kind: 'review', openedBy: 'policy', cause: 'unclear', text: '', opensAt: 0 });
type Close = Extract<PayoutCommand, { type: 'ClosePayoutDispute' }>;
export const close = (
  outcome: Close['data']['outcome'],
  refund: number,
  reversal: number,
  disputeId = 'd1',
): PayoutCommand => ({
  type: 'ClosePayoutDispute',
  data: { bookingId, disputeId, outcome, refund, reversal, operationId: 'd-rev' },
  now: t0 + 2 * HOUR,
});
export const pause = (until: number | null = null): PayoutCommand => ({
  type: 'PausePayout',
  data: { bookingId, reason: 'bank-changed', until },
  now,
});
export const resume: PayoutCommand = { type: 'ResumePayout', data: { bookingId, reason: 'bank-changed' }, now };
export const clawback = (amount = 72_000, chargebackId = 'disp_1'): PayoutCommand => ({
  type: 'RecordClawback',
  data: { bookingId, chargebackId, amount },
  now,
});

export const plannedTerms = {
  bookingId,
  tutorId: 't1',
  accountId: 'acc_1',
  providerPaymentId: 'pay_1',
  gross: 80_000,
  commission: 8_000,
  share: 72_000,
  holdMs: 72 * HOUR,
};
export const Planned: PayoutEvent = { type: 'PayoutPlanned', data: plannedTerms };
export const Requested = (operationId: string, attempt: number): PayoutEvent => ({
  type: 'TransferRequested',
  data: { bookingId, operationId, attempt },
});
export const Processed: PayoutEvent = {
  type: 'TransferProcessed',
  data: { bookingId, transferId: 'trf_1', amount: 72_000, fee: 0, tax: 0 },
};
export const Failed: PayoutEvent = { type: 'TransferFailed', data: { bookingId, reason: 'account on hold' } };
export const HoldStarted: PayoutEvent = { type: 'HoldStarted', data: { bookingId, t0, endsAt } };
export const AuthorizedAt = (at: number): PayoutEvent => ({
  type: 'ReleaseAuthorized',
  data: { bookingId, operationId: 'rel', at },
});
export const Authorized = AuthorizedAt(endsAt);
export const Lifted = (amount = 72_000): PayoutEvent => ({
  type: 'HoldLifted',
  data: { bookingId, transferId: 'trf_1', amount },
});
export const Settled: PayoutEvent = { type: 'TransferSettled', data: { bookingId, settlementId: 'setl_1' } };
export const ReversalRequested = (operationId: string, amount: number, reason = 'cancelled late'): PayoutEvent => ({
  type: 'ReversalRequested',
  data: { bookingId, operationId, amount, reason },
});
export const Reversed = (operationId: string, amount: number): PayoutEvent => ({
  type: 'TransferReversed',
  data: { bookingId, operationId, reversalId: `rvrsl_${operationId}`, amount },
});
export const ReversalFailed = (operationId: string): PayoutEvent => ({
  type: 'ReversalFailed',
  data: { bookingId, operationId, reason: 'insufficient balance' },
});
export const Cancelled: PayoutEvent = { type: 'PayoutCancelled', data: { bookingId, reason: 'booking cancelled' } };
export const Disputed = (at = t0 + HOUR): PayoutEvent => ({
  type: 'PayoutDisputed',
  data: {
    bookingId,
    disputeId: 'd1',
    kind: 'in-app',
    openedBy: 's1',
    cause: 'cut-short',
    text: 'It ended early.',
    wants: null,
    at,
  },
});
type Outcome = Close['data']['outcome'];
export const Closed = (outcome: Outcome, refund: number, reversal: number, disputeId = 'd1'): PayoutEvent => ({
  type: 'PayoutDisputeClosed',
  data: { bookingId, disputeId, outcome, refund, reversal, at: t0 + 2 * HOUR },
});
export const Paused = (until: number | null = null): PayoutEvent => ({
  type: 'PayoutPaused',
  data: { bookingId, reason: 'bank-changed', until, at: now },
});
export const Resumed: PayoutEvent = { type: 'PayoutResumed', data: { bookingId, reason: 'bank-changed', at: now } };
export const Clawback = (amount = 72_000): PayoutEvent => ({
  type: 'ClawbackRecorded',
  data: { bookingId, chargebackId: 'disp_1', amount, at: now },
});

export const pending = [Planned, Requested('op1', 1)];
export const failed = [...pending, Failed];
export const held = [...pending, Processed];
export const running = [...held, HoldStarted];
export const releasing = [...running, Authorized];
export const released = [...releasing, Lifted()];
export const settled = [...released, Settled];

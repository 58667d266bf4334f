/**
 * From the tutor's share on hold to its release, or back to the payer. Rules RP1–RP18 of SPEC.md.
 * One instance a booking. Money goes back in one order only: first out of the tutor's account, then to the payer.
 * What a dispute gives back is moved by resolve-dispute; here it only counts.
 */
import { idFrom } from '#events/shared/ids.ts';
import { never } from '#events/shared/never.ts';
import type { Fact } from '../fact.ts';
import {
  dueOf,
  evolve,
  initial,
  lostOf,
  pausedUntil,
  refundsDone,
  reversalAgainId,
  tutorPart,
  wholeBack,
  type PayoutCase,
  type Plan,
} from './payout-case.ts';
import { command, type Intent, type Process, type Reaction } from './process.ts';

export type ReleasePayout = PayoutCase;
type Reverse = Extract<Intent, { type: 'RequestReversal' }>;

const MINUTE = 60_000;
/** After this many failed transfers people take over (the payout is listed as stuck). */
export const MAX_TRANSFER_ATTEMPTS = 8;
/** The same for reversals. */
export const MAX_REVERSAL_ATTEMPTS = 8;

export const transferId = (bookingId: string, attempt: number): string => idFrom('transfer', bookingId, attempt);
export const releaseId = (bookingId: string): string => idFrom('release', bookingId);
export const reversalId = (bookingId: string): string => idFrom('reversal', bookingId);
export const cancelRefundId = (bookingId: string): string => idFrom('refund', bookingId, 'cancelled');
/** Armed once; after a dispute, a pause or a reversal it is armed anew under the id of that fact. */
export const releaseTimer = (bookingId: string, factId?: string): string =>
  factId === undefined ? `release:${bookingId}` : `release:${bookingId}:${factId}`;
export const transferTimer = (bookingId: string, attempt: number): string => `transfer:${bookingId}:${attempt}`;
export const reversalTimer = (operationId: string): string => `reversal:${operationId}`;

const forgetReversal = (failedId: string): Reaction => ({
  kind: 'forget',
  keys: [reversalTimer(reversalAgainId(failedId))],
});

const startHold = (plan: Plan, t0: number): Reaction =>
  command('start-hold', { type: 'StartHold', data: { bookingId: plan.bookingId, t0 } });

const cancelPayout = (plan: Plan, rule: string): Reaction =>
  command('cancel-payout', { type: 'CancelPayout', data: { bookingId: plan.bookingId, reason: rule } });

const requestTransfer = (plan: Plan, attempt: number): Reaction =>
  command('request-transfer', {
    type: 'RequestTransfer',
    data: { bookingId: plan.bookingId, operationId: transferId(plan.bookingId, attempt) },
  });

const authorizeRelease = (key: string, bookingId: string, dueAt: number): Reaction => ({
  kind: 'timer',
  key,
  dueAt,
  command: { type: 'AuthorizeRelease', data: { bookingId, operationId: releaseId(bookingId) } },
});

/** The release may have been due, and refused, while something stood in its way. */
function releaseAnew(state: PayoutCase, fact: Fact): readonly Reaction[] {
  const { stage, endsAt } = state;
  if (stage.at !== 'running') return [];
  const { bookingId } = stage.plan;
  const dueAt = Math.max(endsAt, pausedUntil(state), fact.meta.occurredAt);
  return [authorizeRelease(releaseTimer(bookingId, fact.id), bookingId, dueAt)];
}

/** What a cancellation owes the payer. Asked for twice it is one refund. */
function payBack(state: PayoutCase): readonly Reaction[] {
  const { stage, ending } = state;
  if (stage.at === 'nothing' || ending?.kind !== 'cancelled') return [];
  const { bookingId, providerPaymentId } = stage.plan;
  const amount = dueOf(state, stage.plan, ending);
  if (amount === 0) return [];
  const refundId = cancelRefundId(bookingId);
  const data = { bookingId, refundId, providerPaymentId, amount, reason: ending.rule };
  return [command('refund', { type: 'RequestRefund', data })];
}

/** The transfer stands, nothing is in its way, and the booking has ended: what now? */
function settle(state: PayoutCase): readonly Reaction[] {
  const { stage, ending, disputed, taking } = state;
  if (stage.at !== 'held' && stage.at !== 'running') return [];
  if (ending === null || taking) return [];
  const { plan } = stage;
  switch (ending.kind) {
    case 'completed':
      // The 72 hours count while people argue; only the release waits.
      return stage.at === 'held' ? [startHold(plan, ending.t0)] : [];
    case 'cancelled': {
      if (disputed) return [];
      const amount = tutorPart(plan, ending.refund) - stage.reversed;
      if (amount > 0)
        return [
          command('reverse', {
            type: 'RequestReversal',
            data: { bookingId: plan.bookingId, operationId: reversalId(plan.bookingId), amount, reason: ending.rule },
          }),
        ];
      return [...payBack(state), ...(stage.at === 'held' ? [startHold(plan, ending.cancelledAt)] : [])];
    }
    default:
      return never(ending, 'ending');
  }
}

/** A completed booking closes when its payout has come to an end and nothing is on its way to the payer. */
function close(state: PayoutCase): readonly Reaction[] {
  const { stage, ending, disputed } = state;
  if (stage.at !== 'done' || ending?.kind !== 'completed' || disputed || !refundsDone(state, stage.plan)) return [];
  // Money that neither the tutor nor the payer has is somebody's: the booking stays open until people have seen to it.
  if (stage.cancelled && state.disputeRefund + lostOf(state.lost, stage.plan) < stage.plan.gross) return [];
  return [command('close', { type: 'CloseBooking', data: { bookingId: stage.plan.bookingId } })];
}

function afterOutcome(state: PayoutCase): readonly Reaction[] {
  if (state.outcome === null) return [];
  const { bookingId, outcome, t0, lessonId } = state.outcome;
  switch (outcome) {
    case 'held':
    case 'student-no-show':
      // Without a start for the 72 hours there is nothing to count from; it stays on hold and shows as stuck.
      if (t0 === null) return [];
      return [command('complete', { type: 'CompleteBooking', data: { bookingId, outcome, t0, lessonId } })];
    case 'tutor-no-show':
    case 'nobody':
      return [command('untaught', { type: 'CancelUntaughtBooking', data: { bookingId, outcome, lessonId } })];
    case 'unclear':
    case 'failed-technically':
      return [command('review', { type: 'ReviewBooking', data: { bookingId, outcome, lessonId } })];
    case 'cancelled-late':
      return [];
    default:
      return never(outcome, 'outcome');
  }
}

/** A transfer that failed is tried again as a new operation: the provider has answered the old one with no. */
function transferAgain({ stage, ending, disputed }: PayoutCase, at: number): readonly Reaction[] {
  if (stage.at !== 'failed') return [];
  const { plan, attempt } = stage;
  if (wholeBack(plan, ending) && !disputed) return [cancelPayout(plan, ending.rule)];
  if (attempt >= MAX_TRANSFER_ATTEMPTS) return [];
  const { bookingId } = plan;
  return [
    {
      kind: 'timer',
      key: transferTimer(bookingId, attempt + 1),
      dueAt: at + 10 * MINUTE * attempt,
      command: { type: 'RequestTransfer', data: { bookingId, operationId: transferId(bookingId, attempt + 1) } },
    },
  ];
}

/** The same for a reversal, whoever asked for it; until it is through, nothing is released (PO31). */
function owedBack({ stage, failed, owed, reversalFailures }: PayoutCase): Reverse | null {
  if (stage.at !== 'held' && stage.at !== 'running') return null;
  if (failed === null || owed === 0 || reversalFailures >= MAX_REVERSAL_ATTEMPTS) return null;
  const operationId = reversalAgainId(failed.operationId);
  const data = { bookingId: stage.plan.bookingId, operationId, amount: owed, reason: failed.reason };
  return { type: 'RequestReversal', data };
}

function reverseLater(state: PayoutCase, at: number): readonly Reaction[] {
  const again = owedBack(state);
  if (!again) return [];
  const key = reversalTimer(again.data.operationId);
  return [{ kind: 'timer', key, dueAt: at + 10 * MINUTE * state.reversalFailures, command: again }];
}

/** What stood in the way of the next try, a dispute or another reversal, is over. */
function reverseNow(state: PayoutCase): readonly Reaction[] {
  const again = owedBack(state);
  return again ? [command('reverse-again', again)] : [];
}

/** Over before its money was transferred: then it need not be. */
function unneeded({ stage, ending, disputed }: PayoutCase): readonly Reaction[] {
  if ((stage.at !== 'planned' && stage.at !== 'failed') || disputed || !wholeBack(stage.plan, ending)) return [];
  // Refused when the transfer is already asked for; then TransferProcessed brings us back.
  const cancelled = cancelPayout(stage.plan, ending.rule);
  if (stage.at === 'planned') return [cancelled];
  return [cancelled, { kind: 'forget', keys: [transferTimer(stage.plan.bookingId, stage.attempt + 1)] }];
}

export const releasePayout: Process<ReleasePayout> = {
  name: 'release-payout',
  initial,

  keyOf(fact) {
    switch (fact.type) {
      case 'PayoutPlanned':
      case 'TransferRequested':
      case 'TransferProcessed':
      case 'TransferFailed':
      case 'HoldStarted':
      case 'ReleaseAuthorized':
      case 'HoldLifted':
      case 'ReversalRequested':
      case 'TransferReversed':
      case 'ReversalFailed':
      case 'PayoutCancelled':
      case 'PayoutDisputed':
      case 'PayoutDisputeClosed':
      case 'PayoutPaused':
      case 'PayoutResumed':
      case 'OutcomeDecided':
      case 'RescheduleDeclined':
      case 'BookingUnderReview':
      case 'BookingCompleted':
      case 'BookingCancelled':
      case 'RefundRequested':
      case 'RefundProcessed':
      case 'RefundFailed':
      case 'RefundsUnfrozen':
        return fact.data.bookingId;
      default:
        return null;
    }
  },

  evolve,

  react(fact, state) {
    // Refused while the calendar has not answered about a move; when that comes to nothing, the outcome stands.
    if (fact.type === 'OutcomeDecided' || fact.type === 'RescheduleDeclined') return afterOutcome(state);
    const { stage, ending } = state;
    if (stage.at === 'nothing') return [];
    const { plan } = stage;
    const { bookingId } = plan;
    switch (fact.type) {
      case 'PayoutPlanned':
        return [wholeBack(plan, ending) ? cancelPayout(plan, ending.rule) : requestTransfer(plan, 1)];
      case 'TransferRequested':
        return [
          {
            kind: 'call',
            operationId: fact.data.operationId,
            bookingId,
            call: {
              kind: 'create-transfer',
              bookingId,
              paymentId: plan.providerPaymentId,
              accountId: plan.accountId,
              amount: plan.share,
            },
          },
        ];
      case 'TransferProcessed':
        return settle(state);
      case 'TransferFailed':
        return transferAgain(state, fact.meta.occurredAt);
      case 'BookingCompleted':
      case 'BookingCancelled':
        return [...(stage.at === 'done' ? payBack(state) : settle(state)), ...unneeded(state), ...close(state)];
      case 'HoldStarted':
        return [authorizeRelease(releaseTimer(bookingId), bookingId, Math.max(fact.data.endsAt, pausedUntil(state)))];
      case 'ReleaseAuthorized':
        if (stage.at !== 'held' && stage.at !== 'running') return [];
        return [
          {
            kind: 'call',
            operationId: fact.data.operationId,
            bookingId,
            call: { kind: 'lift-hold', bookingId, transferId: stage.transferId, amount: plan.share - stage.reversed },
          },
        ];
      case 'ReversalRequested':
        if (stage.at !== 'held' && stage.at !== 'running') return [];
        return [
          // It may cover what failed before; what it does not cover is asked for after it.
          ...(state.failed ? [forgetReversal(state.failed.operationId)] : []),
          {
            kind: 'call',
            operationId: fact.data.operationId,
            bookingId,
            call: { kind: 'reverse-transfer', bookingId, transferId: stage.transferId, amount: fact.data.amount },
          },
        ];
      case 'ReversalFailed':
        return reverseLater(state, fact.meta.occurredAt);
      case 'TransferReversed': {
        const rest = stage.at === 'done' ? payBack(state) : settle(state);
        return [...reverseNow(state), ...rest, ...releaseAnew(state, fact), ...close(state)];
      }
      case 'PayoutCancelled':
        return [...payBack(state), ...close(state)];
      case 'PayoutDisputeClosed':
        if (state.taking) return fact.data.reversal > 0 ? [] : reverseNow(state);
        return [...settle(state), ...unneeded(state), ...releaseAnew(state, fact)];
      case 'PayoutPaused':
        return fact.data.until === null ? [] : releaseAnew(state, fact);
      case 'PayoutResumed':
        return releaseAnew(state, fact);
      case 'RefundsUnfrozen':
        return [...(stage.at === 'done' ? payBack(state) : settle(state)), ...close(state)];
      case 'HoldLifted':
      case 'RefundProcessed':
      case 'RefundFailed':
        return close(state);
      default:
        return [];
    }
  },
};

/**
 * From the tutor's share on hold to its release, or back to the payer. Rules RP1–RP12 of SPEC.md.
 * One instance a booking. Money goes back in one order only: first out of the tutor's account, then to the payer.
 */
import { idFrom } from '#events/shared/ids.ts';
import { tutorPartOfRefund } from '#events/shared/money.ts';
import { never } from '#events/shared/never.ts';
import type { Fact } from '../fact.ts';
import { command, type Process, type Reaction } from './process.ts';

interface Plan {
  readonly bookingId: string;
  readonly providerPaymentId: string;
  readonly accountId: string;
  readonly gross: number;
  readonly share: number;
}

/** What the booking came to, as far as its money is concerned. */
type Ending =
  | { readonly kind: 'completed'; readonly t0: number }
  | { readonly kind: 'cancelled'; readonly refund: number; readonly cancelledAt: number; readonly rule: string };

type Stage =
  | { readonly at: 'nothing' }
  | { readonly at: 'planned'; readonly plan: Plan }
  | { readonly at: 'pending'; readonly plan: Plan; readonly attempt: number }
  | { readonly at: 'failed'; readonly plan: Plan; readonly attempt: number }
  | { readonly at: 'held'; readonly plan: Plan; readonly transferId: string; readonly reversed: number }
  | { readonly at: 'running'; readonly plan: Plan; readonly transferId: string; readonly reversed: number }
  | { readonly at: 'done'; readonly plan: Plan };

export interface ReleasePayout {
  readonly stage: Stage;
  readonly ending: Ending | null;
}

const MINUTE = 60_000;
/** After this many failed transfers people take over (the payout is listed as stuck). */
export const MAX_TRANSFER_ATTEMPTS = 8;

export const transferId = (bookingId: string, attempt: number): string => idFrom('transfer', bookingId, attempt);
export const releaseId = (bookingId: string): string => idFrom('release', bookingId);
export const reversalId = (bookingId: string): string => idFrom('reversal', bookingId);
export const cancelRefundId = (bookingId: string): string => idFrom('refund', bookingId, 'cancelled');
export const releaseTimer = (bookingId: string): string => `release:${bookingId}`;
export const transferTimer = (bookingId: string, attempt: number): string => `transfer:${bookingId}:${attempt}`;

function evolveStage(stage: Stage, fact: Fact): Stage {
  if (fact.type === 'PayoutPlanned') return stage.at === 'nothing' ? { at: 'planned', plan: fact.data } : stage;
  if (stage.at === 'nothing') return stage;
  const { plan } = stage;
  switch (fact.type) {
    case 'TransferRequested':
      return { at: 'pending', plan, attempt: fact.data.attempt };
    case 'TransferFailed':
      return { at: 'failed', plan, attempt: stage.at === 'pending' ? stage.attempt : 1 };
    case 'TransferProcessed':
      return { at: 'held', plan, transferId: fact.data.transferId, reversed: 0 };
    case 'HoldStarted':
      return stage.at === 'held' ? { ...stage, at: 'running' } : stage;
    case 'TransferReversed': {
      if (stage.at !== 'held' && stage.at !== 'running') return stage;
      const reversed = stage.reversed + fact.data.amount;
      return reversed >= plan.share ? { at: 'done', plan } : { ...stage, reversed };
    }
    case 'HoldLifted':
    case 'PayoutCancelled':
      return { at: 'done', plan };
    default:
      return stage;
  }
}

function endingOf(ending: Ending | null, fact: Fact): Ending | null {
  switch (fact.type) {
    case 'BookingCompleted':
      return ending ?? { kind: 'completed', t0: fact.data.t0 };
    case 'BookingCancelled': {
      const { refund, cancelledAt, rule } = fact.data;
      return ending ?? { kind: 'cancelled', refund, cancelledAt, rule };
    }
    default:
      return ending;
  }
}

const startHold = (plan: Plan, t0: number): Reaction =>
  command('start-hold', { type: 'StartHold', data: { bookingId: plan.bookingId, t0 } });

const cancelPayout = (plan: Plan, rule: string): Reaction =>
  command('cancel-payout', { type: 'CancelPayout', data: { bookingId: plan.bookingId, reason: rule } });

const requestTransfer = (plan: Plan, attempt: number): Reaction =>
  command('request-transfer', {
    type: 'RequestTransfer',
    data: { bookingId: plan.bookingId, operationId: transferId(plan.bookingId, attempt) },
  });

const refund = (plan: Plan, amount: number, rule: string): Reaction =>
  command('refund', {
    type: 'RequestRefund',
    data: {
      bookingId: plan.bookingId,
      refundId: cancelRefundId(plan.bookingId),
      providerPaymentId: plan.providerPaymentId,
      amount,
      reason: rule,
    },
  });

const wholeBack = (plan: Plan, ending: Ending | null): ending is Extract<Ending, { kind: 'cancelled' }> =>
  ending?.kind === 'cancelled' && ending.refund >= plan.gross;

/** The tutor's part of what goes back to the payer, paise. */
function tutorPart(plan: Plan, amount: number): number {
  return amount >= plan.gross ? plan.share : tutorPartOfRefund(amount, plan.share, plan.gross);
}

/** The transfer stands on hold and the booking has ended: what now? */
function settle(stage: Extract<Stage, { at: 'held' }>, ending: Ending | null): readonly Reaction[] {
  if (ending === null) return [];
  const { plan } = stage;
  switch (ending.kind) {
    case 'completed':
      return [startHold(plan, ending.t0)];
    case 'cancelled': {
      const amount = tutorPart(plan, ending.refund);
      if (amount > 0)
        return [
          command('reverse', {
            type: 'RequestReversal',
            data: { bookingId: plan.bookingId, operationId: reversalId(plan.bookingId), amount, reason: ending.rule },
          }),
        ];
      const back = ending.refund > 0 ? [refund(plan, ending.refund, ending.rule)] : [];
      return [...back, startHold(plan, ending.cancelledAt)];
    }
    default:
      return never(ending, 'ending');
  }
}

function afterOutcome(data: Extract<Fact, { type: 'OutcomeDecided' }>['data']): readonly Reaction[] {
  const { bookingId, outcome, t0 } = data;
  switch (outcome) {
    case 'held':
    case 'student-no-show':
      // Without a start for the 72 hours there is nothing to count from; it stays on hold and shows as stuck.
      if (t0 === null) return [];
      return [command('complete', { type: 'CompleteBooking', data: { bookingId, outcome, t0 } })];
    case 'tutor-no-show':
    case 'nobody':
      return [command('untaught', { type: 'CancelUntaughtBooking', data: { bookingId, outcome } })];
    case 'unclear':
    case 'failed-technically':
      return [command('review', { type: 'ReviewBooking', data: { bookingId, outcome } })];
    case 'cancelled-late':
      return [];
    default:
      return never(outcome, 'outcome');
  }
}

export const releasePayout: Process<ReleasePayout> = {
  name: 'release-payout',
  initial: { stage: { at: 'nothing' }, ending: null },

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
      case 'PayoutCancelled':
      case 'OutcomeDecided':
      case 'BookingCompleted':
      case 'BookingCancelled':
        return fact.data.bookingId;
      default:
        return null;
    }
  },

  evolve: (state, fact) => ({ stage: evolveStage(state.stage, fact), ending: endingOf(state.ending, fact) }),

  react(fact, { stage, ending }) {
    if (fact.type === 'OutcomeDecided') return afterOutcome(fact.data);
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
        return stage.at === 'held' ? settle(stage, ending) : [];
      case 'TransferFailed': {
        if (stage.at !== 'failed') return [];
        if (wholeBack(plan, ending)) return [cancelPayout(plan, ending.rule)];
        if (stage.attempt >= MAX_TRANSFER_ATTEMPTS) return [];
        const attempt = stage.attempt + 1;
        return [
          {
            kind: 'timer',
            key: transferTimer(bookingId, attempt),
            dueAt: fact.meta.occurredAt + 10 * MINUTE * stage.attempt,
            // A new operation: the provider has answered the old one with no.
            command: {
              type: 'RequestTransfer',
              data: { bookingId, operationId: transferId(bookingId, attempt) },
            },
          },
        ];
      }
      case 'BookingCompleted':
      case 'BookingCancelled':
        switch (stage.at) {
          case 'held':
            return settle(stage, ending);
          case 'planned':
            // Refused when the transfer is already asked for; then TransferProcessed brings us back here.
            return wholeBack(plan, ending) ? [cancelPayout(plan, ending.rule)] : [];
          case 'failed':
            if (!wholeBack(plan, ending)) return [];
            return [
              cancelPayout(plan, ending.rule),
              { kind: 'forget', keys: [transferTimer(bookingId, stage.attempt + 1)] },
            ];
          case 'pending':
          case 'running':
          case 'done':
            return [];
          default:
            return never(stage, 'payout stage');
        }
      case 'HoldStarted':
        return [
          {
            kind: 'timer',
            key: releaseTimer(bookingId),
            dueAt: fact.data.endsAt,
            command: { type: 'AuthorizeRelease', data: { bookingId, operationId: releaseId(bookingId) } },
          },
        ];
      case 'ReleaseAuthorized':
        if (stage.at !== 'held' && stage.at !== 'running') return [];
        return [
          {
            kind: 'call',
            operationId: fact.data.operationId,
            bookingId,
            call: {
              kind: 'lift-hold',
              bookingId,
              transferId: stage.transferId,
              amount: plan.share - stage.reversed,
            },
          },
        ];
      case 'HoldLifted':
        return ending?.kind === 'completed' ? [command('close', { type: 'CloseBooking', data: { bookingId } })] : [];
      case 'ReversalRequested':
        if (stage.at !== 'held' && stage.at !== 'running') return [];
        return [
          {
            kind: 'call',
            operationId: fact.data.operationId,
            bookingId,
            call: {
              kind: 'reverse-transfer',
              bookingId,
              transferId: stage.transferId,
              amount: fact.data.amount,
            },
          },
        ];
      case 'TransferReversed': {
        if (ending?.kind !== 'cancelled') return [];
        const back = [refund(plan, ending.refund, ending.rule)];
        return stage.at === 'held' ? [...back, startHold(plan, ending.cancelledAt)] : back;
      }
      case 'PayoutCancelled':
        return ending?.kind === 'cancelled' ? [refund(plan, ending.refund, ending.rule)] : [];
      default:
        return [];
    }
  },
};

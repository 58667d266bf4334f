/**
 * From a complaint, or a lesson that nobody can judge by its facts, to its decision and the money that follows from it.
 * Rules RD1–RD12 of SPEC.md. One instance a booking. The payout's stream says whether there is a dispute, the dispute's
 * stream what is decided, the payout's stream again that it is closed; only then does money go back, the tutor's part first.
 */
import { reviewIdOf, type Resolution } from '#events/dispute/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import type { Fact } from '../fact.ts';
import { lostOf, tutorPart, withLost, type Lost } from './payout-case.ts';
import { command, type Process, type Reaction } from './process.ts';

interface Plan {
  readonly bookingId: string;
  readonly tutorId: string;
  readonly providerPaymentId: string;
  readonly gross: number;
  readonly share: number;
}

interface Terms {
  readonly studentId: string;
  readonly bookedBy: string;
  readonly answerWithinMs: number;
  readonly decideWithinMs: number;
}

interface Decision {
  readonly disputeId: string;
  readonly outcome: 'student' | 'tutor' | 'split' | 'withdrawn';
  readonly refund: number;
  readonly reason: string;
}

export interface ResolveDispute {
  readonly terms: Terms | null;
  readonly plan: Plan | null;
  /** The booking waits for a decision, because of this outcome of its lesson. */
  readonly review: 'unclear' | 'failed-technically' | null;
  /** The dispute that keeps the payout. */
  readonly open: Extract<Fact, { type: 'PayoutDisputed' }>['data'] | null;
  readonly decision: Decision | null;
  readonly closed: { readonly refund: number; readonly reversal: number } | null;
  /** A cancellation that settles whatever is open. */
  readonly cancelled: { readonly refund: number; readonly rule: string } | null;
  readonly reversed: number;
  /** Nothing of the payout is left: it was cancelled, or came back whole. */
  readonly over: boolean;
  readonly lost: Lost;
}

const initial: ResolveDispute = {
  terms: null,
  plan: null,
  review: null,
  open: null,
  decision: null,
  closed: null,
  cancelled: null,
  reversed: 0,
  over: false,
  lost: {},
};

export const disputeRefundId = (bookingId: string): string => idFrom('refund', bookingId, 'dispute');
export const disputeReversalId = (disputeId: string): string => idFrom('reversal', disputeId);
export const answerTimer = (bookingId: string): string => `dispute-answer:${bookingId}`;

function evolve(stored: ResolveDispute, fact: Fact): ResolveDispute {
  // A state kept by an earlier version of this process knows less.
  const state = { ...initial, ...stored };
  switch (fact.type) {
    case 'BookingRequested': {
      const { studentId, bookedBy, policy } = fact.data;
      const { disputeAnswerMs: answerWithinMs, disputeDecideMs: decideWithinMs } = policy;
      return { ...state, terms: { studentId, bookedBy, answerWithinMs, decideWithinMs } };
    }
    case 'PayoutPlanned': {
      const { bookingId, tutorId, providerPaymentId, gross, share } = fact.data;
      return { ...state, plan: { bookingId, tutorId, providerPaymentId, gross, share } };
    }
    case 'BookingUnderReview':
      return { ...state, review: fact.data.outcome };
    case 'BookingCompleted':
      return { ...state, review: null };
    case 'BookingCancelled': {
      const { by, rule, refund } = fact.data;
      // What a student's own cancellation gives back says nothing about a complaint.
      const settles = by !== 'student' && rule !== 'review';
      return { ...state, review: null, cancelled: settles ? { refund, rule } : null };
    }
    case 'PayoutDisputed':
      return { ...state, open: fact.data };
    case 'DisputeResolved': {
      const { disputeId, outcome, refund, reason } = fact.data;
      return { ...state, decision: { disputeId, outcome, refund, reason } };
    }
    case 'DisputeWithdrawn': {
      const { disputeId } = fact.data;
      return { ...state, decision: { disputeId, outcome: 'withdrawn', refund: 0, reason: '' } };
    }
    case 'PayoutDisputeClosed': {
      const { outcome, refund, reversal } = fact.data;
      if (outcome === 'withdrawn') return { ...state, open: null, decision: null };
      return { ...state, open: null, closed: { refund, reversal } };
    }
    case 'TransferReversed': {
      const reversed = state.reversed + fact.data.amount;
      return { ...state, reversed, over: state.plan !== null && reversed >= state.plan.share };
    }
    case 'PayoutCancelled':
      return { ...state, over: true };
    case 'RefundsUnfrozen':
      return { ...state, lost: withLost(state.lost, fact.data) };
    default:
      return state;
  }
}

function openDispute({ plan, terms, open }: ResolveDispute): readonly Reaction[] {
  if (plan === null || terms === null || open === null) return [];
  const { at: openedAt, ...said } = open;
  const { tutorId, gross, share } = plan;
  return [command('open', { type: 'OpenDispute', data: { ...said, tutorId, gross, share, openedAt, ...terms } })];
}

/**
 * Nobody can judge by the facts: people decide, and until then the payout waits. Refused while a complaint is open or money
 * is on its way back; the end of that brings us back here.
 */
function askReview({ plan, review, open, decision, over }: ResolveDispute): readonly Reaction[] {
  if (plan === null || review === null || open !== null || decision !== null) return [];
  const { bookingId, gross } = plan;
  // The payer's bank took all of it: there is nothing left to decide about.
  if (over) {
    const data = { bookingId, refund: gross, reason: 'The money of this lesson has gone back already.' };
    return [command('decide', { type: 'DecideReviewedBooking', data })];
  }
  const asked = { disputeId: reviewIdOf(bookingId), kind: 'review', openedBy: 'policy', cause: review } as const;
  return [
    command('ask-review', { type: 'DisputePayout', data: { bookingId, ...asked, text: '', wants: null, opensAt: 0 } }),
  ];
}

/** Lets the payout go on, and takes the tutor's part back in the same breath. Asked again while the transfer is on its way. */
function closePayout({ plan, open, decision, reversed }: ResolveDispute): readonly Reaction[] {
  if (plan === null || decision === null || open?.disputeId !== decision.disputeId) return [];
  const { bookingId } = plan;
  const { disputeId, outcome, refund } = decision;
  const reversal = Math.max(0, tutorPart(plan, refund) - reversed);
  const operationId = disputeReversalId(disputeId);
  const data = { bookingId, disputeId, outcome, refund, reversal, operationId };
  return [command('close', { type: 'ClosePayoutDispute', data })];
}

/** A booking under review gets the decision as its outcome. */
function decideBooking({ plan, review, decision }: ResolveDispute): readonly Reaction[] {
  if (plan === null || review === null || decision === null || decision.outcome === 'withdrawn') return [];
  const { refund, reason } = decision;
  return [command('decide', { type: 'DecideReviewedBooking', data: { bookingId: plan.bookingId, refund, reason } })];
}

/** To the payer, once the tutor's part is back. Asked for twice it is one refund. */
function payBack({ plan, closed, reversed, lost }: ResolveDispute): readonly Reaction[] {
  if (plan === null || closed === null) return [];
  if (closed.reversal > 0 && reversed < tutorPart(plan, closed.refund)) return [];
  const { bookingId, providerPaymentId } = plan;
  const amount = Math.max(0, closed.refund - lostOf(lost, plan));
  if (amount === 0) return [];
  const refundId = disputeRefundId(bookingId);
  return [
    command('refund', {
      type: 'RequestRefund',
      data: { bookingId, refundId, providerPaymentId, amount, reason: 'dispute' },
    }),
  ];
}

const ruleOf = (rule: string): Exclude<Resolution['rule'], 'ops'> =>
  rule === 'tutor-no-show' || rule === 'nobody' ? rule : 'cancelled';

/** The outcome of the lesson, or a cancellation, leaves nothing to decide. */
function settleByOutcome({ plan, open, cancelled }: ResolveDispute): readonly Reaction[] {
  if (plan === null || open === null || cancelled === null) return [];
  const { refund, rule } = cancelled;
  const data = { bookingId: plan.bookingId, refund, rule: ruleOf(rule) };
  return [command('settle', { type: 'SettleByOutcome', data })];
}

export const resolveDispute: Process<ResolveDispute> = {
  name: 'resolve-dispute',
  initial,

  keyOf(fact) {
    switch (fact.type) {
      case 'BookingRequested':
      case 'BookingUnderReview':
      case 'BookingCompleted':
      case 'BookingCancelled':
      case 'PayoutPlanned':
      case 'TransferProcessed':
      case 'TransferFailed':
      case 'TransferReversed':
      case 'ReversalFailed':
      case 'PayoutCancelled':
      case 'PayoutDisputed':
      case 'PayoutDisputeClosed':
      case 'DisputeOpened':
      case 'DisputeUnderReview':
      case 'DisputeResolved':
      case 'DisputeWithdrawn':
      case 'RefundsUnfrozen':
        return fact.data.bookingId;
      default:
        return null;
    }
  },

  evolve,

  react(fact, state) {
    switch (fact.type) {
      case 'BookingUnderReview':
        return state.decision === null ? askReview(state) : decideBooking(state);
      case 'PayoutPlanned':
        return askReview(state);
      case 'PayoutDisputed':
        return openDispute(state);
      case 'DisputeOpened': {
        const { bookingId, kind, answerBy } = fact.data;
        const escalate: Reaction = {
          kind: 'timer',
          key: answerTimer(bookingId),
          dueAt: answerBy,
          command: { type: 'EscalateDispute', data: { bookingId } },
        };
        return [...(kind === 'in-app' ? [escalate] : []), ...settleByOutcome(state)];
      }
      case 'DisputeUnderReview':
        return [{ kind: 'forget', keys: [answerTimer(fact.data.bookingId)] }];
      case 'DisputeResolved':
      case 'DisputeWithdrawn':
        return [
          { kind: 'forget', keys: [answerTimer(fact.data.bookingId)] },
          ...closePayout(state),
          ...decideBooking(state),
        ];
      case 'TransferProcessed':
      case 'TransferFailed':
        return closePayout(state);
      case 'BookingCancelled':
        return settleByOutcome(state);
      case 'PayoutDisputeClosed':
        return [...payBack(state), ...(state.closed === null ? askReview(state) : [])];
      case 'TransferReversed':
        return [...payBack(state), ...askReview(state)];
      case 'ReversalFailed':
      case 'PayoutCancelled':
        return askReview(state);
      case 'RefundsUnfrozen':
        return payBack(state);
      default:
        return [];
    }
  },
};

/** What release-payout knows of one booking's money: a fold over the facts. Amounts in paise. */
import { idFrom } from '#events/shared/ids.ts';
import { tutorPartOfRefund } from '#events/shared/money.ts';
import type { Fact } from '../fact.ts';

export interface Plan {
  readonly bookingId: string;
  readonly providerPaymentId: string;
  readonly accountId: string;
  readonly gross: number;
  readonly share: number;
}

/** What the booking came to, as far as its money is concerned. */
export type Ending =
  | { readonly kind: 'completed'; readonly t0: number }
  | { readonly kind: 'cancelled'; readonly refund: number; readonly cancelledAt: number; readonly rule: string };

export type Stage =
  | { readonly at: 'nothing' }
  | { readonly at: 'planned'; readonly plan: Plan }
  | { readonly at: 'pending'; readonly plan: Plan; readonly attempt: number }
  | { readonly at: 'failed'; readonly plan: Plan; readonly attempt: number }
  | { readonly at: 'held'; readonly plan: Plan; readonly transferId: string; readonly reversed: number }
  | { readonly at: 'running'; readonly plan: Plan; readonly transferId: string; readonly reversed: number }
  /** `cancelled`: nothing was paid out. */
  | { readonly at: 'done'; readonly plan: Plan; readonly cancelled?: true };

interface Asked {
  readonly operationId: string;
  readonly amount: number;
  readonly reason: string;
}

type Outcome = Extract<Fact, { type: 'OutcomeDecided' }>['data'];

export interface PayoutCase {
  readonly stage: Stage;
  /** What came of the lesson, while the booking has not heard of it. */
  readonly outcome: Pick<Outcome, 'bookingId' | 'lessonId' | 'outcome' | 't0'> | null;
  readonly ending: Ending | null;
  /** A dispute keeps everything where it is. */
  readonly disputed: boolean;
  /** What the dispute gave back to the payer; its own process moves that. */
  readonly disputeRefund: number;
  /** A reversal is due and not through, whoever asked for it. */
  readonly taking: boolean;
  /** The last reversal that was asked for. */
  readonly asked: Asked | null;
  /** The last one that failed, while some of what failed is not asked for again. */
  readonly failed: Asked | null;
  /** Paise that were to come back and failed to; whatever is asked for since counts towards it, as in the payout itself. */
  readonly owed: number;
  readonly reversalFailures: number;
  /** The end of the hold, once it has started (business ms). */
  readonly endsAt: number;
  /** The ends of the pauses that stand, by reason (business ms); 0: open. */
  readonly pauses: Readonly<Record<string, number>>;
  /** Refunds of the booking's payment on their way. */
  readonly refunds: readonly string[];
  /** What of that payment went back to the payer. */
  readonly refunded: number;
  readonly lost: Lost;
}

/** What payers' banks took back, by chargeback; it may be known before the payout is planned. */
export type Lost = Readonly<Record<string, { readonly providerPaymentId: string; readonly amount: number }>>;

export const initial: PayoutCase = {
  stage: { at: 'nothing' },
  outcome: null,
  ending: null,
  disputed: false,
  disputeRefund: 0,
  taking: false,
  asked: null,
  failed: null,
  owed: 0,
  reversalFailures: 0,
  endsAt: 0,
  pauses: {},
  refunds: [],
  refunded: 0,
  lost: {},
};

/** The next try of a refund, and of a reversal: what failed under one id is remembered by the provider under that id. */
export const refundAgainId = (refundId: string): string => idFrom('refund-again', refundId);
export const reversalAgainId = (operationId: string): string => idFrom('reversal-again', operationId);

export function evolve(stored: PayoutCase, fact: Fact): PayoutCase {
  // A state kept by an earlier version of this process knows less.
  const before = { ...initial, ...stored };
  const state = { ...before, stage: evolveStage(before.stage, fact), ending: endingOf(before.ending, fact) };
  switch (fact.type) {
    case 'OutcomeDecided': {
      const { bookingId, lessonId, outcome, t0 } = fact.data;
      return { ...state, outcome: { bookingId, lessonId, outcome, t0 } };
    }
    case 'BookingCompleted':
    case 'BookingCancelled':
    case 'BookingUnderReview':
      return { ...state, outcome: null };
    case 'PayoutDisputed':
      return { ...state, disputed: true };
    case 'PayoutDisputeClosed': {
      const { refund, reversal } = fact.data;
      const disputeRefund = state.disputeRefund + refund;
      return { ...state, disputed: false, disputeRefund, taking: state.taking || reversal > 0 };
    }
    case 'ReversalRequested': {
      const { operationId, amount, reason } = fact.data;
      const owed = Math.max(0, state.owed - amount);
      return { ...state, taking: true, asked: { operationId, amount, reason }, owed };
    }
    case 'ReversalFailed': {
      const { asked } = state;
      const owed = state.owed + (asked?.amount ?? 0);
      return { ...state, failed: asked, owed, reversalFailures: state.reversalFailures + 1 };
    }
    case 'TransferReversed':
      return { ...state, taking: state.owed > 0 };
    case 'HoldStarted':
      return { ...state, endsAt: fact.data.endsAt };
    case 'PayoutPaused':
      return { ...state, pauses: { ...state.pauses, [fact.data.reason]: fact.data.until ?? 0 } };
    case 'PayoutResumed': {
      const { [fact.data.reason]: _, ...pauses } = state.pauses;
      return { ...state, pauses };
    }
    case 'RefundRequested': {
      const { refundId, providerPaymentId } = fact.data;
      if (!isOurs(state, providerPaymentId)) return state;
      const others = state.refunds.filter((id) => id !== refundId && refundAgainId(id) !== refundId);
      return { ...state, refunds: [...others, refundId] };
    }
    case 'RefundFailed':
      // Whether it is still owed is told by the amounts: what the payer's bank took meanwhile is never asked for again.
      return { ...state, refunds: state.refunds.filter((id) => id !== fact.data.refundId) };
    case 'RefundProcessed': {
      const { refundId, amount } = fact.data;
      if (!state.refunds.includes(refundId)) return state;
      const refunds = state.refunds.filter((id) => id !== refundId);
      return { ...state, refunds, refunded: state.refunded + amount };
    }
    case 'RefundsUnfrozen': {
      return { ...state, lost: withLost(state.lost, fact.data) };
    }
    default:
      return state;
  }
}

/** A surplus payment has its own way back. */
const isOurs = ({ stage }: PayoutCase, providerPaymentId: string): boolean =>
  stage.at !== 'nothing' && stage.plan.providerPaymentId === providerPaymentId;

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
      return { at: 'done', plan };
    case 'PayoutCancelled':
      return { at: 'done', plan, cancelled: true };
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

/** The tutor's part of what goes back to the payer, paise. */
export const tutorPart = ({ gross, share }: { gross: number; share: number }, refund: number): number =>
  refund >= gross ? share : tutorPartOfRefund(refund, share, gross);

export const withLost = (lost: Lost, data: Extract<Fact, { type: 'RefundsUnfrozen' }>['data']): Lost => ({
  ...lost,
  [data.chargebackId]: { providerPaymentId: data.providerPaymentId, amount: data.lost },
});

/** Paise that the bank took of this payment. */
export const lostOf = (lost: Lost, { providerPaymentId }: { readonly providerPaymentId: string }): number =>
  Object.values(lost).reduce((sum, one) => (one.providerPaymentId === providerPaymentId ? sum + one.amount : sum), 0);

export const wholeBack = (plan: Plan, ending: Ending | null): ending is Extract<Ending, { kind: 'cancelled' }> =>
  ending?.kind === 'cancelled' && ending.refund >= plan.gross;

/** What a cancellation still owes the payer, beside what a dispute and the payer's bank gave back. */
export const dueOf = (state: PayoutCase, plan: Plan, ending: Extract<Ending, { kind: 'cancelled' }>): number =>
  Math.max(0, ending.refund - state.disputeRefund - lostOf(state.lost, plan));

/** When the last of the pauses that have an end is over; 0 without any. */
export const pausedUntil = ({ pauses }: PayoutCase): number => Math.max(0, ...Object.values(pauses));

/** Nothing is on its way any more: what a dispute gave back has arrived too. */
export const refundsDone = (state: PayoutCase, plan: Plan): boolean =>
  state.refunds.length === 0 && state.refunded + lostOf(state.lost, plan) >= state.disputeRefund;

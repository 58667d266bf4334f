/** Rows of disputes, refunds, chargebacks, accounts, ledger and statements. Amounts are paise, instants business ms. */
import type { ChargebackPhase } from '#events/chargeback/events.ts';
import type { DisputeCause, ResolutionRule, ReviewCause } from '#events/dispute/events.ts';
import type { AccountKind } from './ledger/chart.ts';
import type { EarningRow } from './queries.ts';

export type RefundState = 'requested' | 'delayed' | 'failed' | 'processed';

export interface RefundRow {
  readonly refundId: string;
  readonly bookingId: string;
  readonly providerPaymentId: string;
  readonly amount: number;
  readonly reason: string;
  readonly state: RefundState;
  readonly method: string | null;
  /** Of a payment that was one too many. */
  readonly surplus: boolean;
  readonly requestedAt: number;
  /** With the payer by then, at the latest. */
  readonly expectedBy: number;
  readonly processedAt: number | null;
}

export type DisputeState = 'opened' | 'under-review' | 'awaiting-second' | 'resolved' | 'withdrawn';

export interface DisputeRow {
  readonly bookingId: string;
  readonly disputeId: string;
  /** `review`: the lesson's outcome was unclear, so the product itself asks for a decision. */
  readonly kind: 'in-app' | 'review';
  readonly state: DisputeState;
  readonly subject: string;
  readonly tutorId: string;
  readonly tutorName: string;
  readonly studentId: string;
  readonly studentName: string;
  readonly bookedBy: string;
  readonly openedBy: string;
  readonly cause: DisputeCause | ReviewCause;
  readonly text: string;
  readonly wants: number | null;
  readonly gross: number;
  readonly share: number;
  readonly openedAt: number;
  readonly answerBy: number;
  readonly answeredAt: number | null;
  readonly decideBy: number | null;
  readonly proposal: {
    readonly proposalId: string;
    readonly refund: number;
    readonly reason: string;
    readonly by: string;
    readonly byName: string;
    readonly at: number;
  } | null;
  readonly resolution: {
    readonly outcome: 'student' | 'tutor' | 'split';
    readonly refund: number;
    readonly tutorGets: number;
    readonly reason: string;
    readonly decidedBy: string;
    readonly approvedBy: string | null;
    readonly rule: ResolutionRule;
  } | null;
  readonly endedAt: number | null;
  readonly statements: readonly {
    readonly kind: 'complaint' | 'answer' | 'statement';
    readonly personId: string;
    readonly name: string;
    readonly text: string;
    readonly at: number;
  }[];
}

/** A dispute that waits for somebody, the one that is due first on top. */
export interface DisputeQueueRow extends DisputeRow {
  readonly waitsFor: 'tutor' | 'ops' | 'second-person';
  readonly ageMs: number;
  readonly deadline: number;
  readonly overdue: boolean;
}

export type ChargebackStateName =
  'open' | 'action-required' | 'contesting' | 'accepting' | 'submitted' | 'won' | 'lost' | 'accepted' | 'closed';

export interface ChargebackRow {
  readonly chargebackId: string;
  readonly bookingId: string;
  readonly providerPaymentId: string;
  readonly subject: string;
  readonly tutorName: string;
  readonly studentName: string;
  readonly amount: number;
  readonly phase: ChargebackPhase;
  readonly round: number;
  readonly reasonCode: string;
  /** An answer is lawful until then. */
  readonly respondBy: number;
  readonly state: ChargebackStateName;
  readonly openedAt: number;
  readonly since: number;
  readonly answeredBy: string | null;
  readonly answer: string | null;
  readonly problem: string | null;
  readonly lost: number;
}

/** Where the provider's books and ours differ. */
export interface DriftRow {
  readonly driftId: string;
  readonly class: string;
  readonly subject: string;
  readonly bookingId: string | null;
  readonly ours: string;
  readonly theirs: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly note: string;
}

export type AccountStatus =
  | 'none'
  | 'details'
  | 'requested'
  | 'created'
  | 'under-review'
  | 'needs-clarification'
  | 'active'
  | 'suspended'
  | 'failed';

/** A tutor's way to being paid. */
export interface AccountRow {
  readonly tutorId: string;
  readonly status: AccountStatus;
  readonly accountId: string | null;
  readonly bankLast4: string | null;
  readonly submittedAt: number | null;
  /** Paid lessons from then on; null before the activation. */
  readonly usableFrom: number | null;
  readonly requirements: readonly { readonly field: string; readonly reason: string }[];
  readonly problem: string | null;
  /** A new bank account, to which nothing goes before `coolsUntil`. Null once that is over. */
  readonly pendingChange: { readonly bankLast4: string; readonly coolsUntil: number } | null;
  /** Can be paid now. */
  readonly bookable: boolean;
  readonly since: number;
}

export interface LedgerRow {
  readonly entryId: string;
  readonly account: string;
  readonly class: string;
  /** Paise; debit positive, credit negative. */
  readonly amount: number;
  /** The event it follows from. */
  readonly type: string;
  readonly at: number;
}

export interface TrialBalance {
  /** In the order of the chart of accounts, those at zero too. */
  readonly rows: readonly {
    readonly account: string;
    readonly name: string;
    readonly kind: AccountKind;
    readonly debit: number;
    readonly credit: number;
    readonly balance: number;
  }[];
  /** Zero, or the books are wrong. */
  readonly sum: number;
}

export interface HeldPayoutRow extends EarningRow {
  readonly tutorName: string;
  /** Why it is not released: within the hold, disputed, paused, or something is to be taken back first. */
  readonly why: 'hold' | 'no-outcome' | 'dispute' | 'paused' | 'reversal-owed' | 'overdue';
}

export interface StatementRow {
  readonly at: number;
  readonly kind: 'paid' | 'refunded' | 'taken-by-bank' | 'released' | 'settled' | 'owed';
  readonly bookingId: string;
  readonly subject: string;
  readonly lessonAt: number;
  readonly studentName: string;
  readonly tutorName: string;
  /** Paise; positive: to the reader of the statement, negative: from them. */
  readonly amount: number;
  /** Price and commission of the lesson; only in a tutor's statement. */
  readonly gross: number | null;
  readonly commission: number | null;
  /** The provider's id of the payment, refund, transfer or settlement. */
  readonly reference: string;
}

export interface Statement {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly StatementRow[];
  /** Of all rows but settlements, which only say where released money is. */
  readonly total: number;
}

/** What the members of an institute paid and earned there, paise. */
export interface InstituteMoney {
  readonly members: readonly {
    readonly personId: string;
    readonly name: string;
    readonly as: 'admin' | 'tutor' | 'student';
    readonly paid: number;
    readonly refunded: number;
    readonly held: number;
    readonly released: number;
  }[];
  readonly paid: number;
  readonly refunded: number;
  readonly held: number;
  readonly released: number;
}

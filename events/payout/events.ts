export {
  evolve,
  initial,
  leftOf,
  reversedOf,
  type ClosedDispute,
  type Disputable,
  type PayoutState,
  type Pause,
  type Reversal,
} from './state.ts';

/** Why someone complains about a lesson in the product (PRODUCT.md, "Disputes"). */
export type DisputeCause =
  'did-not-happen' | 'technical-failure' | 'cut-short' | 'not-as-described' | 'charged-wrongly' | 'other';

/** Why the product itself asks for a decision: what the lesson came to. */
export type ReviewCause = 'unclear' | 'failed-technically';

export type PauseReason = 'bank-changed' | 'account-suspended' | 'chargeback';

/** How a dispute ended, as far as the payout is concerned. */
export type DisputeEnd = 'student' | 'tutor' | 'split' | 'withdrawn';

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
      readonly data: {
        readonly bookingId: string;
        readonly transferId: string;
        readonly amount: number;
        /** What the provider took for the transfer, tax included. */
        readonly fee: number;
        /** The tax within `fee`. */
        readonly tax: number;
      };
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
  | {
      /** The provider took nothing back. It is owed until another operation takes it. */
      readonly type: 'ReversalFailed';
      readonly data: { readonly bookingId: string; readonly operationId: string; readonly reason: string };
    }
  | { readonly type: 'PayoutCancelled'; readonly data: { readonly bookingId: string; readonly reason: string } }
  | {
      /** From now on nothing is released until the dispute is closed. */
      readonly type: 'PayoutDisputed';
      readonly data: {
        readonly bookingId: string;
        readonly disputeId: string;
        readonly kind: 'in-app' | 'review';
        /** A person, or `policy` for a review. */
        readonly openedBy: string;
        readonly cause: DisputeCause | ReviewCause;
        readonly text: string;
        /** What the opener asks back, paise; null when they leave it open. */
        readonly wants: number | null;
        readonly at: number;
      };
    }
  | {
      readonly type: 'PayoutDisputeClosed';
      readonly data: {
        readonly bookingId: string;
        readonly disputeId: string;
        readonly outcome: DisputeEnd;
        /** What goes back to the payer because of it. */
        readonly refund: number;
        /** What is taken back from the transfer for that; 0 when nothing had been transferred. */
        readonly reversal: number;
        readonly at: number;
      };
    }
  | {
      /** No release while a reason stands; `until` null: until it is resumed. */
      readonly type: 'PayoutPaused';
      readonly data: {
        readonly bookingId: string;
        readonly reason: PauseReason;
        readonly until: number | null;
        readonly at: number;
      };
    }
  | {
      readonly type: 'PayoutResumed';
      readonly data: { readonly bookingId: string; readonly reason: PauseReason; readonly at: number };
    }
  | {
      /** A chargeback was lost after the release: the tutor owes this much. */
      readonly type: 'ClawbackRecorded';
      readonly data: {
        readonly bookingId: string;
        readonly chargebackId: string;
        readonly amount: number;
        readonly at: number;
      };
    };

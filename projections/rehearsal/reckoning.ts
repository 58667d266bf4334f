/** What a booking came to, in one shape for what happened and for what would have. Amounts in paise, instants business ms. */
import type { CancelledBy, CompletedAs, Outcome } from '#events/booking/events.ts';
import { tutorPart } from '../processes/payout-case.ts';

export type Ending =
  | { readonly kind: 'open' }
  /** Nothing was paid for it, so no rule decides about money. */
  | { readonly kind: 'unpaid' }
  | { readonly kind: 'review' }
  | { readonly kind: 'completed'; readonly outcome: CompletedAs; readonly t0: number }
  | {
      readonly kind: 'cancelled';
      readonly by: CancelledBy;
      readonly rule: string;
      readonly refundPct: number;
      readonly refund: number;
      readonly at: number;
    };

/** A complaint, or a review that the product asks for. */
export type Dispute =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly about: 'in-app' | 'review' }
  | { readonly kind: 'withdrawn' }
  | {
      readonly kind: 'decided';
      readonly about: 'in-app' | 'review';
      /** People, or the outcome that left nothing to decide. */
      readonly by: 'ops' | 'rule';
      readonly refund: number;
      readonly secondPerson: boolean;
    }
  /** Only of a rehearsal: the complaint that was made would have been refused, with this code. */
  | { readonly kind: 'refused'; readonly code: string };

export interface Parts {
  /** Back to the payer, by us or by their bank. */
  readonly student: number;
  readonly tutor: number;
  readonly platform: number;
  /** Paid, and nobody has decided yet whose it is. */
  readonly undecided: number;
}

export interface Reckoning {
  /** What came of the lesson for this seat; null without a lesson that ended. */
  readonly outcome: Outcome | null;
  readonly ending: Ending;
  readonly dispute: Dispute;
  /** Until when the tutor's part is held; null where they get nothing, or it is not decided. */
  readonly heldUntil: number | null;
  readonly parts: Parts;
}

export const NO_PARTS: Parts = { student: 0, tutor: 0, platform: 0, undecided: 0 };

export interface Split {
  readonly gross: number;
  readonly share: number;
  readonly holdMs: number;
}

/** Paise that the payer's bank took, and what was asked back beside that: both are facts (RH12). */
export interface BankTook {
  readonly lost: number;
  readonly refunds: number;
}

/** Whose the money is once all is through that is decided (RH11, RH12). */
export function settle(
  split: Split,
  ending: Ending,
  dispute: Dispute,
  bank: BankTook,
): Pick<Reckoning, 'parts' | 'heldUntil'> {
  const { gross, share, holdMs } = split;
  const shared = (back: number): Parts => {
    const tutor = share - tutorPart(split, back);
    return { student: back, tutor, platform: gross - back - tutor, undecided: 0 };
  };
  if (bank.lost > 0) return { parts: afterBank(split, bank), heldUntil: null };
  if (ending.kind === 'unpaid') return { parts: NO_PARTS, heldUntil: null };
  if (ending.kind === 'open' || ending.kind === 'review' || dispute.kind === 'open')
    return { parts: { ...NO_PARTS, undecided: gross }, heldUntil: null };
  const parts = shared(Math.max(backByEnding(ending), dispute.kind === 'decided' ? dispute.refund : 0));
  const from = ending.kind === 'completed' ? ending.t0 : ending.at;
  return { parts, heldUntil: parts.tutor > 0 ? from + holdMs : null };
}

/** A bank may take what was paid back already: the tutor bears no more than their share, and the platform the rest. */
function afterBank(split: Split, { lost, refunds }: BankTook): Parts {
  const student = lost + refunds;
  const tutor = split.share - tutorPart(split, student);
  return { student, tutor, platform: split.gross - student - tutor, undecided: 0 };
}

const backByEnding = (ending: Extract<Ending, { kind: 'completed' | 'cancelled' }>): number =>
  ending.kind === 'cancelled' ? ending.refund : 0;

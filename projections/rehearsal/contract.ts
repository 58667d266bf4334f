/** A rehearsal as pages ask for it and read it. Instants are business ms, amounts paise. */
import type { RuleChanges } from '#events/rehearsal/rule.ts';
import type { Refusal } from '#events/shared/refusal.ts';
import type { ChainHead } from '#events/store/chain.ts';
import type { Difference, Rehearsed } from './compare.ts';
import type { Parts, Reckoning } from './reckoning.ts';

export interface RehearsalQuestion {
  /** Lessons that start within [from, to). */
  readonly from: number;
  readonly to: number;
  readonly changes: RuleChanges;
}

/** One booking that would differ. */
export interface RehearsedRow {
  readonly bookingId: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly price: number;
  readonly was: Reckoning;
  readonly would: Reckoning;
  readonly differences: readonly Difference[];
  readonly notes: Rehearsed['notes'];
  readonly moved: number;
}

export interface RehearsalTotals {
  readonly bookings: number;
  /** Bookings of whoever asks, which they are not shown. */
  readonly own: number;
  readonly was: Parts;
  readonly would: Parts;
  readonly differ: Readonly<Record<Difference, number>>;
  readonly disputes: {
    /** Were made and would have been refused. */
    readonly refused: number;
    /** People decided, or would have to, and nobody would have asked them. */
    readonly notNeeded: number;
    /** Nobody decided, and people would have to. */
    readonly asked: number;
    readonly secondMore: number;
    readonly secondLess: number;
  };
  readonly releases: { readonly earlier: number; readonly later: number };
  readonly notes: Readonly<Record<Rehearsed['notes'][number], number>>;
}

/** What was appended by others while it ran. */
export interface GrownBy {
  readonly events: number;
  readonly types: readonly { readonly type: string; readonly events: number }[];
  /** The chain runs from the head before, through these, to the head after. */
  readonly whole: boolean;
}

/** The log before and after; null: it was empty. */
export interface Proof {
  readonly before: ChainHead | null;
  readonly after: ChainHead | null;
  readonly grown: GrownBy;
}

export type RehearsalNews =
  /** `looked`: events of the log read so far; then bookings decided. */
  | { readonly kind: 'reading'; readonly looked: number }
  | { readonly kind: 'deciding'; readonly decided: number; readonly of: number }
  | {
      readonly kind: 'result';
      readonly totals: RehearsalTotals;
      /** By size of difference, the largest first. */
      readonly rows: readonly RehearsedRow[];
      readonly proof: Proof;
      /** Wall ms. */
      readonly tookMs: number;
    }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export interface Rehearsals {
  /** One a person at a time. Ends when it is done, or when whoever reads it stops. */
  rehearse(
    personId: string,
    question: RehearsalQuestion,
    signal: AbortSignal,
    /** Those for whom they act, themselves among them. */
    reach?: ReadonlySet<string>,
  ): AsyncGenerator<RehearsalNews, void, void> | Refusal;
}

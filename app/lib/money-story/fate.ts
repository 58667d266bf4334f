/** Why the money of a booking is, or is not, paid: one answer for each side. Pure; paise, business ms. SPEC MS4–MS7. */
import type { PauseReason } from '#events/payout/events.ts';
import type { Money, RefundSeen } from './fold.ts';

/** Nothing came in. */
export type Unpaid =
  | { readonly kind: 'asked' }
  | { readonly kind: 'awaiting-payment'; readonly payBy: number; readonly failed: boolean }
  | { readonly kind: 'authorised'; readonly paise: number }
  | { readonly kind: 'declined' | 'expired' | 'cancelled-unpaid'; readonly at: number };

/** Where what goes back to the payer is. */
export interface Back {
  readonly paise: number;
  readonly state: 'to-be-asked' | 'requested' | 'delayed' | 'failed' | 'processed';
  readonly at: number;
}

/** Why something went back, or is to. */
export type Cause =
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'dispute' }
  | { readonly kind: 'bank' }
  | { readonly kind: 'too-late' }
  | { readonly kind: 'other' };

/** Of the tutor's part. */
export type Payout =
  | { readonly kind: 'none'; readonly cause: Cause }
  | { readonly kind: 'settled'; readonly paise: number; readonly at: number }
  | { readonly kind: 'released'; readonly paise: number; readonly at: number }
  | { readonly kind: 'releasing'; readonly paise: number }
  | {
      readonly kind: 'disputed';
      readonly paise: number;
      readonly review: boolean;
      readonly answerBy: number | null;
      readonly decideBy: number | null;
      readonly second: boolean;
    }
  | {
      readonly kind: 'paused';
      readonly paise: number;
      readonly reason: PauseReason;
      readonly until: number | null;
    }
  | { readonly kind: 'taking-back'; readonly paise: number; readonly refused: boolean }
  | { readonly kind: 'setting-aside'; readonly paise: number; readonly failed: boolean }
  | {
      readonly kind: 'holding';
      readonly paise: number;
      readonly until: number;
      readonly after: 'lesson' | 'no-show' | 'cancelled' | 'decision';
    }
  | { readonly kind: 'due'; readonly paise: number; readonly since: number }
  | { readonly kind: 'no-outcome' | 'before-lesson'; readonly paise: number }
  /** Paid, and the payout not planned yet. */
  | { readonly kind: 'unplanned' };

/** Why nothing came in; null when something did. `promises`: say too what a bank has promised. */
export function unpaidOf(money: Money, promises: boolean): Unpaid | null {
  if (money.cameIn > 0) return null;
  const { ending } = money;
  if (ending) return { kind: ending.kind === 'cancelled' ? 'cancelled-unpaid' : ending.kind, at: ending.at };
  const promised = [...money.authorised.values()].reduce((sum, amount) => sum + amount, 0);
  if (promises && promised > 0) return { kind: 'authorised', paise: promised };
  if (money.payBy === null) return { kind: 'asked' };
  return { kind: 'awaiting-payment', payBy: money.payBy, failed: money.failedAttempts > 0 };
}

const ORDER = ['failed', 'delayed', 'requested', 'processed'] as const;

/**
 * Failed, and asked for again: that is another one, of the same payment and for the same reason. One that failed and went
 * through after all is not failed any more.
 */
const askedAgain = (refund: RefundSeen, index: number, all: readonly RefundSeen[]): boolean =>
  refund.state === 'failed' &&
  all
    .slice(index + 1)
    .some((later) => later.providerPaymentId === refund.providerPaymentId && later.reason === refund.reason);

/** What goes back of the payments that pay for the booking, or of surplus ones; null when nothing does. */
export function backOf(money: Money, surplus: boolean): Back | null {
  const refunds = [...money.refunds.values()]
    .filter((refund, index, all) => !askedAgain(refund, index, all))
    .filter((refund) => refund.surplus === surplus);
  const behind = ORDER.find((state) => refunds.some((refund) => refund.state === state));
  const unasked = surplus ? 0 : Math.max(0, Math.min(money.due, money.cameIn) - money.bankTook);
  if (behind === undefined) return unasked > 0 ? { paise: unasked, state: 'to-be-asked', at: 0 } : null;
  // Only what is furthest behind is told.
  const same = refunds.filter((refund) => refund.state === behind);
  return {
    paise: same.reduce((sum, { amount }) => sum + amount, 0),
    state: behind,
    at: Math.max(...same.map(({ at }) => at)),
  };
}

/** What made money go back. */
export function causeOf(money: Money): Cause {
  const { ending } = money;
  if (money.bankTook > 0 && money.bankTook >= money.price) return { kind: 'bank' };
  if (money.resolvedFor === 'student' || money.resolvedFor === 'split') return { kind: 'dispute' };
  if (ending?.kind === 'cancelled') return { kind: 'rule', rule: ending.rule };
  if (ending !== null) return { kind: 'too-late' };
  return money.bankTook > 0 ? { kind: 'bank' } : { kind: 'other' };
}

/** The pause that lasts longest, of those that still stand. */
function pauseOf(money: Money, now: number): { readonly reason: PauseReason; readonly until: number | null } | null {
  const standing = [...money.pauses].filter(([, until]) => until === null || until > now);
  const [longest] = standing.toSorted(([, one], [, other]) => (other ?? Infinity) - (one ?? Infinity));
  return longest ? { reason: longest[0], until: longest[1] } : null;
}

/** What of the share is the tutor's, paid out already or not. */
export const ownOf = (money: Money): number =>
  money.payoutOff ? 0 : Math.max(0, (money.share ?? 0) - money.reversed - takenLater(money));

const takenLater = (money: Money): number => [...money.reversing.values()].reduce((sum, amount) => sum + amount, 0);

/** Where the tutor's part is and why. Only asked once something came in. */
export function payoutOf(money: Money, now: number): Payout {
  const paise = ownOf(money);
  if (money.settledAt !== null) return { kind: 'settled', paise: money.places.tutor, at: money.settledAt };
  if (money.liftedAt !== null) return { kind: 'released', paise: money.places.settling, at: money.liftedAt };
  if (money.dispute) return { ...money.dispute, kind: 'disputed', review: money.dispute.kind === 'review', paise };
  if (money.reversing.size > 0 || money.reversalRefused)
    return { kind: 'taking-back', paise: money.places.held, refused: money.reversalRefused };
  const over = money.ending !== null && money.share === null;
  if (money.payoutOff || over || (money.share !== null && paise === 0)) return { kind: 'none', cause: causeOf(money) };
  if (money.share === null) return { kind: 'unplanned' };
  if (money.releasing) return { kind: 'releasing', paise };
  const pause = pauseOf(money, now);
  if (pause) return { kind: 'paused', paise, ...pause };
  if (money.transfer !== 'done') return { kind: 'setting-aside', paise, failed: money.transfer === 'failed' };
  if (money.hold) {
    if (now >= money.hold.endsAt) return { kind: 'due', paise, since: money.hold.endsAt };
    return { kind: 'holding', paise, until: money.hold.endsAt, after: afterOf(money) };
  }
  if (money.ending) return { kind: 'taking-back', paise, refused: false };
  return { kind: now < money.endsAt ? 'before-lesson' : 'no-outcome', paise };
}

function afterOf(money: Money): 'lesson' | 'no-show' | 'cancelled' | 'decision' {
  if (money.resolvedFor !== null || money.outcome === 'reviewed') return 'decision';
  if (money.ending?.kind === 'cancelled') return 'cancelled';
  return money.outcome === 'student-no-show' ? 'no-show' : 'lesson';
}

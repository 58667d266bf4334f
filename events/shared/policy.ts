/**
 * The rules that a booking was made under (PRODUCT.md, "Rules and defaults"). The version in force is written onto the
 * booking, so a later change touches no old booking.
 */
export interface Policy {
  readonly version: string;
  /** Basis points of the gross price: 1,000 = 10 %. */
  readonly commissionBps: number;
  /** From t0 (the outcome's start) to the release, ms. */
  readonly holdMs: number;
  /** Free cancellation right after booking, ms. */
  readonly graceMs: number;
  /** Student cancellations: the first tier whose `beforeMs` is reached decides; none: nothing back. */
  readonly cancelTiers: readonly { readonly beforeMs: number; readonly refundPct: number }[];
  readonly rescheduleBeforeMs: number;
  /** A seat is kept this long while paying, ms. */
  readonly payWithinMs: number;
  /** After a tutor's acceptance: this long, at latest `payLatestBeforeStartMs` before the start. */
  readonly payWithinAfterAcceptMs: number;
  readonly payLatestBeforeStartMs: number;
  readonly acceptWithinMs: number;
  readonly noShowAfterMs: number;
  readonly opensBeforeMs: number;
  readonly closesAfterMs: number;
  readonly allGoneMs: number;
  /** Share of the booked minutes that must be held, percent. */
  readonly heldPct: number;
  /** A proposal to move a lesson waits this long for the other side, at latest until the lesson's start, ms. */
  readonly rescheduleAnswerMs: number;
  /** A dispute can be opened from this long after the scheduled start on, ms. */
  readonly disputeOpensAfterStartMs: number;
  /** The tutor has this long to answer a dispute, ms. */
  readonly disputeAnswerMs: number;
  /** A dispute is decided within this long once it is under review, ms. */
  readonly disputeDecideMs: number;
  /** A refund above this needs a second person, paise. */
  readonly secondPersonAbove: number;
  /** New bank details, and a new account, rest this long before money goes there, ms. */
  readonly accountCoolOffMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Nobody books further ahead than this, ms. The same for every version: it bounds requests, not what was agreed. */
export const BOOKABLE_AHEAD_MS = 365 * 24 * HOUR;

export const POLICY_2026_11: Policy = {
  version: '2026-11',
  commissionBps: 1_000,
  holdMs: 72 * HOUR,
  graceMs: 15 * MINUTE,
  cancelTiers: [
    { beforeMs: 24 * HOUR, refundPct: 100 },
    { beforeMs: 4 * HOUR, refundPct: 50 },
  ],
  rescheduleBeforeMs: 12 * HOUR,
  payWithinMs: 10 * MINUTE,
  payWithinAfterAcceptMs: 24 * HOUR,
  payLatestBeforeStartMs: 2 * HOUR,
  acceptWithinMs: 24 * HOUR,
  noShowAfterMs: 15 * MINUTE,
  opensBeforeMs: 15 * MINUTE,
  closesAfterMs: 15 * MINUTE,
  allGoneMs: 10 * MINUTE,
  heldPct: 50,
  rescheduleAnswerMs: 24 * HOUR,
  disputeOpensAfterStartMs: 15 * MINUTE,
  disputeAnswerMs: 48 * HOUR,
  disputeDecideMs: 72 * HOUR,
  secondPersonAbove: 500_000,
  accountCoolOffMs: 24 * HOUR,
};

export interface PolicyInForce {
  /** Business ms from which on new bookings are made under it. */
  readonly from: number;
  readonly policy: Policy;
}

/** Every version there has been, oldest first. A version never changes; new numbers are a new version with a later start. */
export const POLICIES: readonly [PolicyInForce, ...PolicyInForce[]] = [{ from: 0, policy: POLICY_2026_11 }];

/** The policy that a booking made at `now` (business ms) gets; before the first version, the first. */
export function policyAt(now: number, policies: typeof POLICIES = POLICIES): Policy {
  const [first] = policies;
  return policies.findLast(({ from }) => from <= now)?.policy ?? first.policy;
}

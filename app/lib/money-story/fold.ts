/**
 * Where every rupee of one booking is, folded from the rows of its timeline. Pure; paise, business ms. Each event moves
 * money from one place to another, so that what came in is always the sum of the places (SPEC MS1, MS2).
 */
import type { BookingEvent, Outcome } from '#events/booking/events.ts';
import type { ChargebackEvent } from '#events/chargeback/events.ts';
import type { DisputeEvent } from '#events/dispute/events.ts';
import type { PaymentEvent } from '#events/payment/events.ts';
import type { PauseReason, PayoutEvent } from '#events/payout/events.ts';
import type { TimelineRow } from '#projections/queries.ts';

/** `us`: in our balance at the provider. Below zero: what this booking cost us beyond what was paid for it. */
export const PLACES = ['us', 'refunding', 'held', 'settling', 'tutor', 'payer'] as const;
export type PlaceName = (typeof PLACES)[number];

export interface RefundSeen {
  readonly providerPaymentId: string;
  readonly amount: number;
  readonly surplus: boolean;
  readonly reason: string;
  readonly state: 'requested' | 'delayed' | 'failed' | 'processed';
  readonly at: number;
}

export interface Money {
  readonly cameIn: number;
  readonly places: Readonly<Record<PlaceName, number>>;
  readonly price: number;
  readonly endsAt: number;
  readonly minutes: number;
  readonly payBy: number | null;
  /** Taken by nobody yet: promised by the payer's bank, by payment. */
  readonly authorised: ReadonlyMap<string, number>;
  readonly failedAttempts: number;
  readonly surplus: ReadonlySet<string>;
  readonly ending:
    | { readonly kind: 'declined' | 'expired'; readonly at: number }
    | { readonly kind: 'cancelled'; readonly rule: string; readonly at: number }
    | null;
  readonly outcome: Outcome | 'reviewed' | null;
  /** By id, in the order in which they were asked for. */
  readonly refunds: ReadonlyMap<string, RefundSeen>;
  /** Cases of the payer's bank that run, by id. */
  readonly bankCases: ReadonlySet<string>;
  readonly bankTook: number;
  readonly bankTookAt: number;
  /** What the tutor is to have; null: nobody planned a payout. */
  readonly share: number | null;
  readonly commission: number;
  readonly transfer: 'none' | 'failed' | 'done';
  readonly reversed: number;
  /** Asked of the provider and not answered yet, by operation; and what was refused. */
  readonly reversing: ReadonlyMap<string, number>;
  readonly reversalRefused: boolean;
  readonly hold: { readonly t0: number; readonly endsAt: number } | null;
  readonly dispute: {
    readonly kind: 'in-app' | 'review';
    readonly answerBy: number | null;
    readonly decideBy: number | null;
    readonly second: boolean;
  } | null;
  /** What a cancellation or a decision gives back of the price. */
  readonly due: number;
  readonly resolvedFor: 'student' | 'tutor' | 'split' | null;
  readonly pauses: ReadonlyMap<PauseReason, number | null>;
  readonly releasing: boolean;
  readonly liftedAt: number | null;
  readonly settledAt: number | null;
  readonly payoutOff: boolean;
  readonly clawback: number;
}

export const NOTHING: Money = {
  cameIn: 0,
  places: { us: 0, refunding: 0, held: 0, settling: 0, tutor: 0, payer: 0 },
  price: 0,
  endsAt: 0,
  minutes: 0,
  payBy: null,
  authorised: new Map(),
  failedAttempts: 0,
  surplus: new Set(),
  ending: null,
  outcome: null,
  refunds: new Map(),
  bankCases: new Set(),
  bankTook: 0,
  bankTookAt: 0,
  share: null,
  commission: 0,
  transfer: 'none',
  reversed: 0,
  reversing: new Map(),
  reversalRefused: false,
  hold: null,
  dispute: null,
  due: 0,
  resolvedFor: null,
  pauses: new Map(),
  releasing: false,
  liftedAt: null,
  settledAt: null,
  payoutOff: false,
  clawback: 0,
};

type Told = BookingEvent | PaymentEvent | PayoutEvent | DisputeEvent | ChargebackEvent;
type Row = Pick<TimelineRow, 'type' | 'data' | 'occurredAt'>;
type Moves = Partial<Record<PlaceName, number>>;

function moved(money: Money, moves: Moves): Money {
  const places = { ...money.places };
  for (const name of PLACES) places[name] += moves[name] ?? 0;
  return { ...money, places };
}

const withOne = <Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): ReadonlyMap<Key, Value> =>
  new Map(map).set(key, value);

function without<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

function paid(money: Money, providerPaymentId: string, amount: number): Money {
  const authorised = without(money.authorised, providerPaymentId);
  return { ...moved(money, { us: amount }), cameIn: money.cameIn + amount, authorised };
}

function refunded(money: Money, refundId: string, state: RefundSeen['state'], at: number): Money {
  const refund = money.refunds.get(refundId);
  if (!refund) return money;
  return { ...money, refunds: withOne(money.refunds, refundId, { ...refund, state, at }) };
}

/** The money after one more row; rows about anything else change nothing. */
export function follow(money: Money, row: Row): Money {
  // The log took these data by the types of their events, and only those are looked at.
  const told = { type: row.type, data: row.data } as unknown as Told;
  const at = row.occurredAt;
  switch (told.type) {
    case 'BookingRequested': {
      const { price, startsAt, minutes } = told.data;
      return { ...money, price, minutes, endsAt: startsAt + minutes * 60_000 };
    }
    case 'BookingRescheduled':
      return { ...money, endsAt: told.data.startsAt + money.minutes * 60_000 };
    case 'BookingAccepted':
      return { ...money, payBy: told.data.payBy };
    case 'BookingDeclined':
      return { ...money, ending: { kind: 'declined', at } };
    case 'BookingExpired':
      return { ...money, ending: { kind: 'expired', at } };
    case 'BookingCancelled':
      return { ...money, due: told.data.refund, ending: { kind: 'cancelled', rule: told.data.rule, at } };
    case 'BookingCompleted':
    case 'BookingUnderReview':
      return { ...money, outcome: told.data.outcome };
    case 'DisputeOpened':
      return withDispute(money, { kind: told.data.kind, answerBy: told.data.answerBy, decideBy: null, second: false });
    case 'DisputeUnderReview':
      return withDispute(money, { answerBy: null, decideBy: told.data.decideBy });
    case 'ResolutionProposed':
      return withDispute(money, { second: true });
    case 'ResolutionRejected':
      return withDispute(money, { second: false });
    case 'DisputeResolved':
      return { ...money, dispute: null, due: told.data.refund, resolvedFor: told.data.outcome };
    case 'DisputeWithdrawn':
      return { ...money, dispute: null };
    case 'PaymentAttemptFailed':
    case 'PaymentAuthorized':
    case 'PaymentVoided':
    case 'PaymentCaptured':
    case 'SurplusPaymentDetected':
    case 'RefundRequested':
    case 'RefundDelayed':
    case 'RefundFailed':
    case 'RefundProcessed':
      return followPayment(money, told, at);
    case 'ChargebackOpened':
    case 'ChargebackReopened':
      return { ...money, bankCases: new Set([...money.bankCases, told.data.chargebackId]) };
    case 'ChargebackWon':
    case 'ChargebackClosed':
      return { ...money, bankCases: lessCase(money, told.data.chargebackId) };
    case 'ChargebackLost': {
      const { chargebackId, amount } = told.data;
      const bankCases = lessCase(money, chargebackId);
      const bankTook = money.bankTook + amount;
      return { ...moved(money, { us: -amount, payer: amount }), bankCases, bankTook, bankTookAt: at };
    }
    case 'PayoutPlanned':
    case 'TransferFailed':
    case 'TransferProcessed':
    case 'HoldStarted':
    case 'ReleaseAuthorized':
    case 'HoldLifted':
    case 'TransferSettled':
    case 'ReversalRequested':
    case 'TransferReversed':
    case 'ReversalFailed':
    case 'PayoutCancelled':
    case 'PayoutDisputed':
    case 'PayoutDisputeClosed':
    case 'PayoutPaused':
    case 'PayoutResumed':
    case 'ClawbackRecorded':
      return followPayout(money, told, at);
    default:
      return money;
  }
}

type OfPayment = Extract<
  PaymentEvent,
  {
    type:
      | 'PaymentAttemptFailed'
      | 'PaymentAuthorized'
      | 'PaymentVoided'
      | 'PaymentCaptured'
      | 'SurplusPaymentDetected'
      | 'RefundRequested'
      | 'RefundDelayed'
      | 'RefundFailed'
      | 'RefundProcessed';
  }
>;

function followPayment(money: Money, told: OfPayment, at: number): Money {
  switch (told.type) {
    case 'PaymentAttemptFailed':
      return {
        ...money,
        failedAttempts: money.failedAttempts + 1,
        authorised: without(money.authorised, told.data.providerPaymentId),
      };
    case 'PaymentAuthorized':
      return { ...money, authorised: withOne(money.authorised, told.data.providerPaymentId, told.data.amount) };
    case 'PaymentVoided':
      return { ...money, authorised: without(money.authorised, told.data.providerPaymentId) };
    case 'PaymentCaptured':
      return paid(money, told.data.providerPaymentId, told.data.amount);
    case 'SurplusPaymentDetected': {
      const { providerPaymentId, amount } = told.data;
      const surplus = new Set([...money.surplus, providerPaymentId]);
      return { ...paid(money, providerPaymentId, amount), surplus };
    }
    case 'RefundRequested': {
      const { refundId, providerPaymentId, amount, reason } = told.data;
      const surplus = money.surplus.has(providerPaymentId);
      const refund: RefundSeen = { providerPaymentId, amount, surplus, reason, state: 'requested', at };
      return {
        ...moved(money, { us: -amount, refunding: amount }),
        refunds: withOne(money.refunds, refundId, refund),
      };
    }
    case 'RefundDelayed':
      return refunded(money, told.data.refundId, 'delayed', at);
    case 'RefundFailed': {
      const { refundId, amount } = told.data;
      return refunded(moved(money, { us: amount, refunding: -amount }), refundId, 'failed', at);
    }
    case 'RefundProcessed': {
      const { refundId, amount } = told.data;
      // One that was thought to have failed may go through after all.
      const from: PlaceName = money.refunds.get(refundId)?.state === 'failed' ? 'us' : 'refunding';
      return refunded(moved(money, { [from]: -amount, payer: amount }), refundId, 'processed', at);
    }
  }
}

type OfPayout = Exclude<PayoutEvent, { type: 'TransferRequested' }>;

function followPayout(money: Money, told: OfPayout, at: number): Money {
  switch (told.type) {
    case 'PayoutPlanned':
      return { ...money, share: told.data.share, commission: told.data.commission };
    case 'TransferFailed':
      return { ...money, transfer: 'failed' };
    case 'TransferProcessed': {
      const { amount } = told.data;
      return { ...moved(money, { us: -amount, held: amount }), transfer: 'done' };
    }
    case 'HoldStarted':
      return { ...money, hold: { t0: told.data.t0, endsAt: told.data.endsAt } };
    case 'ReleaseAuthorized':
      return { ...money, releasing: true };
    case 'HoldLifted': {
      const { amount } = told.data;
      return { ...moved(money, { held: -amount, settling: amount }), liftedAt: at };
    }
    case 'TransferSettled': {
      const { settling } = money.places;
      return { ...moved(money, { settling: -settling, tutor: settling }), settledAt: at };
    }
    case 'ReversalRequested': {
      const reversing = withOne(money.reversing, told.data.operationId, told.data.amount);
      return { ...money, reversing, reversalRefused: false };
    }
    case 'TransferReversed': {
      const { operationId, amount } = told.data;
      const reversing = without(money.reversing, operationId);
      return {
        ...moved(money, { held: -amount, us: amount }),
        reversed: money.reversed + amount,
        reversing,
      };
    }
    case 'ReversalFailed':
      return { ...money, reversing: without(money.reversing, told.data.operationId), reversalRefused: true };
    case 'PayoutCancelled':
      return { ...money, payoutOff: true };
    case 'PayoutDisputed':
      return { ...money, dispute: money.dispute ?? { ...OPEN, kind: told.data.kind } };
    case 'PayoutDisputeClosed':
      return { ...money, dispute: null };
    case 'PayoutPaused':
      return { ...money, pauses: withOne(money.pauses, told.data.reason, told.data.until) };
    case 'PayoutResumed':
      return { ...money, pauses: without(money.pauses, told.data.reason) };
    case 'ClawbackRecorded':
      return { ...money, clawback: money.clawback + told.data.amount };
  }
}

const OPEN = { kind: 'in-app', answerBy: null, decideBy: null, second: false } as const;

const withDispute = (money: Money, change: Partial<NonNullable<Money['dispute']>>): Money => ({
  ...money,
  dispute: { ...(money.dispute ?? OPEN), ...change },
});

const lessCase = (money: Money, chargebackId: string): ReadonlySet<string> =>
  new Set([...money.bankCases].filter((one) => one !== chargebackId));

/** The money after all rows. */
export const moneyOfRows = (rows: readonly Row[]): Money => rows.reduce(follow, NOTHING);

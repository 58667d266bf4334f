/** What handle-chargeback knows of the bank's cases about one booking, and what follows for the tutor's part. Paise. */
import { idFrom } from '#events/shared/ids.ts';
import type { Fact } from '../fact.ts';
import { tutorPart } from './payout-case.ts';

export interface Case {
  readonly providerPaymentId: string;
  /** Whether losing it costs money: then nothing is paid out or refunded meanwhile. */
  readonly serious: boolean;
  readonly open: boolean;
  /** Paise that the bank took; 0 while it has not. */
  readonly lost: number;
  /** The tutor's part was asked back from the transfer, or recorded as owed. */
  readonly settled: boolean;
  /** How often it was asked back from the transfer: more than once when another reversal failed meanwhile. */
  readonly asks?: number;
}

interface Payout {
  readonly providerPaymentId: string;
  readonly gross: number;
  readonly share: number;
  readonly at: 'no-transfer' | 'pending' | 'held' | 'released' | 'over';
  /** Paise of the share that came back, are coming back, or are owed. */
  readonly taken: number;
  /** By operation id: what is coming back. */
  readonly asked: Readonly<Record<string, number>>;
  /** Paise that failed to come back, and are not asked for again. */
  readonly failed?: number;
}

export interface HandleChargeback {
  readonly bookingId: string;
  /** By chargeback id. */
  readonly cases: Readonly<Record<string, Case>>;
  readonly payout: Payout | null;
  /** Paise that a cancellation or a dispute gives back to the payer; what the bank took counts towards it. */
  readonly promised: number;
  /** Refunds that were asked for and did not fail, by refund id. */
  readonly refunds: Readonly<Record<string, { readonly providerPaymentId: string; readonly amount: number }>>;
}

export const initial: HandleChargeback = { bookingId: '', cases: {}, payout: null, promised: 0, refunds: {} };

/** `asks`: how often it was asked before. */
export const chargebackReversalId = (chargebackId: string, asks = 0): string =>
  asks === 0 ? idFrom('reversal', 'chargeback', chargebackId) : idFrom('reversal', 'chargeback', chargebackId, asks);

const isSerious = (phase: string): boolean => phase !== 'fraud' && phase !== 'retrieval';

function withCase(state: HandleChargeback, chargebackId: string, change: Partial<Case>): HandleChargeback {
  const known = state.cases[chargebackId];
  return known ? { ...state, cases: { ...state.cases, [chargebackId]: { ...known, ...change } } } : state;
}

export function evolve(before: HandleChargeback, fact: Fact): HandleChargeback {
  const bookingId = keyOf(fact);
  if (bookingId === null) return before;
  // A state kept by an earlier version of this process knows less.
  const state = { ...initial, ...before, bookingId };
  switch (fact.type) {
    case 'ChargebackOpened': {
      const { chargebackId, providerPaymentId, phase } = fact.data;
      const opened = { providerPaymentId, serious: isSerious(phase), open: true, lost: 0, settled: false };
      return { ...state, cases: { ...state.cases, [chargebackId]: opened } };
    }
    case 'ChargebackReopened':
      return withCase(state, fact.data.chargebackId, { open: true, serious: isSerious(fact.data.phase) });
    case 'ChargebackWon':
    case 'ChargebackClosed':
      return withCase(state, fact.data.chargebackId, { open: false });
    case 'ChargebackLost':
      return withCase(state, fact.data.chargebackId, { open: false, lost: fact.data.amount });
    case 'BookingCancelled':
      return { ...state, promised: Math.max(state.promised, fact.data.refund) };
    case 'PayoutDisputeClosed':
      return { ...state, promised: Math.max(state.promised, fact.data.refund) };
    case 'RefundRequested': {
      const { refundId, providerPaymentId, amount } = fact.data;
      return { ...state, refunds: { ...state.refunds, [refundId]: { providerPaymentId, amount } } };
    }
    case 'RefundFailed': {
      const { [fact.data.refundId]: _, ...refunds } = state.refunds;
      return { ...state, refunds };
    }
    case 'ClawbackRecorded': {
      const { payout } = state;
      const settled = withCase(state, fact.data.chargebackId, { settled: true });
      return payout ? { ...settled, payout: { ...payout, taken: payout.taken + fact.data.amount } } : settled;
    }
    case 'ReversalRequested': {
      const { operationId } = fact.data;
      const ours = Object.entries(state.cases).find(([id, one]) => chargebackReversalId(id, one.asks) === operationId);
      const asked = ours ? withCase(state, ours[0], { settled: true, asks: (ours[1].asks ?? 0) + 1 }) : state;
      return { ...asked, payout: evolvePayout(state.payout, fact) };
    }
    default:
      return { ...state, payout: evolvePayout(state.payout, fact) };
  }
}

function evolvePayout(payout: Payout | null, fact: Fact): Payout | null {
  if (fact.type === 'PayoutPlanned') {
    const { providerPaymentId, gross, share } = fact.data;
    return payout ?? { providerPaymentId, gross, share, at: 'no-transfer', taken: 0, asked: {} };
  }
  if (!payout) return null;
  switch (fact.type) {
    case 'TransferRequested':
      return { ...payout, at: 'pending' };
    case 'TransferFailed':
      return { ...payout, at: 'no-transfer' };
    case 'TransferProcessed':
      return { ...payout, at: 'held' };
    case 'ReleaseAuthorized':
      return { ...payout, at: 'released' };
    case 'PayoutCancelled':
      return { ...payout, at: 'over' };
    case 'ReversalRequested': {
      const { operationId, amount } = fact.data;
      const failed = Math.max(0, (payout.failed ?? 0) - amount);
      return { ...payout, taken: payout.taken + amount, asked: { ...payout.asked, [operationId]: amount }, failed };
    }
    case 'ReversalFailed': {
      // What failed is asked for again under another id, and counts again then.
      const { [fact.data.operationId]: amount = 0, ...asked } = payout.asked;
      return { ...payout, taken: payout.taken - amount, asked, failed: (payout.failed ?? 0) + amount };
    }
    default:
      return payout;
  }
}

/** The cases that are lost and about the payment that the payout comes from. */
function lostCases({ cases, payout }: HandleChargeback): readonly (readonly [string, Case])[] {
  return Object.entries(cases).filter(([, one]) => one.lost > 0 && one.providerPaymentId === payout?.providerPaymentId);
}

/**
 * Paise that the tutor still has to bear because cases are lost. What a cancellation or a dispute takes back from the tutor
 * is theirs to take, and is not taken here again; what failed to come back is covered by the next that is asked for.
 */
export function missing(state: HandleChargeback): number {
  const { payout, promised, refunds } = state;
  const lost = lostCases(state).reduce((sum, [, one]) => sum + one.lost, 0);
  if (!payout || payout.at === 'over' || lost === 0) return 0;
  const asked = Object.values(refunds).reduce(
    (sum, one) => (one.providerPaymentId === payout.providerPaymentId ? sum + one.amount : sum),
    0,
  );
  const theirs = (payout.failed ?? 0) > 0 ? 0 : tutorPart(payout, promised);
  const left = tutorPart(payout, Math.max(lost + asked, promised)) - Math.max(payout.taken, theirs);
  // Each part is rounded down by itself: a paisa is not worth a reversal of its own.
  return left > lostCases(state).filter(([, one]) => one.settled).length ? left : 0;
}

/** What is to be asked for now: by chargeback id, paise. What failed is asked for again elsewhere (RP14). */
export function owed(state: HandleChargeback): readonly (readonly [string, number])[] {
  const { payout } = state;
  let left = missing(state);
  if (!payout || left === 0) return [];
  const lost = lostCases(state);
  const fresh = lost.filter(([, one]) => !one.settled);
  const anew = (payout.failed ?? 0) > 0 || payout.at === 'released' ? [] : lost.slice(-1);
  const due = fresh.length > 0 ? fresh : anew;
  return due.flatMap(([chargebackId, one], n) => {
    const amount = n === due.length - 1 ? left : Math.min(left, tutorPart(payout, one.lost));
    left -= amount;
    return amount > 0 ? [[chargebackId, amount] as const] : [];
  });
}

export function keyOf(fact: Fact): string | null {
  switch (fact.type) {
    case 'ChargebackOpened':
    case 'ChargebackReopened':
    case 'ChargebackWon':
    case 'ChargebackLost':
    case 'ChargebackClosed':
    case 'ContestRequested':
    case 'AcceptRequested':
    case 'PaymentCaptured':
    case 'SurplusPaymentDetected':
    case 'PayoutPlanned':
    case 'TransferRequested':
    case 'TransferProcessed':
    case 'TransferFailed':
    case 'ReleaseAuthorized':
    case 'ReversalRequested':
    case 'ReversalFailed':
    case 'TransferReversed':
    case 'PayoutCancelled':
    case 'PayoutDisputeClosed':
    case 'ClawbackRecorded':
    case 'BookingCancelled':
    case 'RefundRequested':
    case 'RefundFailed':
      return fact.data.bookingId;
    default:
      return null;
  }
}

/**
 * What a chargeback of the payer's bank does to the money of its booking. Rules HC1–HC10 of SPEC.md. One instance a booking:
 * it follows the bank's cases, and of the payout as much as tells how the tutor's part comes back.
 */
import { idFrom } from '#events/shared/ids.ts';
import { never } from '#events/shared/never.ts';
import type { Fact } from '../fact.ts';
import { tutorPart } from './payout-case.ts';
import { command, type Process, type Reaction } from './process.ts';

interface Case {
  readonly providerPaymentId: string;
  /** Whether losing it costs money: then nothing is paid out or refunded meanwhile. */
  readonly serious: boolean;
  readonly open: boolean;
  /** Paise that the bank took; 0 while it has not. */
  readonly lost: number;
  /** The tutor's part was asked back from the transfer, or recorded as owed. */
  readonly settled: boolean;
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

const initial: HandleChargeback = { bookingId: '', cases: {}, payout: null, promised: 0, refunds: {} };

export const chargebackReversalId = (chargebackId: string): string => idFrom('reversal', 'chargeback', chargebackId);

const isSerious = (phase: string): boolean => phase !== 'fraud' && phase !== 'retrieval';

function withCase(state: HandleChargeback, chargebackId: string, change: Partial<Case>): HandleChargeback {
  const known = state.cases[chargebackId];
  return known ? { ...state, cases: { ...state.cases, [chargebackId]: { ...known, ...change } } } : state;
}

function evolve(before: HandleChargeback, fact: Fact): HandleChargeback {
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
      const ours = Object.keys(state.cases).find((id) => chargebackReversalId(id) === fact.data.operationId);
      const asked = ours === undefined ? state : withCase(state, ours, { settled: true });
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

const freeze = (bookingId: string, chargebackId: string, { providerPaymentId }: Case): Reaction =>
  command(`freeze:${chargebackId}`, { type: 'FreezeRefunds', data: { bookingId, chargebackId, providerPaymentId } });

const unfreeze = (bookingId: string, chargebackId: string, lost: number): Reaction =>
  command(`unfreeze:${chargebackId}`, { type: 'UnfreezeRefunds', data: { bookingId, chargebackId, lost } });

const pause = (bookingId: string): Reaction =>
  command('pause', { type: 'PausePayout', data: { bookingId, reason: 'chargeback', until: null } });

/**
 * What the tutor still has to bear of the cases that are lost: by chargeback id, paise, never more than is left. What a
 * cancellation or a dispute takes back from the tutor is theirs to take, and is not taken here again.
 */
function owed({ cases, payout, promised, refunds }: HandleChargeback): readonly (readonly [string, number])[] {
  if (!payout || payout.at === 'over') return [];
  const ours = <T extends { readonly providerPaymentId: string }>(one: T): boolean =>
    one.providerPaymentId === payout.providerPaymentId;
  const lost = Object.values(cases).reduce((sum, one) => (ours(one) ? sum + one.lost : sum), 0);
  const asked = Object.values(refunds).reduce((sum, one) => (ours(one) ? sum + one.amount : sum), 0);
  const back = Math.max(lost + asked, promised);
  // What failed is covered by the next that is asked for, so that one asks for all of it.
  const theirs = (payout.failed ?? 0) > 0 ? 0 : tutorPart(payout, promised);
  let left = tutorPart(payout, back) - Math.max(payout.taken, theirs);
  const due = Object.entries(cases).filter(([, one]) => one.lost > 0 && !one.settled && ours(one));
  return due.flatMap(([chargebackId, one], n) => {
    const amount = n === due.length - 1 ? left : Math.min(left, tutorPart(payout, one.lost));
    left -= amount;
    return amount > 0 ? [[chargebackId, amount] as const] : [];
  });
}

/** Only once no case can cost this payout anything any more. */
function resume(state: HandleChargeback): readonly Reaction[] {
  const { bookingId, cases, payout } = state;
  const open = Object.values(cases).some(
    (one) => one.open && one.serious && one.providerPaymentId === payout?.providerPaymentId,
  );
  if (open || owed(state).length > 0) return [];
  return [command('resume', { type: 'ResumePayout', data: { bookingId, reason: 'chargeback' } })];
}

/**
 * The tutor's part of what the bank took: out of the transfer, or owed when it is released. Refused while a dispute or
 * another reversal has the payout; the end of that brings us back here.
 */
function take(state: HandleChargeback): readonly Reaction[] {
  const { bookingId, payout } = state;
  if (!payout) return [];
  return owed(state).flatMap(([chargebackId, amount]): readonly Reaction[] => {
    switch (payout.at) {
      case 'held': {
        const operationId = chargebackReversalId(chargebackId);
        const data = { bookingId, operationId, amount, reason: 'chargeback' };
        return [command(`take-back:${chargebackId}`, { type: 'RequestReversal', data })];
      }
      case 'released':
        return [
          command(`claw-back:${chargebackId}`, { type: 'RecordClawback', data: { bookingId, chargebackId, amount } }),
        ];
      case 'no-transfer':
        // With a part lost the rest is the tutor's: it is transferred whole, and the part taken back from it.
        if (amount < payout.share) return [];
        return [command('cancel-payout', { type: 'CancelPayout', data: { bookingId, reason: 'chargeback' } })];
      case 'pending':
      case 'over':
        return [];
      default:
        return never(payout.at, 'stage of a payout');
    }
  });
}

function keyOf(fact: Fact): string | null {
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

export const handleChargeback: Process<HandleChargeback> = {
  name: 'handle-chargeback',
  initial,
  keyOf,
  evolve,

  react(fact, state) {
    const { bookingId, cases, payout } = state;
    const open = Object.values(cases).filter((one) => one.open && one.serious);
    const isLost = Object.values(cases).some((one) => one.lost > 0);
    switch (fact.type) {
      case 'ChargebackOpened':
      case 'ChargebackReopened': {
        const { chargebackId } = fact.data;
        const one = cases[chargebackId];
        if (!one?.serious) return [];
        const ours = payout === null || payout.providerPaymentId === one.providerPaymentId;
        return [freeze(bookingId, chargebackId, one), ...(ours ? [pause(bookingId)] : [])];
      }
      // The bank can be faster than our own news of the payment and of its payout, even with its last word.
      case 'PaymentCaptured':
      case 'SurplusPaymentDetected':
        return Object.entries(cases).flatMap(([chargebackId, one]) => {
          if (one.providerPaymentId !== fact.data.providerPaymentId) return [];
          if (one.lost === 0 && !(one.open && one.serious)) return [];
          const frozen = freeze(bookingId, chargebackId, one);
          return one.lost === 0 ? [frozen] : [frozen, unfreeze(bookingId, chargebackId, one.lost)];
        });
      case 'PayoutPlanned': {
        const ours = open.some((one) => one.providerPaymentId === fact.data.providerPaymentId);
        return [...(ours ? [pause(bookingId)] : []), ...take(state)];
      }
      case 'ChargebackWon':
      case 'ChargebackClosed':
        return [unfreeze(bookingId, fact.data.chargebackId, 0), ...resume(state)];
      case 'ChargebackLost': {
        const { chargebackId, amount } = fact.data;
        const one = cases[chargebackId];
        // Frozen first also where it was not: what was lost is recorded by the end of a freeze.
        const frozen = one ? [freeze(bookingId, chargebackId, one)] : [];
        return [...frozen, ...take(state), unfreeze(bookingId, chargebackId, amount), ...resume(state)];
      }
      case 'ReversalRequested':
      case 'ClawbackRecorded':
        return isLost ? resume(state) : [];
      case 'TransferProcessed':
      case 'TransferFailed':
      case 'TransferReversed':
      case 'ReversalFailed':
      case 'ReleaseAuthorized':
        return take(state);
      case 'PayoutDisputeClosed':
      case 'BookingCancelled':
      case 'RefundRequested':
        return isLost ? [...take(state), ...resume(state)] : [];
      case 'ContestRequested': {
        const { chargebackId, operationId, summary } = fact.data;
        const call = { kind: 'contest-dispute', chargebackId, bookingId, summary } as const;
        return [{ kind: 'call', operationId, bookingId, call }];
      }
      case 'AcceptRequested': {
        const { chargebackId, operationId } = fact.data;
        const call = { kind: 'accept-dispute', chargebackId, bookingId } as const;
        return [{ kind: 'call', operationId, bookingId, call }];
      }
      default:
        return [];
    }
  },
};

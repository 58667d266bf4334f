/**
 * What a chargeback of the payer's bank does to the money of its booking. Rules HC1–HC10 of SPEC.md. One instance a booking:
 * it follows the bank's cases, and of the payout as much as tells how the tutor's part comes back.
 */
import { never } from '#events/shared/never.ts';
import {
  chargebackReversalId,
  evolve,
  initial,
  keyOf,
  missing,
  owed,
  type Case,
  type HandleChargeback,
} from './chargeback-case.ts';
import { command, type Process, type Reaction } from './process.ts';

const freeze = (bookingId: string, chargebackId: string, { providerPaymentId }: Case): Reaction =>
  command(`freeze:${chargebackId}`, { type: 'FreezeRefunds', data: { bookingId, chargebackId, providerPaymentId } });

const unfreeze = (bookingId: string, chargebackId: string, lost: number): Reaction =>
  command(`unfreeze:${chargebackId}`, { type: 'UnfreezeRefunds', data: { bookingId, chargebackId, lost } });

const pause = (bookingId: string): Reaction =>
  command('pause', { type: 'PausePayout', data: { bookingId, reason: 'chargeback', until: null } });

/** Only once no case can cost this payout anything any more. */
function resume(state: HandleChargeback): readonly Reaction[] {
  const { bookingId, cases, payout } = state;
  const open = Object.values(cases).some(
    (one) => one.open && one.serious && one.providerPaymentId === payout?.providerPaymentId,
  );
  if (open || missing(state) > 0) return [];
  return [command('resume', { type: 'ResumePayout', data: { bookingId, reason: 'chargeback' } })];
}

/**
 * The tutor's part of what the bank took: out of the transfer, or owed when it is released. Refused while a dispute or
 * another reversal has the payout; the end of that brings us back here.
 */
function take(state: HandleChargeback): readonly Reaction[] {
  const { bookingId, cases, payout } = state;
  if (!payout) return [];
  return owed(state).flatMap(([chargebackId, amount]): readonly Reaction[] => {
    switch (payout.at) {
      case 'held': {
        const operationId = chargebackReversalId(chargebackId, cases[chargebackId]?.asks);
        // An order that waited while a dispute took its part back would take that part twice.
        const data = { bookingId, operationId, amount, reason: 'chargeback', after: payout.taken };
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

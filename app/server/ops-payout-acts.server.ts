/** Acts of ops on a payout, as commands. */
import type { AnyCommand } from '#events/handling/submit.ts';
import { reversalFor } from '#events/payout/dispute.ts';
import { leftOf, reversedOf, type PauseReason, type PayoutState } from '#events/payout/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import { refuse } from '#events/shared/refusal.ts';
import type { Acts, Asked } from './ops-booking-acts.server.ts';

/** As the processes name them, so that ops and a process that comes late ask for the same thing once. */
export const transferId = (bookingId: string, attempt: number): string => idFrom('transfer', bookingId, attempt);
export const releaseId = (bookingId: string): string => idFrom('release', bookingId);
export const reversalAgainId = (operationId: string): string => idFrom('reversal-again', operationId);
export const disputeReversalId = (disputeId: string): string => idFrom('reversal', disputeId);

const NO_PAYOUT = refuse('payout-unknown', 'No payout was planned for this booking.');

type Existing = Exclude<PayoutState, { kind: 'none' }>;

/** What the payout is without the dispute around it. */
const within = (payout: Existing) => (payout.kind === 'disputed' ? payout.from : payout);

/** Null: not an act on a payout. */
export async function payoutAct(asked: Asked): Promise<Acts | null> {
  const { act, bookingId, now, states } = asked;
  if (act.command === 'PlanPayout') return planPayout(asked);
  const payout = await states.payout(bookingId);
  if (payout.kind === 'none') return NO_PAYOUT;
  switch (act.command) {
    case 'RequestTransfer': {
      const operationId = transferId(bookingId, within(payout).attempts.length + 1);
      return [{ type: 'RequestTransfer', now, data: { bookingId, operationId } }];
    }
    case 'AuthorizeRelease':
      return [{ type: 'AuthorizeRelease', now, data: { bookingId, operationId: releaseId(bookingId) } }];
    case 'CancelPayout':
      return cancelPayout(asked, payout);
    case 'RequestReversal':
      return reverseAgain(asked, payout);
    case 'ResumePayout':
      return resume(asked, payout);
    case 'ClosePayoutDispute':
      return closeDispute(asked, payout);
    default:
      return null;
  }
}

/** A payout ends only where all of the payment goes back: otherwise the money would be nobody's. */
async function cancelPayout({ bookingId, now, states }: Asked, payout: Existing): Promise<Acts> {
  const booking = await states.booking(bookingId);
  if (booking.kind !== 'cancelled' || booking.cancellation.refund < within(payout).gross)
    return refuse(
      'payout-owed',
      'Part of this payment is the tutor’s. Send the transfer again, or decide the case so that all of it goes back.',
    );
  return [{ type: 'CancelPayout', now, data: { bookingId, reason: 'ops' } }];
}

async function planPayout({ bookingId, now, states }: Asked): Promise<Acts> {
  const booking = await states.booking(bookingId);
  const payment = await states.payment(bookingId);
  if (booking.kind === 'none' || payment.kind !== 'captured')
    return refuse('not-captured', 'Nothing was paid for this booking.');
  const { tutorId, policy } = booking.terms;
  const { account } = await states.tutor(tutorId);
  if (account.kind !== 'active')
    return refuse('account-not-active', 'The tutor still has no account that could be paid.');
  const { providerPaymentId, amount: gross } = payment.capture;
  const { commissionBps, holdMs } = policy;
  const data = { bookingId, tutorId, accountId: account.accountId, providerPaymentId, gross, commissionBps, holdMs };
  return [{ type: 'PlanPayout', now, data }];
}

async function reverseAgain({ bookingId, now, states }: Asked, payout: Existing): Promise<Acts> {
  const last = 'failedReversals' in payout ? payout.failedReversals.at(-1) : undefined;
  const reason = await states.lastReversalReason(bookingId);
  if (!last || reason === null) return refuse('nothing-owed', 'Nothing is left to be taken back for this booking.');
  const operationId = reversalAgainId(last.operationId);
  // What was taken back since counts towards it.
  const amount = 'owed' in payout ? Math.min(payout.owed, leftOf(payout)) : last.amount;
  return [{ type: 'RequestReversal', now, data: { bookingId, operationId, amount, reason } }];
}

const STILL: Readonly<Record<PauseReason, string>> = {
  'bank-changed': 'the tutor’s new bank details have not rested for 24 hours yet',
  'account-suspended': 'the provider has not lifted the suspension of the tutor’s account',
  chargeback: 'the payer’s bank has not decided yet',
};

/** A pause ends when its cause is over, and not because somebody is in a hurry. */
async function resume({ bookingId, now, states }: Asked, payout: Existing): Promise<Acts> {
  const { pauses, tutorId } = within(payout);
  const standing = pauses.filter(({ until }) => until === null || until > now);
  const payment = await states.payment(bookingId);
  const { account } = await states.tutor(tutorId);
  const over: Readonly<Record<PauseReason, boolean>> = {
    'bank-changed': false,
    'account-suspended': account.kind === 'active',
    chargeback: payment.kind !== 'captured' || payment.bankCases.every(({ frozen }) => !frozen),
  };
  const still = standing.filter(({ reason }) => !over[reason]);
  if (still.length > 0)
    return refuse('pause-stands', `It stays paused: ${still.map(({ reason }) => STILL[reason]).join(', and ')}.`);
  return standing.map(({ reason }): AnyCommand => ({ type: 'ResumePayout', now, data: { bookingId, reason } }));
}

/** The decision stands; what follows for the payout is worked out as its own decider does. */
async function closeDispute({ bookingId, now, states }: Asked, payout: Existing): Promise<Acts> {
  const dispute = await states.dispute(bookingId);
  if (payout.kind !== 'disputed' || (dispute.kind !== 'resolved' && dispute.kind !== 'withdrawn'))
    return refuse('dispute-not-decided', 'There is no decision that the payout waits for.');
  const { disputeId } = dispute.opened;
  const { outcome, refund } =
    dispute.kind === 'resolved' ? dispute.resolution : ({ outcome: 'withdrawn', refund: 0 } as const);
  const { from } = payout;
  const reversal = reversalFor(from, refund, 'reversals' in from ? reversedOf(from) : 0);
  const operationId = disputeReversalId(disputeId);
  const data = { bookingId, disputeId, outcome, refund, reversal, operationId };
  return [{ type: 'ClosePayoutDispute', now, data }];
}

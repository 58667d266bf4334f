/** Acts of ops on a booking, its lesson, its payment and its dispute, as commands. */
import { reviewIdOf } from '#events/dispute/events.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import { refundableOf } from '#events/payment/decide.ts';
import type { PaymentState, Refund } from '#events/payment/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import { refuse, type Refusal } from '#events/shared/refusal.ts';
import type { OpsAct } from './services.ts';
import type { StreamStates } from './stream-states.server.ts';

export interface Asked {
  readonly act: OpsAct;
  readonly bookingId: string;
  /** Who asks. */
  readonly by: string;
  readonly requestId: string;
  /** Business ms. */
  readonly now: number;
  readonly states: StreamStates;
}

export type Acts = readonly AnyCommand[] | Refusal;

const NO_BOOKING = refuse('not-found', 'There is no such booking.');

/** Null: not an act on these. */
export async function bookingAct(asked: Asked): Promise<Acts | null> {
  const { act, bookingId, now } = asked;
  switch (act.command) {
    case 'ExpireBooking':
      return [{ type: 'ExpireBooking', now, data: { bookingId } }];
    case 'CancelBooking':
      return cancelForBoth(asked);
    case 'ApproveCancellation':
    case 'RejectCancellation':
      return decideCancellation(asked);
    case 'EscalateDispute':
      return [{ type: 'EscalateDispute', now, data: { bookingId } }];
    case 'EndLesson':
      return endLesson(asked);
    case 'DecideReviewedBooking':
      return decideReviewed(asked);
    case 'RequestRefund':
      return refundAgain(asked);
    default:
      return null;
  }
}

/**
 * Cancels what one person may decide, and proposes what two must. The other acts that send money repeat what a rule or a
 * decided case has fixed already, amount and all; this is the only one in which a person says that money goes back.
 */
function cancelForBoth({ act, bookingId, by, requestId, now }: Asked): Acts {
  if (act.reason.length < 3)
    return refuse('reason-missing', 'Say why in a few words: the student and the tutor will read it.');
  const proposalId = idFrom('cancellation', bookingId, by, requestId);
  return [{ type: 'ProposeCancellation', now, data: { bookingId, proposalId, by, reason: act.reason } }];
}

/** What was shown is what is decided: the row names the proposal. */
function decideCancellation({ act, bookingId, by, now }: Asked): Acts {
  const proposalId = act.subjectId ?? '';
  if (act.command === 'ApproveCancellation')
    return [{ type: 'ApproveCancellation', now, data: { bookingId, proposalId, by } }];
  if (act.reason.length < 3)
    return refuse('reason-missing', 'Say why in a few words, so that the other one can propose better.');
  return [{ type: 'RejectCancellation', now, data: { bookingId, proposalId, by, reason: act.reason } }];
}

async function endLesson({ bookingId, now, states }: Asked): Promise<Acts> {
  const booking = await states.booking(bookingId);
  if (booking.kind === 'none' || !('lessonId' in booking)) return NO_BOOKING;
  const { lessonId, terms } = booking;
  return [{ type: 'EndLesson', now, data: { lessonId, by: 'time', policy: terms.policy } }];
}

/** A decision that the booking has not heard of is given to it; where there is none yet, the case is opened for one. */
async function decideReviewed({ bookingId, now, states }: Asked): Promise<Acts> {
  const booking = await states.booking(bookingId);
  if (booking.kind !== 'under-review') return refuse('not-under-review', 'This booking is not under review any more.');
  const dispute = await states.dispute(bookingId);
  if (dispute.kind === 'resolved') {
    const { refund, reason } = dispute.resolution;
    return [{ type: 'DecideReviewedBooking', now, data: { bookingId, refund, reason } }];
  }
  if ((await states.payout(bookingId)).kind === 'none')
    return refuse(
      'no-payout',
      'There is no payout that could wait for a decision. Cancel the booking, and all of it goes back.',
    );
  const asked = {
    kind: 'review',
    openedBy: 'policy',
    cause: booking.outcome,
    text: '',
    wants: null,
    opensAt: 0,
  } as const;
  return [{ type: 'DisputePayout', now, data: { bookingId, disputeId: reviewIdOf(bookingId), ...asked } }];
}

/** As the process names the next try, so that the two of them ask once. */
export const refundAgainId = (refundId: string): string => idFrom('refund-again', refundId);
export const lateRefundId = (bookingId: string): string => idFrom('refund', bookingId, 'late');

type Captured = Extract<PaymentState, { kind: 'captured' }>;

/** Failed, and not asked for again. */
const failedIn = (payment: Captured): readonly Refund[] =>
  payment.refunds.filter(
    ({ progress, refundId }) =>
      progress === 'failed' && !payment.refunds.some((later) => later.refundId === refundAgainId(refundId)),
  );

async function refundAgain({ act, bookingId, now, states }: Asked): Promise<Acts> {
  const payment = await states.payment(bookingId);
  if (payment.kind !== 'captured') return refuse('not-captured', 'Nothing was paid for this booking.');
  const wanted =
    act.what === 'refund-missing'
      ? [{ refundId: lateRefundId(bookingId), ...payment.capture, reason: 'paid-too-late' }]
      : failedIn(payment).map((failed) => ({ ...failed, refundId: refundAgainId(failed.refundId) }));
  const commands = wanted.flatMap(({ refundId, providerPaymentId, amount: asked, reason }): AnyCommand[] => {
    // While the payer's bank has a case open nothing of that payment is refunded.
    if (payment.bankCases.some((one) => one.frozen && one.providerPaymentId === providerPaymentId)) return [];
    // It may have taken some of it meanwhile.
    const amount = Math.min(asked, refundableOf(payment, providerPaymentId));
    if (amount === 0) return [];
    return [{ type: 'RequestRefund', now, data: { bookingId, refundId, providerPaymentId, amount, reason } }];
  });
  return commands.length > 0 ? commands : refuse('nothing-to-refund', 'Nothing is left to give back for this booking.');
}

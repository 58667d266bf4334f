/** A cancellation by ops: up to a limit one person decides, above it a second one must agree. Rules BO43–BO47. */
import { isText } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { cancellationOf, cancellationTerms } from './cancellation.ts';
import type { BookingCommandOf, BookingDecision, ExistingBooking } from './decide.ts';
import { isCancellable, type BookingEvent, type CancellationProposal } from './events.ts';
import { over } from './over.ts';

const MAX_REASON = 500;

/** Why a booking that is not paid and open takes no cancellation by ops; null where it does. */
function closed(state: ExistingBooking): Refusal | null {
  switch (state.kind) {
    case 'confirmed':
    case 'in-progress':
    case 'under-review':
      return null;
    case 'requested':
    case 'awaiting-payment':
      return refuse('not-confirmed', 'This booking is not paid yet. It ends by itself.');
    case 'completed':
    case 'closed':
      return refuse('already-completed', 'The lesson is over. What goes back is decided in its case.');
    case 'cancelled':
      return refuse('already-cancelled', 'This booking is cancelled already.');
    case 'declined':
    case 'expired':
      return over(state);
    default:
      return never(state, 'booking state');
  }
}

const isParty = ({ terms: { tutorId, studentId, bookedBy } }: ExistingBooking, by: string): boolean =>
  [tutorId, studentId, bookedBy].includes(by);

const ownCase = (): Refusal => refuse('own-case', 'Nobody decides about a booking of their own.');
const unknown = (): Refusal => refuse('proposal-unknown', 'There is no such proposal to decide about.');
const reasonMissing = (): Refusal => refuse('reason-missing', `Say why, in 3 to ${MAX_REASON} characters.`);

function cancelled(state: ExistingBooking, reason: string, now: number): BookingEvent {
  const { bookingId } = state.terms;
  const quote = cancellationOf(cancellationTerms(state), 'platform', now);
  return { type: 'BookingCancelled', data: { bookingId, by: 'platform', reason, ...quote, cancelledAt: now } };
}

/** Rules BO43–BO45. */
export function proposeCancellation(
  { data, now }: BookingCommandOf<'ProposeCancellation'>,
  state: ExistingBooking,
): BookingDecision {
  const { bookingId, proposalId, by, reason } = data;
  const no = closed(state);
  if (no || !isCancellable(state)) return no ?? unknown();
  if (isParty(state, by)) return ownCase();
  if (!isText(reason, 3, MAX_REASON)) return reasonMissing();
  const known = state.cancelling;
  if (known)
    return known.proposalId === proposalId && known.by === by && known.reason === reason
      ? []
      : refuse('proposal-open', 'A cancellation of this booking waits for a second person already.');
  if (state.turnedDown.includes(proposalId))
    return refuse('proposal-reused', 'This proposal was turned down. A new one needs a new id.');
  const { refund } = cancellationOf(cancellationTerms(state), 'platform', now);
  if (refund <= state.terms.policy.secondPersonAbove) return [cancelled(state, reason, now)];
  return [{ type: 'CancellationProposed', data: { bookingId, proposalId, refund, reason, by, at: now } }];
}

/** The proposal of this id that waits, or why `by` decides nothing about it. */
function waiting(state: ExistingBooking, proposalId: string, by: string): CancellationProposal | Refusal {
  const no = closed(state);
  if (no || !isCancellable(state)) return no ?? unknown();
  if (state.cancelling?.proposalId !== proposalId) return unknown();
  return isParty(state, by) ? ownCase() : state.cancelling;
}

/** Rule BO46. */
export function approveCancellation(
  { data, now }: BookingCommandOf<'ApproveCancellation'>,
  state: ExistingBooking,
): BookingDecision {
  const { bookingId, proposalId, by } = data;
  const proposal = waiting(state, proposalId, by);
  if (!('proposalId' in proposal)) return proposal;
  if (proposal.by === by) return refuse('second-person-needed', 'Someone else has to confirm a refund of this size.');
  return [
    { type: 'CancellationApproved', data: { bookingId, proposalId, by, at: now } },
    cancelled(state, proposal.reason, now),
  ];
}

/** Rule BO47. Who proposed may take it back too. */
export function rejectCancellation(
  { data, now }: BookingCommandOf<'RejectCancellation'>,
  state: ExistingBooking,
): BookingDecision {
  const { bookingId, proposalId, by, reason } = data;
  if (isCancellable(state) && state.turnedDown.includes(proposalId)) return [];
  const proposal = waiting(state, proposalId, by);
  if (!('proposalId' in proposal)) return proposal;
  if (!isText(reason, 3, MAX_REASON)) return reasonMissing();
  return [{ type: 'CancellationRejected', data: { bookingId, proposalId, by, reason, at: now } }];
}

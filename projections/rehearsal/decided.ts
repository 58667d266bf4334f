/**
 * One past booking decided again under a policy: what people, banks and networks did stays, what follows from rules is given
 * to the same deciders again. Rules RH5–RH12 of SPEC.md.
 */
import { decide as decideBooking, type BookingCommand } from '#events/booking/decide.ts';
import { evolve as evolveBooking, initial as noBooking, type BookingState } from '#events/booking/events.ts';
import { decide as decidePayout } from '#events/payout/decide.ts';
import { evolve as evolvePayout, initial as noPayout, type PayoutState } from '#events/payout/events.ts';
import { splitGross } from '#events/shared/money.ts';
import type { Policy } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { cancelledBy, type Happened } from './happened.ts';
import { lessonAgain, type LessonAgain, type LessonNote } from './lesson-again.ts';
import { commandAfter } from './outcome-command.ts';
import type { PastCase, PastLessonEvent } from './past.ts';
import { payoutAgain } from './payout-again.ts';
import { settle, type Dispute, type Ending, type Reckoning, type Split } from './reckoning.ts';

export interface Decided extends Reckoning {
  readonly note: LessonNote | null;
}

type CaseFact = PastCase['facts'][number];
type Of<Type extends CaseFact['type']> = Extract<CaseFact, { type: Type }>;
type Outcome = Of<'OutcomeDecided'>['data'];

/** @param lessonOf the lesson's own past. */
export function decidedUnder(
  policy: Policy,
  past: PastCase,
  was: Happened,
  lessonOf: (lessonId: string) => readonly PastLessonEvent[],
): Decided {
  const again = new Again(policy, was, lessonOf);
  for (const fact of past.facts) again.take(fact);
  return again.end();
}

/** A cancellation that is not the student's own, nor a review's, leaves nothing to decide. */
const settlesComplaint = (state: BookingState): state is Extract<BookingState, { kind: 'cancelled' }> =>
  state.kind === 'cancelled' && state.cancellation.by !== 'student' && state.cancellation.rule !== 'review';

/** Two foldings side by side: the booking as it was, and as it would have been. */
class Again {
  readonly #policy: Policy;
  readonly #was: Happened;
  readonly #lessonOf: (lessonId: string) => readonly PastLessonEvent[];
  #bookingThen: BookingState = noBooking;
  #booking: BookingState = noBooking;
  #payoutThen: PayoutState = noPayout;
  #split: Split | null = null;
  #outcome: Outcome | null = null;
  #note: LessonNote | null = null;
  #dispute: Dispute = { kind: 'none' };
  #at = 0;

  constructor(policy: Policy, was: Happened, lessonOf: (lessonId: string) => readonly PastLessonEvent[]) {
    this.#policy = policy;
    this.#was = was;
    this.#lessonOf = lessonOf;
  }

  take(fact: CaseFact): void {
    this.#at = fact.occurredAt;
    switch (fact.type) {
      case 'BookingRequested':
        this.#bookingThen = evolveBooking(this.#bookingThen, fact);
        this.#booking = evolveBooking(noBooking, { ...fact, data: { ...fact.data, policy: this.#policy } });
        return;
      case 'BookingAccepted':
      case 'BookingDeclined':
      case 'BookingConfirmed':
      case 'BookingExpired':
      case 'BookingStarted':
      case 'RescheduleProposed':
      case 'RescheduleAgreed':
      case 'RescheduleDeclined':
      case 'CancellationProposed':
      case 'CancellationApproved':
      case 'CancellationRejected':
        // What people said stands as long as the booking is where it was when they said it.
        if (this.#booking.kind === this.#bookingThen.kind) this.#booking = evolveBooking(this.#booking, fact);
        this.#bookingThen = evolveBooking(this.#bookingThen, fact);
        return;
      case 'BookingRescheduled': {
        const { bookingId, proposalId, lessonId, startsAt } = fact.data;
        const data = { bookingId, proposalId, lessonId, startsAt };
        this.#give({ type: 'CompleteReschedule', now: fact.occurredAt, data });
        this.#bookingThen = evolveBooking(this.#bookingThen, fact);
        return;
      }
      case 'OutcomeDecided':
        this.#outcome = this.#outcomeAgain(fact.data);
        return;
      case 'BookingCompleted':
      case 'BookingUnderReview':
      case 'BookingCancelled':
        this.#endAgain(fact);
        this.#bookingThen = evolveBooking(this.#bookingThen, fact);
        // Where it ended like this, the answer to the complaint is in the log: a person may have been quicker.
        if (!settlesComplaint(this.#bookingThen)) this.#settleByOutcome();
        return;
      case 'PayoutPlanned':
        this.#plan(fact);
        this.#payoutThen = evolvePayout(this.#payoutThen, fact);
        return;
      case 'PayoutDisputed':
        this.#disputeAgain(fact);
        this.#payoutThen = evolvePayout(this.#payoutThen, fact);
        return;
      case 'DisputeResolved':
        this.#resolveAgain(fact);
        return;
      case 'DisputeWithdrawn':
        if (this.#dispute.kind === 'open') this.#dispute = { kind: 'withdrawn' };
        return;
      case 'TransferRequested':
      case 'TransferProcessed':
      case 'TransferFailed':
      case 'HoldStarted':
      case 'ReleaseAuthorized':
      case 'HoldLifted':
      case 'TransferSettled':
      case 'ReversalRequested':
      case 'TransferReversed':
      case 'ReversalFailed':
      case 'PayoutCancelled':
      case 'PayoutDisputeClosed':
      case 'PayoutPaused':
      case 'PayoutResumed':
      case 'ClawbackRecorded':
        this.#payoutThen = evolvePayout(this.#payoutThen, fact);
        return;
      default:
    }
  }

  end(): Decided {
    this.#decideReviewed();
    const { policy } = this.#now();
    const { price } = this.#was.booked;
    const split = this.#split ?? { gross: price, ...splitGross(price, policy.commissionBps), holdMs: policy.holdMs };
    const ending = this.#ending();
    const dispute = this.#disputeAtEnd();
    const outcome = this.#outcome?.outcome ?? null;
    return { outcome, ending, dispute, note: this.#note, ...settle(split, ending, dispute, this.#was.bank) };
  }

  #now(): { readonly policy: Policy; readonly startsAt: number } {
    const { startsAt } = this.#booking.kind === 'none' ? this.#was.booked : this.#booking.terms;
    return { policy: this.#policy, startsAt };
  }

  #give(command: BookingCommand): void {
    const decision = decideBooking(command, this.#booking);
    if (!isRefusal(decision)) this.#booking = decision.reduce(evolveBooking, this.#booking);
  }

  #outcomeAgain(then: Outcome): Outcome {
    const again: LessonAgain | null = lessonAgain(this.#lessonOf(then.lessonId), this.#was.booked.policy, this.#policy);
    this.#note = again?.note ?? null;
    return again?.verdicts.get(then.bookingId) ?? then;
  }

  /** Who ended it: people's decisions are given again as they were, an outcome's as it is now. */
  #endAgain(fact: Of<'BookingCompleted' | 'BookingUnderReview' | 'BookingCancelled'>): void {
    const now = fact.occurredAt;
    const { bookingId } = fact.data;
    if (fact.type === 'BookingCompleted' && fact.data.outcome === 'reviewed')
      return this.#give({ type: 'DecideReviewedBooking', now, data: { bookingId, refund: 0, reason: '' } });
    if (fact.type === 'BookingCancelled') {
      const { by, rule, refund, cancelledAt } = fact.data;
      if (rule === 'review')
        return this.#give({ type: 'DecideReviewedBooking', now, data: { bookingId, refund, reason: '' } });
      if (rule !== 'tutor-no-show' && rule !== 'nobody')
        return this.#give({ type: 'CancelBooking', now: cancelledAt, data: { bookingId, by, reason: '' } });
    }
    const command = this.#outcome && commandAfter(this.#outcome);
    if (command) this.#give({ ...command, now });
  }

  #plan({ data, occurredAt: now }: Of<'PayoutPlanned'>): void {
    const { bookingId, tutorId, accountId, providerPaymentId, gross } = data;
    const { commissionBps, holdMs } = this.#policy;
    const asked = { bookingId, tutorId, accountId, providerPaymentId, gross, commissionBps, holdMs };
    const planned = decidePayout({ type: 'PlanPayout', now, data: asked }, noPayout);
    const first = isRefusal(planned) ? undefined : planned[0];
    this.#split = first?.type === 'PayoutPlanned' ? first.data : null;
  }

  /** Whether the complaint that was made could be made then (RH10). A review is asked for by an outcome alone. */
  #disputeAgain({ data, occurredAt: now }: Of<'PayoutDisputed'>): void {
    if (data.kind === 'review') {
      if (this.#booking.kind === 'under-review') this.#dispute = { kind: 'open', about: 'review' };
      return;
    }
    const { policy, startsAt } = this.#now();
    const state = payoutAgain(this.#payoutThen, this.#bookingThen, this.#booking, this.#split);
    const { at: _, ...asked } = data;
    const opensAt = startsAt + policy.disputeOpensAfterStartMs;
    // What they wrote decides nothing, and is not read.
    const answer = decidePayout({ type: 'DisputePayout', now, data: { ...asked, text: '', opensAt } }, state);
    this.#dispute = isRefusal(answer) ? { kind: 'refused', code: answer.code } : { kind: 'open', about: 'in-app' };
  }

  #resolveAgain({ data }: Of<'DisputeResolved'>): void {
    if (this.#dispute.kind !== 'open') return;
    const { refund, rule } = data;
    // An outcome settles it where there still is one that does.
    if (rule !== 'ops') return this.#settleByOutcome();
    const { about } = this.#dispute;
    const secondPerson = refund > this.#policy.secondPersonAbove;
    this.#dispute = { kind: 'decided', about, by: 'ops', refund, secondPerson };
  }

  #settleByOutcome(): void {
    if (this.#dispute.kind !== 'open' || !settlesComplaint(this.#booking)) return;
    const { refund } = this.#booking.cancellation;
    const { about } = this.#dispute;
    this.#dispute = { kind: 'decided', about, by: 'rule', refund, secondPerson: false };
  }

  /** A lesson that came to a review only here: what people decided about the complaint decides it too. */
  #decideReviewed(): void {
    if (this.#booking.kind !== 'under-review' || this.#dispute.kind !== 'decided') return;
    const data = { bookingId: this.#booking.terms.bookingId, refund: this.#dispute.refund, reason: '' };
    this.#give({ type: 'DecideReviewedBooking', now: this.#at, data });
  }

  #ending(): Ending {
    const state = this.#booking;
    switch (state.kind) {
      case 'completed':
      case 'closed':
        return { kind: 'completed', outcome: state.outcome, t0: state.t0 };
      case 'cancelled':
        return this.#was.ending.kind === 'unpaid' ? { kind: 'unpaid' } : cancelledBy(state.cancellation);
      case 'under-review':
        return { kind: 'review' };
      case 'confirmed':
      case 'in-progress':
        return { kind: 'open' };
      default:
        return { kind: 'unpaid' };
    }
  }

  /** Where a review would have been asked for that nobody was asked, it waits for people. */
  #disputeAtEnd(): Dispute {
    const waits = this.#booking.kind === 'under-review' && this.#was.ending.kind !== 'review';
    const free =
      this.#dispute.kind === 'none' || this.#dispute.kind === 'refused' || this.#dispute.kind === 'withdrawn';
    return waits && free ? { kind: 'open', about: 'review' } : this.#dispute;
  }
}

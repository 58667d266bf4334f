/** Disputes and chargebacks: who may open, answer and decide them. What is allowed when, the streams decide. */
import { disputeIdOf } from '#events/dispute/events.ts';
import { fromPerson } from '#events/handling/context.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { splitGross, tutorPartOfRefund } from '#events/shared/money.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { BookingRow } from '#projections/queries.ts';
import { bookingSideOf, bookingState, NO_BOOKING, type BookingParts } from './booking-services.server.ts';
import { freezeEvidence } from './evidence-services.server.ts';
import type { CaseServices, Person, ResolutionPreview } from './services.ts';
import { isPartyOf } from './visibility.server.ts';

const MAX_TEXT = 4_000;
const NO_CHARGEBACK = refuse('not-found', 'There is no such bank dispute.');
const NOT_OPS = refuse('forbidden', 'Only ops decide cases.');
const OWN_CASE = refuse('own-case', 'You are a party of this case. Someone else of ops must decide it.');

/** How long a page waits for the case that follows from a complaint, wall ms. */
const OPENED_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 40;

export function caseServices(parts: BookingParts): CaseServices {
  const { store, submit, queries, now, seen } = parts;

  const give = async (
    person: Person,
    requestId: string,
    command: AnyCommand,
    role: 'student' | 'tutor' | 'ops',
  ): Promise<readonly string[] | Refusal> => {
    const done = await submit(
      command,
      fromPerson({ personId: person.personId, requestId, command: command.type, role }),
    );
    if (isRefusal(done)) return done;
    await seen(done.position);
    return done.events.map((event) => event.type);
  };

  const textOr = (text: string, kept: string): string | Refusal => {
    const trimmed = text.trim();
    if (trimmed === '') return refuse('text-missing', kept);
    if (trimmed.length > MAX_TEXT) return refuse('text-too-long', 'Keep it under 4,000 characters.');
    return trimmed;
  };

  async function sideOf(person: Person, bookingId: string) {
    const booking = await queries.booking(bookingId);
    const by = booking && (await bookingSideOf(queries, person, booking));
    return booking && by ? { booking, by } : null;
  }

  /** The booking of a case that this person may decide. */
  async function decidable(person: Person, bookingId: string): Promise<BookingRow | Refusal> {
    // A booking that they never heard of answers like one that there is not.
    if (!person.roles.includes('ops')) return (await sideOf(person, bookingId)) ? NOT_OPS : NO_BOOKING;
    const booking = await queries.booking(bookingId);
    if (!booking) return NO_BOOKING;
    return (await isPartyOf(queries, person, booking)) ? OWN_CASE : booking;
  }

  async function waitForCase(bookingId: string): Promise<void> {
    const until = Date.now() + OPENED_WITHIN_MS;
    while (Date.now() < until && (await queries.dispute(bookingId)) === null)
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }

  return {
    async openDispute(person, bookingId, { cause, text, wants }, requestId) {
      const side = await sideOf(person, bookingId);
      if (!side) return NO_BOOKING;
      if (side.by !== 'student')
        return refuse(
          'forbidden',
          'Only the student’s side reports a problem with a lesson. You will be asked to answer.',
        );
      const said = textOr(text, 'Say in a few words what happened.');
      if (isRefusal(said)) return said;
      const state = await bookingState(store, bookingId);
      if (state.kind === 'none') return NO_BOOKING;
      if (state.kind === 'under-review')
        return refuse('case-open', 'We are looking at this lesson already. Add what you know to the case.');
      if (state.kind !== 'confirmed' && state.kind !== 'in-progress' && state.kind !== 'completed')
        return refuse('nothing-to-dispute', 'There is no payment to the tutor that could be stopped for this booking.');
      const { startsAt, price, policy } = state.terms;
      if (wants !== null && (!Number.isInteger(wants) || wants < 1 || wants > price))
        return refuse('amount-invalid', 'Ask for an amount between ₹0.01 and what was paid.');
      const done = await give(
        person,
        requestId,
        {
          type: 'DisputePayout',
          now: now(),
          data: {
            bookingId,
            disputeId: disputeIdOf(bookingId),
            kind: 'in-app',
            openedBy: person.personId,
            cause,
            text: said,
            wants,
            opensAt: startsAt + policy.disputeOpensAfterStartMs,
          },
        },
        'student',
      );
      if (isRefusal(done)) return done;
      await waitForCase(bookingId);
      return { kind: 'opened' };
    },

    async answerDispute(person, bookingId, text, requestId) {
      const side = await sideOf(person, bookingId);
      if (!side) return NO_BOOKING;
      if (side.by !== 'tutor') return refuse('forbidden', 'The tutor answers. You can add to what you wrote.');
      const said = textOr(text, 'Write your answer first.');
      if (isRefusal(said)) return said;
      const data = { bookingId, by: person.personId, text: said };
      const done = await give(person, requestId, { type: 'AnswerDispute', now: now(), data }, 'tutor');
      return isRefusal(done) ? done : { kind: 'answered' };
    },

    async addStatement(person, bookingId, text, requestId) {
      const side = await sideOf(person, bookingId);
      // Ops ask both sides, where they could decide too.
      if (!side && isRefusal(await decidable(person, bookingId))) return NO_BOOKING;
      const said = textOr(text, 'Write something first.');
      if (isRefusal(said)) return said;
      const data = { bookingId, by: person.personId, text: said };
      const done = await give(person, requestId, { type: 'AddStatement', now: now(), data }, side?.by ?? 'ops');
      return isRefusal(done) ? done : { kind: 'added' };
    },

    async withdrawDispute(person, bookingId, requestId) {
      const side = await sideOf(person, bookingId);
      if (!side || side.by !== 'student') return NO_BOOKING;
      const data = { bookingId, by: person.personId };
      const done = await give(person, requestId, { type: 'WithdrawDispute', now: now(), data }, 'student');
      return isRefusal(done) ? done : { kind: 'withdrawn' };
    },

    async previewResolution(person, bookingId, refund) {
      const booking = await decidable(person, bookingId);
      if (isRefusal(booking)) return booking;
      const state = await bookingState(store, bookingId);
      if (state.kind === 'none') return NO_BOOKING;
      const { price: gross, policy } = state.terms;
      if (!Number.isInteger(refund) || refund < 0 || refund > gross)
        return refuse('amount-invalid', 'The refund lies between nothing and what was paid.');
      const { share } = splitGross(gross, policy.commissionBps);
      const reversal = refund === gross ? share : tutorPartOfRefund(refund, share, gross);
      const tutorGets = share - reversal;
      const preview: ResolutionPreview = {
        gross,
        refund,
        reversal,
        tutorGets,
        commission: gross - refund - tutorGets,
        needsSecond: refund > policy.secondPersonAbove,
      };
      return preview;
    },

    async proposeResolution(person, bookingId, { refund, reason }, requestId) {
      const booking = await decidable(person, bookingId);
      if (isRefusal(booking)) return booking;
      const said = textOr(reason, 'Say why: both sides will read it.');
      if (isRefusal(said)) return said;
      const state = await bookingState(store, bookingId);
      if (state.kind === 'none') return NO_BOOKING;
      const proposalId = idFrom('resolution', bookingId, person.personId, requestId);
      const {
        price,
        policy: { secondPersonAbove },
      } = state.terms;
      if (!Number.isInteger(refund) || refund < 0 || refund > price)
        return refuse('refund-invalid', 'Between nothing and what was paid can go back.');
      const kept = await freezeEvidence(parts, person, { bookingId, proposalId, step: 'proposal' });
      if (kept) return kept;
      const done = await give(
        person,
        requestId,
        {
          type: 'ProposeResolution',
          now: now(),
          data: { bookingId, proposalId, refund, reason: said, by: person.personId, secondPersonAbove },
        },
        'ops',
      );
      if (isRefusal(done)) return done;
      return { kind: done.includes('DisputeResolved') ? 'resolved' : 'proposed' };
    },

    async approveResolution(person, bookingId, proposalId, requestId) {
      const booking = await decidable(person, bookingId);
      if (isRefusal(booking)) return booking;
      const kept = await freezeEvidence(parts, person, { bookingId, proposalId, step: 'approval' });
      if (kept) return kept;
      const data = { bookingId, proposalId, by: person.personId };
      const done = await give(person, requestId, { type: 'ApproveResolution', now: now(), data }, 'ops');
      return isRefusal(done) ? done : { kind: 'resolved' };
    },

    async rejectResolution(person, bookingId, proposalId, reason, requestId) {
      const booking = await decidable(person, bookingId);
      if (isRefusal(booking)) return booking;
      const said = textOr(reason, 'Say why, so that the other one can propose better.');
      if (isRefusal(said)) return said;
      const data = { bookingId, proposalId, by: person.personId, reason: said };
      const done = await give(person, requestId, { type: 'RejectResolution', now: now(), data }, 'ops');
      return isRefusal(done) ? done : { kind: 'rejected' };
    },

    async contestChargeback(person, chargebackId, summary, requestId) {
      const found = await decidableChargeback(person, chargebackId);
      if (isRefusal(found)) return found;
      const said = textOr(summary, 'Write what the bank should know.');
      if (isRefusal(said)) return said;
      if (said.length > 1_000) return refuse('text-too-long', 'The bank reads 1,000 characters at most.');
      // Of this request: what failed under one id is never sent again under it.
      const operationId = idFrom('contest', chargebackId, found.round, person.personId, requestId);
      const data = { chargebackId, operationId, by: person.personId, summary: said, parties: partiesOf(found.booking) };
      const done = await give(person, requestId, { type: 'RequestContest', now: now(), data }, 'ops');
      return isRefusal(done) ? done : { kind: 'asked' };
    },

    async acceptChargeback(person, chargebackId, reason, requestId) {
      const found = await decidableChargeback(person, chargebackId);
      if (isRefusal(found)) return found;
      const said = textOr(reason, 'Say why we accept it.');
      if (isRefusal(said)) return said;
      const operationId = idFrom('accept', chargebackId, found.round, person.personId, requestId);
      const data = { chargebackId, operationId, by: person.personId, reason: said, parties: partiesOf(found.booking) };
      const done = await give(person, requestId, { type: 'RequestAccept', now: now(), data }, 'ops');
      return isRefusal(done) ? done : { kind: 'asked' };
    },
  };

  async function decidableChargeback(
    person: Person,
    chargebackId: string,
  ): Promise<{ round: number; booking: BookingRow } | Refusal> {
    if (!person.roles.includes('ops')) return NOT_OPS;
    const chargeback = await queries.chargeback(chargebackId);
    const booking = chargeback && (await queries.booking(chargeback.bookingId));
    if (!chargeback || !booking) return NO_CHARGEBACK;
    return (await isPartyOf(queries, person, booking)) ? OWN_CASE : { round: chargeback.round, booking };
  }
}

const partiesOf = (booking: BookingRow): readonly string[] => [booking.tutorId, booking.studentId, booking.bookedBy];

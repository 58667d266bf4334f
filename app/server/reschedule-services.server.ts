/** Moving a booked lesson to another time. The calendar decides about the seat; whose yes is needed, the booking does. */
import { fromPerson } from '#events/handling/context.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { BookingRow } from '#projections/queries.ts';
import { bookingSideOf, bookingState, NO_BOOKING, type BookingParts } from './booking-services.server.ts';
import type { Person, RescheduleServices } from './services.ts';

/** How long a page waits for the calendar's answer before it shows that the move is on its way, wall ms. */
const MOVED_WITHIN_MS = 4_000;
const LOOK_EVERY_MS = 40;

export function rescheduleServices(parts: BookingParts): RescheduleServices {
  const { store, submit, queries, now, seen } = parts;

  async function sideOf(
    person: Person,
    bookingId: string,
  ): Promise<{ booking: BookingRow; by: 'student' | 'tutor' } | Refusal> {
    const booking = await queries.booking(bookingId);
    const by = booking && (await bookingSideOf(queries, person, booking));
    return booking && by ? { booking, by } : NO_BOOKING;
  }

  const context = (
    person: Person,
    requestId: string,
    command: 'ProposeReschedule' | 'AnswerReschedule' | 'WithdrawReschedule',
  ) => fromPerson({ personId: person.personId, requestId, command });

  /** What became of the agreed proposal. The booking's stream says it: rows may not have seen even the proposal yet. */
  async function decided(bookingId: string, proposalId: string): Promise<'moved' | 'moving' | Refusal> {
    const until = Date.now() + MOVED_WITHIN_MS;
    for (;;) {
      const state = await bookingState(store, bookingId);
      const how = 'proposals' in state ? state.proposals[proposalId] : undefined;
      if (how === 'moved') return 'moved';
      if (how !== undefined)
        return refuse('not-available', 'That time was taken a moment ago. Your lesson stays where it is.');
      if (state.kind === 'cancelled')
        return refuse('already-cancelled', 'The booking was cancelled meanwhile, so the lesson is not moved.');
      if (Date.now() > until) return 'moving';
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  }

  return {
    async proposeReschedule(person, bookingId, startsAt, requestId) {
      const side = await sideOf(person, bookingId);
      if (isRefusal(side)) return side;
      const proposalId = idFrom('reschedule', bookingId, person.personId, requestId);
      const proposed = await submit(
        { type: 'ProposeReschedule', now: now(), data: { bookingId, proposalId, by: side.by, startsAt } },
        context(person, requestId, 'ProposeReschedule'),
      );
      if (isRefusal(proposed)) return proposed;
      await seen(proposed.position);
      if (!proposed.events.some((event) => event.type === 'RescheduleAgreed')) return { kind: 'asked' };
      const outcome = await decided(bookingId, proposalId);
      return isRefusal(outcome) ? outcome : { kind: outcome };
    },

    async answerReschedule(person, bookingId, proposalId, agree, requestId) {
      const side = await sideOf(person, bookingId);
      if (isRefusal(side)) return side;
      const answered = await submit(
        { type: 'AnswerReschedule', now: now(), data: { bookingId, proposalId, by: side.by, agree } },
        context(person, requestId, 'AnswerReschedule'),
      );
      if (isRefusal(answered)) return answered;
      await seen(answered.position);
      if (!agree) return { kind: 'declined' };
      const outcome = await decided(bookingId, proposalId);
      return isRefusal(outcome) ? outcome : { kind: outcome };
    },

    async withdrawReschedule(person, bookingId, proposalId, requestId) {
      const side = await sideOf(person, bookingId);
      if (isRefusal(side)) return side;
      const withdrawn = await submit(
        { type: 'WithdrawReschedule', now: now(), data: { bookingId, proposalId, by: side.by } },
        context(person, requestId, 'WithdrawReschedule'),
      );
      if (isRefusal(withdrawn)) return withdrawn;
      await seen(withdrawn.position);
      return { kind: 'withdrawn' };
    },
  };
}

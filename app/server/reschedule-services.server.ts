/** Moving a booked lesson to another time. The calendar decides about the seat; whose yes is needed, the booking does. */
import { fromPerson } from '#events/handling/context.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { BookingRow } from '#projections/queries.ts';
import { bookingSideOf, NO_BOOKING, type BookingParts } from './booking-services.server.ts';
import type { Person, RescheduleServices } from './services.ts';

/** How long a page waits for the calendar's answer before it shows that the move is on its way, wall ms. */
const MOVED_WITHIN_MS = 4_000;
const LOOK_EVERY_MS = 40;

export function rescheduleServices(parts: BookingParts): RescheduleServices {
  const { submit, queries, now, seen } = parts;

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

  /** What became of the proposal once the calendar has answered; null while it has not. */
  async function decided(bookingId: string, startsAt: number): Promise<'moved' | Refusal | null> {
    const until = Date.now() + MOVED_WITHIN_MS;
    for (;;) {
      const booking = await queries.booking(bookingId);
      if (booking?.startsAt === startsAt && booking.reschedule === null) return 'moved';
      if (booking && booking.reschedule === null)
        return refuse('not-available', 'That time was taken a moment ago. Your lesson stays where it is.');
      if (Date.now() > until) return null;
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
      const outcome = await decided(bookingId, startsAt);
      return isRefusal(outcome) ? outcome : { kind: 'moved' };
    },

    async answerReschedule(person, bookingId, proposalId, agree, requestId) {
      const side = await sideOf(person, bookingId);
      if (isRefusal(side)) return side;
      const wanted = side.booking.reschedule;
      const answered = await submit(
        { type: 'AnswerReschedule', now: now(), data: { bookingId, proposalId, by: side.by, agree } },
        context(person, requestId, 'AnswerReschedule'),
      );
      if (isRefusal(answered)) return answered;
      await seen(answered.position);
      if (!agree) return { kind: 'declined' };
      const outcome = wanted ? await decided(bookingId, wanted.startsAt) : null;
      return isRefusal(outcome) ? outcome : { kind: 'moved' };
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

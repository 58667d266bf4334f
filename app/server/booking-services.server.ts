/** Booking, cancelling and paying, as the pages and the API ask for them. Identity, price and time come from here. */
import type { Role } from '#events/access/roles.ts';
import { cancellationOf, cancellationTerms } from '#events/booking/decide.ts';
import { evolve, initial, type BookingState } from '#events/booking/events.ts';
import { fromPerson, fromSystem } from '#events/handling/context.ts';
import { recogniseAs } from '#events/handling/registry.ts';
import type { Submit } from '#events/handling/submit.ts';
import { policyAt } from '#events/shared/policy.ts';
import { isRefusal, refuse } from '#events/shared/refusal.ts';
import type { Refusal } from '#events/shared/refusal.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { BookingRow, Queries } from '#projections/queries.ts';
import type { BookingRequest, Person, Services } from './services.ts';
import { maySeeBooking, studentsInReach } from './visibility.server.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** How long a page waits for its booking to be accepted or declined before it shows "confirming", wall ms. */
const DECIDED_WITHIN_MS = 4_000;
const LOOK_EVERY_MS = 40;
/** The provider is not asked about the same booking more often than this, wall ms. */
const LOOK_AGAIN_AFTER_MS = 1_000;

export const NO_BOOKING = refuse('not-found', 'There is no such booking.');

export interface BookingParts {
  readonly store: EventStore;
  readonly submit: Submit;
  readonly queries: Queries;
  readonly now: () => number;
  readonly seen: Services['seen'];
  /** Fetches the order's payments from the provider and records what they say. */
  readonly observeOrder: (bookingId: string) => Promise<void>;
  /** Signature over the order id that WE stored, then a fetch. */
  readonly checkReturn: (
    bookingId: string,
    result: { razorpay_payment_id: string; razorpay_order_id: string; razorpay_signature: string },
  ) => Promise<{ kind: 'verified' } | Refusal>;
}

/** The booking as its stream has it, ahead of any row. */
export async function bookingState(store: EventStore, bookingId: string): Promise<BookingState> {
  const history = await store.read(`booking-${bookingId}`);
  return history.flatMap((event) => recogniseAs(event, 'booking') ?? []).reduce(evolve, initial);
}

const PERSON_ERASED = refuse('person-erased', 'One of the accounts of this booking is deleted.');

async function someErased(store: EventStore, people: ReadonlySet<string>): Promise<boolean> {
  for (const personId of people) {
    const [last] = await store.read(`person-${personId}`, { direction: 'backwards', limit: 1 });
    if (last?.type === 'PersonErased') return true;
  }
  return false;
}

/** On whose side this person acts for the booking; null: it is not theirs to act for. */
export async function bookingSideOf(
  queries: Queries,
  person: Person,
  booking: BookingRow,
): Promise<'student' | 'tutor' | null> {
  if (person.personId === booking.tutorId) return 'tutor';
  const theirs =
    person.personId === booking.bookedBy || (await studentsInReach(queries, person)).has(booking.studentId);
  return theirs ? 'student' : null;
}

/** The role in which someone books, cancels or pays: the first that may. */
const roleFor = (person: Person): Role =>
  person.roles.find(
    (role) => role === 'student' || role === 'guardian' || role === 'institute-admin' || role === 'tutor',
  ) ?? 'student';

type BookingServices = Pick<
  Services,
  'book' | 'cancel' | 'cancelQuote' | 'answer' | 'verifyCheckout' | 'refreshPayment' | 'visibleBooking'
>;

export function bookingServices(parts: BookingParts): BookingServices {
  const { store, submit, queries, now, seen } = parts;

  /** One question to the provider a booking at a time, however many pages ask. */
  const looking = new Map<string, Promise<void>>();

  async function visibleBooking(person: Person, bookingId: string): Promise<BookingRow | null> {
    const booking = await queries.booking(bookingId);
    return booking && (await maySeeBooking(queries, person, booking)) ? booking : null;
  }

  async function waitUntilDecided(bookingId: string): Promise<BookingRow | null> {
    const until = Date.now() + DECIDED_WITHIN_MS;
    for (;;) {
      const booking = await queries.booking(bookingId);
      const waiting =
        !booking ||
        (booking.state === 'requested' && booking.mode === 'instant') ||
        (booking.state === 'awaiting-payment' && booking.orderId === null);
      if (!waiting || Date.now() > until) return booking;
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  }

  /**
   * What a booking beside an erasure comes to. The log says whose it is: a request that names someone erased must not end
   * another booking. Asked again after a failure, it finishes what was begun.
   */
  async function takeBack(person: Person, bookingId: string): Promise<Refusal> {
    const state = await bookingState(store, bookingId);
    if (state.kind === 'none' || state.terms.bookedBy !== person.personId) return PERSON_ERASED;
    const { bookedBy, studentId, tutorId } = state.terms;
    if (await someErased(store, new Set([bookedBy, studentId, tutorId]))) {
      const data = { bookingId, by: 'platform', reason: '' } as const;
      await submit({ type: 'CancelBooking', now: now(), data }, fromSystem('booking', `${bookingId} erased`));
    }
    return PERSON_ERASED;
  }

  return {
    visibleBooking,

    async book(person: Person, request: BookingRequest, correlationId: string) {
      if (!UUID.test(request.requestId)) return refuse('bad-request-id', 'The request id must be a UUID.');
      const mayBook = person.roles.some(
        (role) => role === 'student' || role === 'guardian' || role === 'institute-admin',
      );
      if (!mayBook) return refuse('forbidden', 'Book with a student’s or a guardian’s account.');
      const reach = await studentsInReach(queries, person);
      const forThemselves = request.studentId === person.personId;
      if (!reach.has(request.studentId) || (forThemselves && !person.roles.includes('student')))
        return refuse('forbidden', 'You can book for yourself as a student, or for a child that you act for.');
      // Rows may be a moment behind an erasure, and a session may outlive it: the stream knows.
      const involved = new Set([person.personId, request.studentId, request.tutorId]);
      if (await someErased(store, involved)) return takeBack(person, request.requestId);
      const tutor = await queries.tutorById(request.tutorId);
      const offer = tutor?.offers.find((one) => one.offerId === request.offerId);
      if (!tutor || !offer) return refuse('not-found', 'This tutor does not offer that lesson any more.');
      if (!tutor.bookable)
        return refuse('tutor-not-bookable', 'This tutor cannot be booked yet: their account for payouts is not ready.');
      const subject = tutor.subjects.find((one) => one === request.subject) ?? tutor.subjects[0] ?? 'Lesson';

      const submitted = await submit(
        {
          type: 'RequestBooking',
          now: now(),
          data: {
            bookingId: request.requestId,
            tutorId: tutor.tutorId,
            studentId: request.studentId,
            bookedBy: person.personId,
            offerId: offer.offerId,
            subject,
            startsAt: request.startsAt,
            minutes: offer.minutes,
            seats: offer.seats,
            price: offer.price,
            mode: tutor.mode,
            policy: policyAt(now()),
            note: request.note.trim().slice(0, 1_000),
          },
        },
        fromPerson({
          personId: person.personId,
          requestId: request.requestId,
          command: 'RequestBooking',
          role: roleFor(person),
          correlationId,
        }),
      );
      if (isRefusal(submitted)) return submitted;
      const booking = await waitUntilDecided(request.requestId);
      // Erased after they were looked at: an erasure that began before the booking had a row did not see it.
      if (await someErased(store, involved)) return takeBack(person, request.requestId);
      if (booking?.state === 'declined') return declined(booking);
      return { kind: 'booked' as const, bookingId: request.requestId };
    },

    async cancel(person, bookingId, reason, requestId) {
      const booking = await visibleBooking(person, bookingId);
      if (!booking) return NO_BOOKING;
      const by = await bookingSideOf(queries, person, booking);
      if (!by) return refuse('forbidden', 'This booking is not yours to cancel.');
      const cancelled = await submit(
        { type: 'CancelBooking', now: now(), data: { bookingId, by, reason: reason.trim().slice(0, 500) } },
        fromPerson({
          personId: person.personId,
          requestId,
          command: 'CancelBooking',
          role: roleFor(person),
        }),
      );
      if (isRefusal(cancelled)) return cancelled;
      await seen(cancelled.position);
      return { kind: 'cancelled' as const };
    },

    async cancelQuote(bookingId, by) {
      const state = await bookingState(store, bookingId);
      return state.kind === 'none' ? NO_BOOKING : cancellationOf(cancellationTerms(state), by, now());
    },

    async answer(person, bookingId, accept) {
      const booking = await queries.booking(bookingId);
      if (!booking || booking.tutorId !== person.personId) return NO_BOOKING;
      const rows = await queries.timeline(bookingId);
      const held = rows.find((row) => row.type === 'SeatHeld');
      const lessonId = held?.data.lessonId;
      if (accept && typeof lessonId !== 'string')
        return refuse('seat-not-held', 'The seat is not held yet. Try again in a moment.');
      const command = accept ? 'AcceptBooking' : 'DeclineBooking';
      const context = fromPerson({ personId: person.personId, requestId: bookingId, command, role: 'tutor' });
      const answered =
        accept && typeof lessonId === 'string'
          ? await submit({ type: 'AcceptBooking', now: now(), data: { bookingId, lessonId } }, context)
          : await submit({ type: 'DeclineBooking', now: now(), data: { bookingId, reason: 'by-tutor' } }, context);
      if (isRefusal(answered)) return answered;
      await seen(answered.position);
      return { kind: 'answered' as const };
    },

    async verifyCheckout(person, bookingId, result) {
      const booking = await visibleBooking(person, bookingId);
      if (!booking) return NO_BOOKING;
      const checked = await parts.checkReturn(bookingId, result);
      if (isRefusal(checked)) return checked;
      const until = Date.now() + 1_000;
      while (Date.now() < until) {
        const fresh = await queries.booking(bookingId);
        if (fresh && fresh.state !== 'awaiting-payment') break;
        await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
      }
      return { kind: 'verified' as const };
    },

    refreshPayment(bookingId) {
      const under = looking.get(bookingId);
      if (under) return under;
      const look = parts
        .observeOrder(bookingId)
        .finally(() => setTimeout(() => looking.delete(bookingId), LOOK_AGAIN_AFTER_MS).unref());
      looking.set(bookingId, look);
      return look;
    },
  };
}

function declined(booking: BookingRow): Refusal {
  switch (booking.declineReason) {
    case 'seat-taken':
      return refuse('seat-taken', 'Someone else took the last seat a moment ago. You have not been charged.');
    case 'already-booked':
      return refuse('already-booked', 'You already have a seat in this lesson. You have not been charged again.');
    default:
      return refuse('not-available', 'This time is not free any more. You have not been charged.');
  }
}

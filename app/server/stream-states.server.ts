/** The state of a booking's streams, and of a lesson, as their deciders see it: what a read model, which may lag, is not asked for. */
import * as booking from '#events/booking/events.ts';
import * as dispute from '#events/dispute/events.ts';
import { recogniseAs, UnknownEvent, type Category, type EventOf } from '#events/handling/registry.ts';
import * as lesson from '#events/lesson/events.ts';
import * as payment from '#events/payment/events.ts';
import * as payout from '#events/payout/events.ts';
import * as tutor from '#events/tutor/events.ts';
import { fold } from '#events/shared/decider.ts';
import type { EventStore } from '#events/store/event-store.ts';

export interface StreamStates {
  booking(bookingId: string): Promise<booking.BookingState>;
  dispute(bookingId: string): Promise<dispute.DisputeState>;
  lesson(lessonId: string): Promise<lesson.LessonState>;
  payment(bookingId: string): Promise<payment.PaymentState>;
  payout(bookingId: string): Promise<payout.PayoutState>;
  tutor(tutorId: string): Promise<tutor.TutorState>;
  /** Why the last reversal of the payout was asked for; null when none was. */
  lastReversalReason(bookingId: string): Promise<string | null>;
}

/** Each throws `UnknownEvent` over a stream that it cannot read whole. */
export function streamStates(store: EventStore): StreamStates {
  async function history<C extends Category>(category: C, id: string): Promise<readonly EventOf[C][]> {
    return (await store.read(`${category}-${id}`)).map((event) => {
      const known = recogniseAs(event, category);
      if (!known) throw new UnknownEvent(event);
      return known;
    });
  }
  return {
    booking: async (id) => fold(booking, await history('booking', id)),
    dispute: async (id) => fold(dispute, await history('dispute', id)),
    lesson: async (id) => fold(lesson, await history('lesson', id)),
    payment: async (id) => fold(payment, await history('payment', id)),
    payout: async (id) => fold(payout, await history('payout', id)),
    tutor: async (id) => fold(tutor, await history('tutor', id)),
    async lastReversalReason(id) {
      const asked = (await history('payout', id)).findLast((event) => event.type === 'ReversalRequested');
      return asked?.data.reason ?? null;
    },
  };
}

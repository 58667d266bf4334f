/** The state of a booking's streams as their deciders see it: what a read model, which may lag, is not asked for. */
import * as booking from '#events/booking/events.ts';
import * as chargeback from '#events/chargeback/events.ts';
import * as dispute from '#events/dispute/events.ts';
import { recogniseAs, UnknownEvent, type Category, type EventOf } from '#events/handling/registry.ts';
import * as payment from '#events/payment/events.ts';
import * as payout from '#events/payout/events.ts';
import { fold } from '#events/shared/decider.ts';
import type { EventStore } from '#events/store/event-store.ts';

export interface Streams {
  booking(bookingId: string): Promise<booking.BookingState>;
  chargeback(chargebackId: string): Promise<chargeback.ChargebackState>;
  dispute(bookingId: string): Promise<dispute.DisputeState>;
  payment(bookingId: string): Promise<payment.PaymentState>;
  payout(bookingId: string): Promise<payout.PayoutState>;
}

/** Each throws `UnknownEvent` over a stream that it cannot read whole. */
export function streamsOf(store: EventStore): Streams {
  async function history<C extends Category>(category: C, id: string): Promise<readonly EventOf[C][]> {
    return (await store.read(`${category}-${id}`)).map((event) => {
      const known = recogniseAs(event, category);
      if (!known) throw new UnknownEvent(event);
      return known;
    });
  }
  return {
    booking: async (id) => fold(booking, await history('booking', id)),
    chargeback: async (id) => fold(chargeback, await history('chargeback', id)),
    dispute: async (id) => fold(dispute, await history('dispute', id)),
    payment: async (id) => fold(payment, await history('payment', id)),
    payout: async (id) => fold(payout, await history('payout', id)),
  };
}

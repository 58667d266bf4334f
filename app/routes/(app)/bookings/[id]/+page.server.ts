import { fail } from '@sveltejs/kit';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { BookingRow, TimelineRow } from '#projections/queries.ts';
import type { Person } from '#app/server/services.ts';
import { bookingFor, readerOf, timelineFor } from '#app/server/views.server.ts';
import { personOf, requestIdOf, textOf, unknownPage } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { timelineEntries, timelineLanes } from '$lib/timeline-words.ts';
import { zoneOf } from '$lib/zone-of.ts';
import { BOOKING } from './key.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const MAX_REASON = 500;

async function bookingOf(event: RequestEvent): Promise<{ person: Person; booking: BookingRow }> {
  const person = personOf(event);
  const booking = await event.locals.services.visibleBooking(person, event.params.id);
  if (!booking) unknownPage();
  return { person, booking };
}

const lastAt = (rows: readonly TimelineRow[], type: string): number | null =>
  rows.findLast((row) => row.type === type)?.occurredAt ?? null;

export const load: PageServerLoad = async (event) => {
  const { services } = event.locals;
  event.depends(BOOKING, LIVE);
  const { person, booking } = await bookingOf(event);
  const { bookingId } = booking;
  const [rows, payout] = await Promise.all([services.queries.timeline(bookingId), services.queries.payout(bookingId)]);
  const reader = readerOf(person, booking);
  const shown = timelineFor(reader, booking, rows);
  const words = messagesIn('en').timeline;
  return {
    booking: bookingFor(reader, booking),
    reader,
    ownSeat: person.personId === booking.studentId,
    payer: { name: person.name, email: person.email },
    checkout: services.checkout,
    opensAt: booking.startsAt - POLICY_2026_11.opensBeforeMs,
    /** End of the 72 hours; null until the outcome is known. */
    holdUntil: payout?.releaseAt ?? null,
    refundSentAt: lastAt(rows, 'RefundProcessed') ?? lastAt(rows, 'RefundRequested'),
    entries: timelineEntries(
      shown,
      {
        reader,
        viewerId: person.personId,
        tutorId: booking.tutorId,
        tutorName: booking.tutorName,
        studentId: booking.studentId,
        studentName: booking.studentName,
        zone: zoneOf(event.cookies, person),
      },
      words,
    ).map((entry) => ({ ...entry, raw: undefined })),
    lanes: timelineLanes(words),
    cancelId: crypto.randomUUID(),
  };
};

export const actions: Actions = {
  verify: async (event) => {
    const { person, booking } = await bookingOf(event);
    const form = await event.request.formData();
    const verified = await event.locals.services.verifyCheckout(person, booking.bookingId, {
      razorpay_payment_id: textOf(form, 'razorpay_payment_id'),
      razorpay_order_id: textOf(form, 'razorpay_order_id'),
      razorpay_signature: textOf(form, 'razorpay_signature'),
    });
    if (isRefusal(verified)) return fail(409, { code: verified.code, message: verified.message });
    return { verified: true };
  },

  /** An attempt failed or the window was closed: the provider is asked what really happened. */
  refresh: async (event) => {
    const { booking } = await bookingOf(event);
    await event.locals.services.refreshPayment(booking.bookingId);
    return { refreshed: true };
  },

  quote: async (event) => {
    const { person, booking } = await bookingOf(event);
    const by = readerOf(person, booking) === 'tutor' ? 'tutor' : 'student';
    const quote = await event.locals.services.cancelQuote(booking.bookingId, by);
    if (isRefusal(quote)) return fail(409, { code: quote.code, message: quote.message });
    return { quote };
  },

  cancel: async (event) => {
    const { person, booking } = await bookingOf(event);
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId)
      return fail(400, { code: 'bad-request-id', message: 'This form was out of date. Reload the page.' });
    const reason = textOf(form, 'reason').slice(0, MAX_REASON);
    const cancelled = await event.locals.services.cancel(person, booking.bookingId, reason, requestId);
    if (isRefusal(cancelled)) return fail(409, { code: cancelled.code, message: cancelled.message });
    return { cancelled: true };
  },
};

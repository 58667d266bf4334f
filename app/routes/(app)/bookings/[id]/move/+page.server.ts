import { redirect, type ActionFailure } from '@sveltejs/kit';
import { isRefusal } from '#events/shared/refusal.ts';
import { bookingSideOf } from '#app/server/booking-services.server.ts';
import type { Problem } from '$lib/answer.ts';
import { policyOf } from '$lib/booking/policy.ts';
import { refused, requestIdOf, textOf, unknownPage } from '$lib/guard.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { SLOTS_AHEAD_MS } from '$lib/tutors/slots.ts';
import { bookingOf } from '../booking-of.ts';
import type { Actions, PageServerLoad } from './$types';

const m = messagesIn('en');

/** Only its two sides move a booking. */
async function movableOf(event: Parameters<typeof bookingOf>[0]) {
  const { person, booking } = await bookingOf(event);
  const by = await bookingSideOf(event.locals.services.queries, person, booking);
  if (!by) unknownPage();
  return { person, booking, by };
}

export const load: PageServerLoad = async (event) => {
  const { queries, now } = event.locals.services;
  const { booking, by } = await movableOf(event);
  const at = now();
  const movable = booking.state === 'confirmed' && at < booking.startsAt;
  const [tutor, slots] = movable
    ? await Promise.all([
        queries.tutorById(booking.tutorId),
        queries.freeSlots(booking.tutorId, at, at + SLOTS_AHEAD_MS),
      ])
    : [null, []];
  const free = slots.filter(
    (slot) =>
      slot.offerId === booking.offerId && slot.minutes === booking.minutes && slot.startsAt !== booking.startsAt,
  );
  const { bookingId, subject, startsAt, minutes, price, confirmedAt, refundCapPct, tutorName, studentName } = booking;
  const wanted = Number(event.url.searchParams.get('start') ?? 'NaN');
  return {
    by,
    booking: { bookingId, subject, startsAt, minutes, price, confirmedAt, refundCapPct, tutorName, studentName },
    tutorSlug: booking.tutorSlug ?? '',
    offer: tutor?.offers.find((offer) => offer.offerId === booking.offerId) ?? null,
    offerId: booking.offerId,
    slots: free,
    start: free.some((slot) => slot.startsAt === wanted) ? wanted : null,
    shut: !movable ? ('cannotState' as const) : booking.reschedule ? ('cannotOpen' as const) : null,
    policy: policyOf(booking.policyVersion),
    requestId: crypto.randomUUID(),
  };
};

export const actions: Actions = {
  default: async (event): Promise<ActionFailure<Problem>> => {
    const { person, booking } = await movableOf(event);
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId) return refused('move', 'bad-request-id', m.dispute.stale);
    const startsAt = Number(textOf(form, 'startsAt'));
    if (!Number.isSafeInteger(startsAt) || startsAt <= 0) return refused('move', 'time-missing', m.move.problems.time);
    const moved = await event.locals.services.proposeReschedule(person, booking.bookingId, startsAt, requestId);
    if (isRefusal(moved)) return refused('move', moved.code, moved.message, 409);
    redirect(303, `/bookings/${booking.bookingId}`);
  },
};

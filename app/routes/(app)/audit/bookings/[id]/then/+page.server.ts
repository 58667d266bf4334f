import { personWith, unknownPage } from '$lib/guard.ts';
import { wallText } from '$lib/case/as-of.ts';
import { askedPast } from '$lib/past/asked.ts';
import { eventsAround } from '$lib/past/events.ts';
import { zoneOf } from '$lib/zone-of.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'auditor');
  const { queries, now, lookedAt } = event.locals.services;
  const bookingId = event.params.id;
  const [booking, events] = await Promise.all([queries.booking(bookingId), queries.pastEvents(bookingId)]);
  if (!booking) unknownPage();
  await lookedAt(person, 'auditor', [bookingId], 'case');
  const zone = zoneOf(event.cookies, person);
  const asked = askedPast(event.url.searchParams, zone);
  const { by } = asked;
  const around = eventsAround(events, { by, at: asked.at ?? Number.MAX_SAFE_INTEGER });
  const at = asked.at ?? around.last ?? now();
  // The present by the clock that was asked for: the store's is the wall clock.
  const present = by === 'recorded' ? Date.now() : now();
  const and = asked.and === 'now' ? present : asked.and;
  const [then, other] = await queries.pastBooking(
    bookingId,
    (and === null ? [at] : [at, and]).map((instant) => ({ by, at: instant })),
  );
  if (!then) throw new Error('one past for each instant');
  return {
    booking: {
      bookingId,
      subject: booking.subject,
      studentName: booking.studentName,
      tutorName: booking.tutorName,
    },
    asked: { by, at, and: asked.and, invalid: asked.invalid },
    wall: { at: wallText(at, zone, true), and: typeof asked.and === 'number' ? wallText(asked.and, zone, true) : '' },
    around,
    then,
    other: other ?? null,
  };
};

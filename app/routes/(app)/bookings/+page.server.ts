import { upcomingAndPast } from '$lib/booking/shown.ts';
import { personOf } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  event.depends(LIVE);
  const { upcoming, past } = upcomingAndPast(await event.locals.services.queries.bookingsOf(person.personId));
  const showPast = event.url.searchParams.get('show') === 'past';
  return {
    viewerId: person.personId,
    showPast,
    counts: { upcoming: upcoming.length, past: past.length },
    rows: (showPast ? past : upcoming).map((row) => ({
      bookingId: row.bookingId,
      state: row.state,
      outcome: row.outcome,
      tutorName: row.tutorName,
      studentId: row.studentId,
      studentName: row.studentName,
      subject: row.subject,
      startsAt: row.startsAt,
      minutes: row.minutes,
      seats: row.seats,
      price: row.price,
      code: row.code,
      payBy: row.payBy,
    })),
  };
};

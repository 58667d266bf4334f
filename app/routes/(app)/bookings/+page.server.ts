import { upcomingAndPast } from '$lib/booking/shown.ts';
import { personOf } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 25;

export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  event.depends(LIVE);
  const { upcoming, past } = upcomingAndPast(await event.locals.services.queries.bookingsOf(person.personId));
  const showPast = event.url.searchParams.get('show') === 'past';
  const rows = showPast ? past : upcoming;
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
  const asked = Number(event.url.searchParams.get('page') ?? '1');
  const page = Number.isInteger(asked) ? Math.min(pages, Math.max(1, asked)) : 1;
  return {
    page,
    pages,
    viewerId: person.personId,
    showPast,
    counts: { upcoming: upcoming.length, past: past.length },
    rows: rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map((row) => ({
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
      inCase: row.disputeState !== null && !['resolved', 'withdrawn'].includes(row.disputeState),
      toMove: row.reschedule !== null,
    })),
  };
};

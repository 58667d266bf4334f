import { filterOf, searchOf } from '$lib/case/search.ts';
import { healthLines } from '$lib/case/health.ts';
import { personWith } from '$lib/guard.ts';
import type { BookingRow } from '#projections/queries.ts';
import type { PageServerLoad } from './$types';

/** So many stuck rows get the names of their booking; more than that is an outage, not a list to read. */
const NAMED = 50;

const namesOf = (row: BookingRow | null): Pick<BookingRow, 'subject' | 'studentName' | 'tutorName'> | null =>
  row && { subject: row.subject, studentName: row.studentName, tutorName: row.tutorName };

export const load: PageServerLoad = async (event) => {
  personWith(event, 'ops');
  const { queries, now, health } = event.locals.services;
  const search = searchOf(event.url.searchParams);
  const [found, stuck, state] = await Promise.all([queries.cases(filterOf(search)), queries.stuck(now()), health()]);
  const bookings = await Promise.all(
    stuck.map((row, index) =>
      index < NAMED && row.bookingId !== '' ? queries.booking(row.bookingId) : Promise.resolve(null),
    ),
  );
  const named = stuck.map((row, index) => ({ ...row, booking: namesOf(bookings[index] ?? null) }));
  return { found: { search, ...found }, stuck: named, health: healthLines(state) };
};

import { filterOf, searchOf } from '$lib/case/search.ts';
import { newestFirst } from '$lib/case/newest.ts';
import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

/** So many bookings are looked through for the newest events. */
const BOOKINGS = 12;
const EVENTS = 25;

export const load: PageServerLoad = async (event) => {
  personWith(event, 'auditor');
  const { queries } = event.locals.services;
  const search = searchOf(event.url.searchParams);
  const [found, latest] = await Promise.all([queries.cases(filterOf(search)), queries.cases({ limit: BOOKINGS })]);
  const timelines = await Promise.all(
    latest.rows.map(async (booking) =>
      (await queries.timeline(booking.bookingId)).map((row) => ({ ...row, bookingId: booking.bookingId })),
    ),
  );
  return { found: { search, ...found }, newest: newestFirst(timelines.flat(), EVENTS) };
};

import { studentsInReach } from '#app/server/visibility.server.ts';
import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

const PAGE = 50;
/** Longer than any id of ours. */
const MAX_ID = 64;

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'auditor');
  const { queries } = event.locals.services;
  const asked = (name: string): string => (event.url.searchParams.get(name) ?? '').trim().slice(0, MAX_ID);
  const personId = asked('person');
  const bookingId = asked('booking');
  const before = asked('before');
  const older = /^\d{1,15}$/.test(before) ? Number(before) : null;
  const [rows, people] = await Promise.all([
    queries.looks({
      ...(personId === '' ? {} : { personId }),
      ...(bookingId === '' ? {} : { bookingId }),
      ...(older === null ? {} : { before: older }),
      limit: PAGE + 1,
    }),
    queries.lookers(),
  ]);
  const shown = rows.slice(0, PAGE);
  // Who looked at a case is not for its parties: it is decided by these.
  const ids = [...new Set(shown.flatMap(({ booking }) => booking?.bookingId ?? []))];
  const [reach, bookings] = await Promise.all([
    studentsInReach(queries, person),
    Promise.all(ids.map((id) => queries.booking(id))),
  ]);
  const own = new Set(
    bookings.flatMap((one) =>
      one && [one.tutorId, one.studentId, one.bookedBy].some((id) => reach.has(id)) ? [one.bookingId] : [],
    ),
  );
  const others = shown.filter(({ booking }) => booking === null || !own.has(booking.bookingId));
  return {
    rows: others,
    leftOut: shown.length - others.length,
    people,
    filter: { personId, bookingId },
    newest: older === null,
    next: rows.length > PAGE ? (shown.at(-1)?.ordinal ?? null) : null,
  };
};

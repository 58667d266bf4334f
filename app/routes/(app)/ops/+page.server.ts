import { act } from '$lib/case/act.server.ts';
import { filterOf, searchOf } from '$lib/case/search.ts';
import { healthLines } from '$lib/case/health.ts';
import { distinct, waitingDispute, waitingStuck } from '$lib/case/queue.ts';
import { personWith } from '$lib/guard.ts';
import { studentsInReach } from '#app/server/visibility.server.ts';
import { LIVE } from '$lib/live-key.ts';
import { policyAt } from '#events/shared/policy.ts';
import type { BookingRow } from '#projections/queries.ts';
import type { Actions, PageServerLoad } from './$types';

/** So many stuck rows get the names of their booking; more than that is an outage, not a list to read. */
const NAMED = 50;

const namesOf = (row: BookingRow | null): Pick<BookingRow, 'subject' | 'studentName' | 'tutorName'> | null =>
  row && { subject: row.subject, studentName: row.studentName, tutorName: row.tutorName };

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'ops');
  event.depends(LIVE);
  const { queries, now, health, proposedVerdicts } = event.locals.services;
  const search = searchOf(event.url.searchParams);
  const [found, disputes, bank, stuck, drift, state, reach] = await Promise.all([
    queries.cases(filterOf(search)),
    queries.disputesOpen(now()),
    queries.chargebacksOpen(),
    queries.stuck(now()),
    queries.drift(),
    health(),
    studentsInReach(queries, person),
  ]);
  const bookings = await Promise.all(
    stuck.map((row, index) =>
      index < NAMED && row.bookingId !== '' ? queries.booking(row.bookingId) : Promise.resolve(null),
    ),
  );
  const known = [...bookings, ...(await Promise.all(bank.map(({ bookingId }) => queries.booking(bookingId))))];
  const isOwn = ({ tutorId, studentId, bookedBy }: BookingRow): boolean =>
    [tutorId, studentId, bookedBy].some((id) => reach.has(id));
  const rows = disputes.map((row) => waitingDispute(row, person.personId, reach));
  return {
    found: { search, ...found },
    waiting: {
      disputes: rows,
      bank,
      stuck: distinct(stuck.map((row, index) => waitingStuck(row, namesOf(bookings[index] ?? null), person.personId))),
      drift,
    },
    /** Bookings of bank cases and stuck ones that the viewer is a party of. */
    own: known.flatMap((one) => (one && isOwn(one) ? [one.bookingId] : [])),
    /** Paise above which a refund needs a second person. */
    limit: policyAt(now()).secondPersonAbove,
    // Nobody is told what the facts say of their own case.
    verdicts: await proposedVerdicts(rows.filter(({ own }) => !own).map(({ bookingId }) => bookingId)),
    health: healthLines(state),
  };
};

export const actions: Actions = { act };

/** What a case shows, for ops and for auditors. The page checks the role first. */
import { POLICIES } from '#events/shared/policy.ts';
import type { Person } from '#app/server/services.ts';
import { withoutDeciding } from '#app/server/views.server.ts';
import { studentsInReach } from '#app/server/visibility.server.ts';
import { unknownPage } from '../guard.ts';
import { packRows } from './packed.ts';
import { merged } from './presence.ts';
import { distinct, waitingStuck } from './queue.ts';

/**
 * Everything about one booking; for an unknown id the page does not exist.
 * @param audit with the positions and chain values of all events.
 */
export async function loadCase(locals: App.Locals, person: Person, bookingId: string, audit: boolean) {
  const { queries, now, evidence } = locals.services;
  const booking = await queries.booking(bookingId);
  if (!booking) unknownPage();
  // A log that does not answer takes this part of the page away, not the page: there is work to do on the rest of it.
  const gathered = () => evidence(person, bookingId).catch(() => 'failed' as const);
  // Of a lesson it reads all of the log: that goes on while the rest is asked for.
  const early = booking.lessonId === null ? null : gathered();
  const [payout, rows, attendance, stuck, dispute, bank, ledger, money, reach, calls, letters] = await Promise.all([
    queries.payout(bookingId),
    queries.timeline(bookingId),
    booking.lessonId === null ? [] : queries.attendance(booking.lessonId),
    queries.stuck(now()),
    queries.dispute(bookingId),
    queries.chargebacksOf(bookingId),
    queries.ledgerOf(bookingId),
    queries.moneyOf(bookingId),
    studentsInReach(queries, person),
    queries.callsOf(bookingId),
    queries.lettersOf(bookingId),
  ]);
  const own =
    reach.has(booking.studentId) || [booking.studentId, booking.bookedBy, booking.tutorId].includes(person.personId);
  const isSide = (personId: string): boolean => personId === booking.tutorId || personId === booking.studentId;
  const rest = attendance.filter(({ personId }) => !isSide(personId));
  const facts = await (early ?? (dispute !== null || bank.length > 0 ? gathered() : null));
  const deciders = [
    dispute?.resolution?.decidedBy,
    dispute?.resolution?.approvedBy,
    ...bank.map((one) => one.answeredBy),
  ];
  const policy = POLICIES.find((one) => one.policy.version === booking.policyVersion) ?? POLICIES[0];
  return {
    booking,
    payout,
    rows: packRows(own ? withoutDeciding(rows) : rows, audit),
    calls,
    letters,
    attendance: attendance.filter(({ personId }) => isSide(personId)),
    others: {
      people: rest.length,
      spans: merged(
        rest.flatMap(({ here }) => here),
        now(),
      ),
      names: Object.fromEntries(rest.map(({ personId, name }) => [personId, name])),
    },
    stuck: distinct(
      stuck.filter((row) => row.bookingId === bookingId).map((row) => waitingStuck(row, null, person.personId)),
    ),
    dispute,
    facts,
    bank,
    ledger,
    money,
    names: await queries.namesOf(deciders.filter((id) => id !== null && id !== undefined)),
    /** Paise above which a second person must agree. */
    limit: policy.policy.secondPersonAbove,
    viewerId: person.personId,
    /** The viewer is a party, or acts for one: cases of their own are decided by others. */
    own,
  };
}

export type CaseData = Awaited<ReturnType<typeof loadCase>>;

/**
 * What of a booking, its timeline and its lesson one reader is given; pages and API use the same functions. The tutor
 * does not see how somebody pays, students see no payouts and nothing of other students, ops and auditors see all.
 */
import type {
  AttendanceRow,
  BookingRow,
  LessonRow,
  Queries,
  StudyGuestRow,
  TimelineRow,
} from '#projections/queries.ts';
import type { Person } from './services.ts';
import { isPartyOf, seesAll, studentsInReach, takesPart } from './visibility.server.ts';

/** `student` is also who acts for one: guardian or institute. */
export type Reader = 'student' | 'tutor' | 'ops';

/** On whose side this person looks at the booking. Nobody looks at their own, or at that of a student they act for, as ops. */
export async function readerOf(
  queries: Queries,
  person: Person,
  booking: Pick<BookingRow, 'studentId' | 'bookedBy' | 'tutorId'>,
): Promise<Reader> {
  if (person.personId === booking.tutorId) return 'tutor';
  const theirs = await isPartyOf(queries, person, booking);
  return !theirs && seesAll(person) ? 'ops' : 'student';
}

export function bookingFor(reader: Reader, booking: BookingRow): BookingRow {
  return reader === 'tutor' ? { ...booking, orderId: null, paymentProblem: null, paymentMethod: null } : booking;
}

type Side = Pick<BookingRow, 'studentId' | 'bookedBy' | 'tutorId'>;

/** What stays of the events whose data are not all for this reader; a field that is not named is left out. */
const KEPT: Readonly<Record<'student' | 'tutor', Readonly<Partial<Record<TimelineRow['lane'], readonly string[]>>>>> = {
  student: { payout: ['bookingId'] },
  tutor: {
    payment: ['bookingId', 'amount', 'payBy', 'capturedAt'],
    payout: [
      'bookingId',
      'tutorId',
      'gross',
      'commission',
      'share',
      'holdMs',
      'attempt',
      'transferId',
      'amount',
      't0',
      'endsAt',
      'at',
      'settlementId',
      'outcome',
      'refund',
      'reversal',
      'reason',
      'until',
    ],
  },
};

/** How ops come to a decision, and what a bank says, is not for the two sides. */
const OPS_ONLY: readonly string[] = [
  'CancellationProposed',
  'CancellationApproved',
  'CancellationRejected',
  'EvidenceFrozen',
  'ResolutionProposed',
  'ResolutionRejected',
  'RefundsFrozen',
  'RefundsUnfrozen',
];

/** Of ops and auditors who are a party: the case as it is, without how the others come to decide it. */
export const withoutDeciding = (rows: readonly TimelineRow[]): readonly TimelineRow[] =>
  rows.filter(({ type }) => !OPS_ONLY.includes(type));

/** The events in order. Whose data is cut keeps type and time; its chain value is over more than is shown, so it goes. */
export function timelineFor(reader: Reader, booking: Side, rows: readonly TimelineRow[]): TimelineRow[] {
  if (reader === 'ops') return [...rows];
  return rows.flatMap((row) => {
    if (row.lane === 'chargeback' || OPS_ONLY.includes(row.type)) return [];
    if (reader === 'student' && row.lane === 'lesson') return lessonEventFor(booking, row);
    const kept = KEPT[reader][row.lane];
    if (!kept) return [row];
    const data = Object.fromEntries(Object.entries(row.data).filter(([name]) => kept.includes(name)));
    return [{ ...row, data, chain: '' }];
  });
}

/** A group lesson's events stand in every seat's timeline: what the other students did is left out. */
function lessonEventFor(booking: Side, row: TimelineRow): TimelineRow[] {
  const known = [booking.studentId, booking.tutorId];
  const { personId } = row.data;
  if (typeof personId === 'string' && !known.includes(personId)) return [];
  const stranger = row.actor.kind === 'person' && ![...known, booking.bookedBy].includes(row.actor.id);
  return [stranger ? { ...row, actor: { ...row.actor, id: '' }, actorName: null, chain: '' } : row];
}

/** The lesson with the seats this person may know of: the tutor, ops and auditors all, others their own. */
export async function lessonFor(queries: Queries, person: Person, lesson: LessonRow): Promise<LessonRow> {
  const { study, tutorId } = lesson;
  // Who stands at the door, or had to go, is the host's to know.
  if (study !== null && person.personId !== tutorId) {
    const inside = takesPart(lesson, person.personId);
    const mine = ({ personId, place }: StudyGuestRow): boolean =>
      personId === person.personId || (inside && place === 'in');
    return { ...lesson, study: { guests: study.guests.filter(mine) } };
  }
  const own = await ownIn(queries, person, lesson);
  return own ? { ...lesson, students: lesson.students.filter((one) => own.has(one.studentId)) } : lesson;
}

/** Attendance of everyone, or of the person's own students and the tutor. */
export async function attendanceFor(
  queries: Queries,
  person: Person,
  lesson: LessonRow,
): Promise<readonly AttendanceRow[]> {
  if (lesson.study !== null) return takesPart(lesson, person.personId) ? queries.attendance(lesson.lessonId) : [];
  const [own, rows] = await Promise.all([ownIn(queries, person, lesson), queries.attendance(lesson.lessonId)]);
  return own ? rows.filter((row) => row.personId === lesson.tutorId || own.has(row.personId)) : rows;
}

/** The students whose rows this person gets; null: all. */
async function ownIn(queries: Queries, person: Person, lesson: LessonRow): Promise<ReadonlySet<string> | null> {
  if (person.personId === lesson.tutorId) return null;
  const reach = await studentsInReach(queries, person);
  const theirs = lesson.students.some((student) => reach.has(student.studentId));
  return !theirs && seesAll(person) ? null : reach;
}

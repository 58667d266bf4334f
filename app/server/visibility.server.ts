/** Who may see what (PRODUCT.md, "Who may do what"). A foreign id answers like an unknown one. */
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import type { BookingRow, LessonRow, Queries } from '#projections/queries.ts';
import type { Person } from './services.ts';

/** The students whose things this person may see: themselves, their children, their institute's students. */
export async function studentsInReach(queries: Queries, person: Person): Promise<ReadonlySet<string>> {
  const reach = new Set([person.personId]);
  const known = await queries.rolesOf(person.personId);
  for (const child of known?.children ?? []) reach.add(child);
  if (person.roles.includes('institute-admin'))
    for (const instituteId of known?.institutes ?? []) {
      const institute = await queries.institute(instituteId);
      for (const member of institute?.members ?? []) if (member.as === 'student') reach.add(member.personId);
    }
  return reach;
}

/** Whose case it is: the two sides, who booked, and everyone who acts for the student. */
export async function isPartyOf(
  queries: Queries,
  person: Person,
  booking: Pick<BookingRow, 'studentId' | 'bookedBy' | 'tutorId'>,
): Promise<boolean> {
  if ([booking.studentId, booking.bookedBy, booking.tutorId].includes(person.personId)) return true;
  return (await studentsInReach(queries, person)).has(booking.studentId);
}

/** Ops and auditors, in what is theirs to look at. */
export const seesAll = (person: Person): boolean => person.roles.includes('ops') || person.roles.includes('auditor');

export async function maySeeBooking(queries: Queries, person: Person, booking: BookingRow): Promise<boolean> {
  if (seesAll(person)) return true;
  if ([booking.studentId, booking.bookedBy, booking.tutorId].includes(person.personId)) return true;
  return (await studentsInReach(queries, person)).has(booking.studentId);
}

export async function maySeeLesson(queries: Queries, person: Person, lesson: LessonRow): Promise<boolean> {
  if (seesAll(person) || lesson.tutorId === person.personId) return true;
  const reach = await studentsInReach(queries, person);
  return lesson.students.some((student) => reach.has(student.studentId));
}

/** When the classroom opens, business ms. */
export const opensAt = ({ startsAt }: Pick<LessonRow, 'startsAt'>): number => startsAt - POLICY_2026_11.opensBeforeMs;

/**
 * Board and chat. Until the lesson has ended only those with a place in it: ops and auditors never look on live, and a
 * guardian reads it afterwards. Then everyone who may see the lesson. Before the classroom opens the tutor alone, who may
 * be preparing the board.
 * @param now business ms.
 */
export async function maySeeDocuments(
  queries: Queries,
  person: Person,
  lesson: LessonRow,
  now: number,
): Promise<boolean> {
  if (lesson.state === 'ended') return maySeeLesson(queries, person, lesson);
  if (lesson.tutorId === person.personId) return true;
  const seat = lesson.students.some((student) => student.studentId === person.personId);
  return seat && (lesson.state === 'live' || now >= opensAt(lesson));
}

/** A student's own board and line to the host are theirs and the host's, during the lesson and ever after. */
export const mayReadOwn = (person: Person, lesson: LessonRow, owner: string): boolean =>
  lesson.students.some(({ studentId }) => studentId === owner) &&
  (person.personId === owner || person.personId === lesson.tutorId);

/** Who may see what (PRODUCT.md, "Who may do what"). A foreign id answers like an unknown one. */
import type { GuestPlace } from '#events/lesson/study.ts';
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

/** Who may see its page: a study room is nobody's but its host's and its guests', whoever else may see all lessons. */
export async function maySeeLesson(queries: Queries, person: Person, lesson: LessonRow): Promise<boolean> {
  if (lesson.study !== null) return lesson.tutorId === person.personId || guestOf(lesson, person.personId) !== null;
  if (seesAll(person) || lesson.tutorId === person.personId) return true;
  const reach = await studentsInReach(queries, person);
  return lesson.students.some((student) => reach.has(student.studentId));
}

/** Where this person stands in a study room; null for who never followed its link, and in other lessons. */
export const guestOf = ({ study }: LessonRow, personId: string): GuestPlace | null =>
  study?.guests.find((guest) => guest.personId === personId)?.place ?? null;

/** Its host, or one of its people: by a seat, or let into a study room. */
export const takesPart = (lesson: LessonRow, personId: string): boolean =>
  lesson.tutorId === personId ||
  lesson.students.some(({ studentId }) => studentId === personId) ||
  guestOf(lesson, personId) === 'in';

/** When the classroom opens, business ms: a study room is open from the moment in which it was opened. */
export const opensAt = ({ startsAt, study }: Pick<LessonRow, 'startsAt' | 'study'>): number =>
  study === null ? startsAt - POLICY_2026_11.opensBeforeMs : startsAt;

/**
 * Board and chat. Until the lesson has ended only those with a place in it: ops and auditors never look on live, and a
 * guardian reads it afterwards. Then everyone who may see the lesson. Before the classroom opens the tutor alone, who may
 * be preparing the board. Of a study room only its host and those whom they let in, for good.
 * @param now business ms.
 */
export async function maySeeDocuments(
  queries: Queries,
  person: Person,
  lesson: LessonRow,
  now: number,
): Promise<boolean> {
  if (lesson.study !== null) return takesPart(lesson, person.personId);
  if (lesson.state === 'ended') return maySeeLesson(queries, person, lesson);
  if (lesson.tutorId === person.personId) return true;
  const seat = lesson.students.some((student) => student.studentId === person.personId);
  return seat && (lesson.state === 'live' || now >= opensAt(lesson));
}

/** A student's own board and line to the host are theirs and the host's, during the lesson and ever after. */
export const mayReadOwn = (person: Person, lesson: LessonRow, owner: string): boolean =>
  lesson.students.some(({ studentId }) => studentId === owner) &&
  (person.personId === owner || person.personId === lesson.tutorId);

/** Who may see what (PRODUCT.md, "Who may do what"). A foreign id answers like an unknown one. */
import { mayJoin } from '#events/access/permissions.ts';
import type { LessonRole } from '#events/access/roles.ts';
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

export interface LessonPlace {
  readonly role: LessonRole;
  /** As it is shown to the others: of whoever observes also on whose behalf. */
  readonly name: string;
}

/** States of a dispute in which somebody still has to say something. */
const OPEN: ReadonlySet<string> = new Set(['opened', 'under-review', 'awaiting-second']);

/**
 * As what this person may enter the lesson's classroom, or null (AC9, AC13). An institute's admin observes the lessons of its
 * students, and not those that its tutors give to others: these students and their parents never heard of it. Of a study
 * room there are no observers.
 */
export async function placeIn(queries: Queries, person: Person, lesson: LessonRow): Promise<LessonPlace | null> {
  const { personId, name, roles } = person;
  if (lesson.study !== null) {
    if (lesson.tutorId === personId) return { role: 'host', name };
    return guestOf(lesson, personId) === null ? null : { role: 'participant', name };
  }
  const admin = roles.includes('institute-admin');
  const known = admin ? await queries.rolesOf(personId) : null;
  const institutes = (await Promise.all((known?.institutes ?? []).map((id) => queries.institute(id)))).flatMap(
    (institute) => institute ?? [],
  );
  const isStudentOf = (studentId: string, { members }: (typeof institutes)[number]): boolean =>
    members.some((member) => member.as === 'student' && member.personId === studentId);
  const reach = roles.includes('ops') ? await studentsInReach(queries, person) : new Set<string>();
  const strangers = roles.includes('ops') ? lesson.students.filter(({ studentId }) => !reach.has(studentId)) : [];
  const disputes = await Promise.all(strangers.map(({ bookingId }) => queries.dispute(bookingId)));
  const role = mayJoin(
    { personId, roles, children: [], institutes: institutes.map(({ instituteId }) => instituteId) },
    {
      tutorId: lesson.tutorId,
      students: lesson.students.map(({ studentId }) => ({
        studentId,
        institutes: institutes.filter((one) => isStudentOf(studentId, one)).map(({ instituteId }) => instituteId),
      })),
      admitted: [],
      openDispute: disputes.some((dispute) => dispute !== null && OPEN.has(dispute.state)),
    },
  );
  if (role === null) return null;
  if (role !== 'observer') return { role, name };
  const sends = institutes.find((one) => lesson.students.some(({ studentId }) => isStudentOf(studentId, one)));
  return { role, name: `${name} (${sends?.name ?? 'NexusEd'})` };
}

/** Whether the lesson knows by now that they are in its room, of which the room is told. */
export async function isInRoom(queries: Queries, lessonId: string, personId: string): Promise<boolean> {
  const people = await queries.attendance(lessonId);
  return people.some((one) => one.personId === personId && one.here.some(({ to }) => to === null));
}

/**
 * Board and chat. Until the lesson has ended only those with a place in it, observers while they are in the room: nobody
 * reads along unseen, auditors never look on live, and a guardian reads it afterwards. Then everyone who may see the
 * lesson. Before the classroom opens the tutor alone, who may be preparing the board. Of a study room only its host and
 * those whom they let in, for good.
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
  const open = lesson.state === 'live' || now >= opensAt(lesson);
  if (seat || !open || lesson.state === 'cancelled') return seat && open;
  const place = await placeIn(queries, person, lesson);
  return place?.role === 'observer' && (await isInRoom(queries, lesson.lessonId, person.personId));
}

/** A student's own board and line to the host are theirs and the host's, during the lesson and ever after. */
export const mayReadOwn = (person: Person, lesson: LessonRow, owner: string): boolean =>
  lesson.students.some(({ studentId }) => studentId === owner) &&
  (person.personId === owner || person.personId === lesson.tutorId);

import type { CancelledBy } from '../booking/events.ts';
import type { LessonRole, Role } from './roles.ts';

/**
 * Who may do what (PRODUCT.md, the table of that name; rules AC1–AC12). Pure. Whoever may not gets the answer of an
 * unknown id, so "no" here means 404 outside.
 */
export interface Viewer {
  readonly personId: string;
  readonly roles: readonly Role[];
  /** Students for whom this person is guardian. */
  readonly children: readonly string[];
  /** Institutes of which this person is an admin. */
  readonly institutes: readonly string[];
}

/** One person in a case, with the institutes of which they are a student. */
export interface StudentParty {
  readonly studentId: string;
  readonly institutes: readonly string[];
}

export interface BookingParties extends StudentParty {
  readonly tutorId: string;
  readonly bookedBy: string;
}

export interface LessonParties {
  readonly tutorId: string;
  readonly students: readonly StudentParty[];
  /** People whom the host let in. */
  readonly admitted: readonly string[];
  /** Ops may look in only then. */
  readonly openDispute: boolean;
}

const is = (viewer: Viewer, ...roles: readonly Role[]): boolean => roles.some((role) => viewer.roles.includes(role));

const isGuardianOf = (viewer: Viewer, studentId: string): boolean =>
  is(viewer, 'guardian') && viewer.children.includes(studentId);

const isAdminOf = (viewer: Viewer, student: StudentParty): boolean =>
  is(viewer, 'institute-admin') && student.institutes.some((institute) => viewer.institutes.includes(institute));

/** The student, or who acts for them. */
const actsFor = (viewer: Viewer, student: StudentParty): boolean =>
  (is(viewer, 'student') && viewer.personId === student.studentId) ||
  isGuardianOf(viewer, student.studentId) ||
  isAdminOf(viewer, student);

/** Roles that a stranger may give themselves; all others are granted. */
export const mayRegisterAs = (role: Role): boolean => role === 'student' || role === 'guardian' || role === 'tutor';

/** Find, book and pay. */
export const mayBookFor = (viewer: Viewer, student: StudentParty): boolean => actsFor(viewer, student);

export const mayPay = (viewer: Viewer, booking: BookingParties): boolean => actsFor(viewer, booking);

/** On whose behalf this person may cancel, or null. Never ops: they decide cases. */
export function mayCancel(viewer: Viewer, booking: BookingParties): CancelledBy | null {
  if (mayAnswerRequest(viewer, booking)) return 'tutor';
  return actsFor(viewer, booking) ? 'student' : null;
}

/** Accept or decline a request. */
export const mayAnswerRequest = (viewer: Viewer, booking: Pick<BookingParties, 'tutorId'>): boolean =>
  is(viewer, 'tutor') && viewer.personId === booking.tutorId;

/** Calendar, offers, profile. */
export const mayEditTutor = (viewer: Viewer, tutorId: string): boolean => mayAnswerRequest(viewer, { tutorId });

/** Once the lesson was taught. */
export const mayReview = (viewer: Viewer, booking: BookingParties, taught: boolean): boolean =>
  taught && actsFor(viewer, booking);

export const mayOpenDispute = (viewer: Viewer, booking: BookingParties): boolean => actsFor(viewer, booking);

/** Ops decide, but not in a case of their own. */
export const mayDecideCase = (viewer: Viewer, booking: BookingParties): boolean =>
  is(viewer, 'ops') && ![booking.tutorId, booking.studentId, booking.bookedBy].includes(viewer.personId);

export const maySeeBooking = (viewer: Viewer, booking: BookingParties): boolean =>
  actsFor(viewer, booking) || mayAnswerRequest(viewer, booking) || is(viewer, 'ops', 'auditor');

export const maySeeTimeline = maySeeBooking;

export const maySeePayment = (viewer: Viewer, booking: BookingParties): boolean =>
  actsFor(viewer, booking) || is(viewer, 'ops', 'auditor');

export const maySeeEarnings = (viewer: Viewer, tutorId: string): boolean =>
  mayEditTutor(viewer, tutorId) || is(viewer, 'ops', 'auditor');

export const maySeeOps = (viewer: Viewer): boolean => is(viewer, 'ops');

export const maySeeAudit = (viewer: Viewer): boolean => is(viewer, 'auditor');

export const maySeeInstitute = (viewer: Viewer, instituteId: string): boolean =>
  (is(viewer, 'institute-admin') && viewer.institutes.includes(instituteId)) || is(viewer, 'ops', 'auditor');

/** The lesson's page: before it the preview, after it the replay. Wider than joining: a guardian may watch. */
export const maySeeLesson = (viewer: Viewer, lesson: LessonParties): boolean =>
  mayJoin(viewer, lesson) !== null ||
  lesson.students.some((student) => isGuardianOf(viewer, student.studentId)) ||
  is(viewer, 'ops', 'auditor');

/** In which role this person may enter the classroom, or null. An auditor never enters as such. */
export function mayJoin(viewer: Viewer, lesson: LessonParties): LessonRole | null {
  if (viewer.personId === lesson.tutorId) return 'host';
  if (lesson.students.some((student) => student.studentId === viewer.personId)) return 'participant';
  if (lesson.admitted.includes(viewer.personId)) return 'participant';
  if (lesson.students.some((student) => isAdminOf(viewer, student))) return 'observer';
  return is(viewer, 'ops') && lesson.openDispute ? 'observer' : null;
}

const hosts = (role: LessonRole): boolean => role === 'host' || role === 'co-host';
const takesPart = (role: LessonRole): boolean => role !== 'observer';

/** Within the classroom, by the role of the ticket. */
export const mayEndLesson = (role: LessonRole): boolean => role === 'host';
export const mayRemove = hosts;
export const mayMuteOthers = hosts;
export const mayAdmit = hosts;
export const mayDraw = takesPart;
export const mayErase = takesPart;
/** Erase, move or lock what others drew, and arrange the pages of others. */
export const mayChangeOthersWork = hosts;
export const mayChat = takesPart;
export const maySendMedia = takesPart;
export const mayShareScreen = takesPart;

/** The lessons of `/home`, as the person who looks at them sees them. Pure. */
import type { LessonRow } from '#projections/queries.ts';

export interface HomeLesson {
  readonly lessonId: string;
  readonly code: string;
  readonly subject: string;
  readonly startsAt: number;
  readonly minutes: number;
  readonly seats: number;
  readonly taken: number;
  readonly live: boolean;
  readonly startedAt: number | null;
  readonly as: 'host' | 'participant' | 'guardian';
  /** The other side: the tutor's name, or the students'. */
  readonly withNames: readonly string[];
  /** The child whose lesson it is, for a guardian. */
  readonly forName: string | null;
  /** The booking through which the person sees it; null for the tutor. */
  readonly bookingId: string | null;
}

/** Business ms before the start from which the classroom admits people (PRODUCT.md, "When a lesson runs"). */
export const OPENS_BEFORE_MS = 15 * 60_000;

/** `expected` is open with the tutor in it: the lesson begins on the record when a student is in too. */
export type Door = 'closed' | 'open' | 'expected' | 'live' | 'watch';

/** One lesson as `personId` sees it; null when none of it is theirs. `children` are those they act for. */
export function homeLesson(row: LessonRow, personId: string, children: readonly string[]): HomeLesson | null {
  const common = {
    lessonId: row.lessonId,
    code: row.code,
    subject: row.subject,
    startsAt: row.startsAt,
    minutes: row.minutes,
    seats: row.seats,
    taken: row.students.length,
    live: row.state === 'live',
    startedAt: row.startedAt,
  };
  if (row.tutorId === personId) {
    const withNames = row.students.map((student) => student.name);
    return { ...common, as: 'host', withNames, forName: null, bookingId: null };
  }
  const own = row.students.find((student) => student.studentId === personId);
  if (own) {
    return { ...common, as: 'participant', withNames: [row.tutorName], forName: null, bookingId: own.bookingId };
  }
  const child = row.students.find((student) => children.includes(student.studentId));
  if (!child) return null;
  return { ...common, as: 'guardian', withNames: [row.tutorName], forName: child.name, bookingId: child.bookingId };
}

/** Whether the classroom can be entered at `now` (business ms); `heard` are codes whose tutor has come in. */
export function doorOf(lesson: HomeLesson, now: number, heard: readonly string[]): Door {
  if (lesson.as === 'guardian') return 'watch';
  if (lesson.live) return 'live';
  if (heard.includes(lesson.code)) return lesson.as === 'host' ? 'open' : 'expected';
  return now >= lesson.startsAt - OPENS_BEFORE_MS ? 'open' : 'closed';
}

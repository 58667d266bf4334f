import type { LessonRole } from '#events/access/roles.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { attendanceFor, lessonFor } from '#app/server/views.server.ts';
import { personOf, unknownPage } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

/** The classroom: before, during and after one lesson. Who has no part in it sees a page that does not exist. */
export const load: PageServerLoad = async (event) => {
  event.depends('lesson');
  const person = personOf(event);
  const { services } = event.locals;
  const lesson = await services.visibleLesson(person, event.params.code);
  if (!lesson) unknownPage();
  const own = lesson.students.find((student) => student.studentId === person.personId);
  const role: LessonRole | null = lesson.tutorId === person.personId ? 'host' : own ? 'participant' : null;
  const over = lesson.state === 'ended';
  const [shown, attendance, earnings, boards] = await Promise.all([
    lessonFor(services.queries, person, lesson),
    over ? attendanceFor(services.queries, person, lesson) : [],
    over && role === 'host' ? services.queries.earnings(person.personId, { code: lesson.code }) : null,
    !over && role === 'host' ? services.earlierBoards(person, lesson.code) : [],
  ]);
  return {
    lesson: shown,
    role,
    me: { personId: person.personId, name: person.name },
    opensAt: lesson.startsAt - POLICY_2026_11.opensBeforeMs,
    attendance,
    payouts: earnings?.rows ?? [],
    bookingId: own?.bookingId ?? null,
    /** Of earlier lessons, which the host may carry on in this one. */
    boards,
  };
};

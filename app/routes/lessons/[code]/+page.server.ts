import { lessonLookedAt } from '#app/server/look-services.server.ts';
import { attendanceFor, lessonFor } from '#app/server/views.server.ts';
import { guestOf, opensAt, takesPart } from '#app/server/visibility.server.ts';
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
  const guest = guestOf(lesson, person.personId);
  const role = await services.lessonPlace(person, lesson);
  const over = lesson.state === 'ended';
  // Before its end there is nothing in it to see on duty but its frame; who observes it is in its own events.
  if (over) await lessonLookedAt(services, person, lesson);
  const [shown, attendance, earnings, boards, invite] = await Promise.all([
    lessonFor(services.queries, person, lesson),
    over ? attendanceFor(services.queries, person, lesson) : [],
    over && role === 'host' ? services.queries.earnings(person.personId, { code: lesson.code }) : null,
    !over && role === 'host' && lesson.study === null ? services.earlierBoards(person, lesson.code) : [],
    role === 'host' ? services.studyLinkFor(person, lesson.code) : null,
  ]);
  return {
    lesson: shown,
    role,
    me: { personId: person.personId, name: person.name },
    opensAt: opensAt(lesson),
    /** They may read board and chat when it is over: not who only stood at the door of a study room. */
    reads: lesson.study === null || takesPart(lesson, person.personId),
    /** They follow the link of a study room, and the host has not let them in. */
    asks: guest === 'asked',
    /** The token of the study room’s link, for its host. */
    invite,
    attendance,
    payouts: earnings?.rows ?? [],
    bookingId: own?.bookingId ?? null,
    /** Of earlier lessons, which the host may carry on in this one. */
    boards,
  };
};

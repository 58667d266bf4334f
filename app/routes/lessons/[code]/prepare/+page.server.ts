import { redirect } from '@sveltejs/kit';
import { lessonFor } from '#app/server/views.server.ts';
import { opensAt } from '#app/server/visibility.server.ts';
import { personOf, unknownPage } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

/** The board of a lesson before it opens, for its tutor; for everybody else this page does not exist. */
export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  const { services } = event.locals;
  const lesson = await services.visibleLesson(person, event.params.code);
  if (!lesson || lesson.tutorId !== person.personId) unknownPage();
  if (lesson.state === 'ended' || lesson.state === 'cancelled') redirect(303, `/lessons/${lesson.code}`);
  const [shown, boards] = await Promise.all([
    lessonFor(services.queries, person, lesson),
    services.earlierBoards(person, lesson.code),
  ]);
  return { lesson: shown, opensAt: opensAt(lesson), me: { personId: person.personId, name: person.name }, boards };
};

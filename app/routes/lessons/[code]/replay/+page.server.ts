import { lessonFor } from '#app/server/views.server.ts';
import { personOf, unknownPage } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

/** A lesson that is over, as it went. Who has no part in it sees a page that does not exist. */
export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  const { services } = event.locals;
  const lesson = await services.visibleLesson(person, event.params.code);
  if (!lesson || lesson.state === 'cancelled') unknownPage();
  const seconds = Number(event.url.searchParams.get('t') ?? Number.NaN);
  const at = Number(event.url.searchParams.get('at') ?? Number.NaN);
  return {
    lesson: await lessonFor(services.queries, person, lesson),
    me: person.personId,
    host: lesson.tutorId === person.personId,
    begin: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null,
    /** The moment to begin at, business ms: links from a case have it. */
    at: Number.isSafeInteger(at) && at >= 0 ? at : null,
  };
};

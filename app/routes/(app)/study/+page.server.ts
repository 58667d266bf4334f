import { redirect } from '@sveltejs/kit';
import { isRefusal } from '#events/shared/refusal.ts';
import { personWith, refused, requestIdOf, textOf } from '$lib/guard.ts';
import type { Done } from '$lib/answer.ts';
import { LIVE } from '$lib/live-key.ts';
import type { Actions, PageServerLoad } from './$types';

const OUT_OF_DATE = 'This form was out of date. Reload the page and try again.';

/** Who opens rooms, and who was invited to one: for guests who are no students there is no page of their own. */
export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'student');
  event.depends(LIVE);
  const { services } = event.locals;
  const rooms = await services.studyRoomsOf(person);
  const open = rooms.find((room) => room.mine && room.endedAt === null) ?? null;
  return {
    open,
    token: open && (await services.studyLinkFor(person, open.code)),
    invited: rooms.filter((room) => !room.mine && room.endedAt === null),
    past: rooms.filter((room) => room.endedAt !== null),
    requestId: crypto.randomUUID(),
  };
};

/** The acts on the link of one room have the same form. */
async function onLink(
  event: Parameters<NonNullable<Actions[string]>>[0],
  act: 'newStudyLink' | 'stopStudyLink',
): Promise<Done | ReturnType<typeof refused>> {
  const person = personWith(event, 'student');
  const form = await event.request.formData();
  const requestId = requestIdOf(form);
  if (!requestId) return refused('link', 'bad-request-id', OUT_OF_DATE);
  const done = await event.locals.services[act](person, textOf(form, 'code'), requestId);
  return isRefusal(done) ? refused('link', done.code, done.message, 409) : { about: act, done: true };
}

export const actions: Actions = {
  open: async (event) => {
    const person = personWith(event, 'student');
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId) return refused('open', 'bad-request-id', OUT_OF_DATE);
    const done = await event.locals.services.openStudyRoom(person, textOf(form, 'subject'), requestId);
    if (isRefusal(done)) return refused('open', done.code, done.message);
    redirect(303, '/study');
  },
  anew: (event) => onLink(event, 'newStudyLink'),
  stop: (event) => onLink(event, 'stopStudyLink'),
  end: async (event) => {
    const person = personWith(event, 'student');
    const form = await event.request.formData();
    const done = await event.locals.services.endLesson(person, textOf(form, 'code'));
    return isRefusal(done) ? refused('end', done.code, done.message, 409) : { about: 'end', done: true as const };
  },
};

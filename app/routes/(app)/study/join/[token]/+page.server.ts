import { redirect } from '@sveltejs/kit';
import { isRefusal } from '#events/shared/refusal.ts';
import { personOf, refused, requestIdOf } from '$lib/guard.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  // Whoever is asked where they come from must not tell the secret.
  event.setHeaders({ 'referrer-policy': 'no-referrer' });
  return {
    invite: await event.locals.services.studyRoomBehind(person, event.params.token),
    requestId: crypto.randomUUID(),
  };
};

export const actions: Actions = {
  default: async (event) => {
    const person = personOf(event);
    const requestId = requestIdOf(await event.request.formData());
    if (!requestId)
      return refused('join', 'bad-request-id', 'This form was out of date. Reload the page and try again.');
    const done = await event.locals.services.followStudyLink(person, event.params.token, requestId);
    if (isRefusal(done)) return refused('join', done.code, done.message, 409);
    redirect(303, `/lessons/${done.code}`);
  },
};

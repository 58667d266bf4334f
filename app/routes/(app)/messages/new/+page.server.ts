import { redirect } from '@sveltejs/kit';
import { isRefusal } from '#events/shared/refusal.ts';
import { personOf, refused, requestIdOf, textOf } from '$lib/guard.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  personOf(event);
  return { requestId: crypto.randomUUID() };
};

export const actions: Actions = {
  default: async (event) => {
    const person = personOf(event);
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId)
      return refused('create', 'bad-request-id', 'This form was out of date. Reload the page and try again.');
    const done = await event.locals.services.createGroup(person, textOf(form, 'name'), requestId);
    if (isRefusal(done)) return refused('create', done.code, done.message);
    redirect(303, `/messages/${done.conversationId}/settings`);
  },
};

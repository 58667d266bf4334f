import { redirect } from '@sveltejs/kit';
import { isRefusal } from '#events/shared/refusal.ts';
import { personOf, refused, textOf } from '$lib/guard.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  /** From a profile or a booking: opens the conversation with this person. */
  write: async (event) => {
    const person = personOf(event);
    const otherId = textOf(await event.request.formData(), 'personId');
    const done = await event.locals.services.writeTo(person, otherId, crypto.randomUUID());
    if (isRefusal(done)) return refused('write', done.code, done.message, 409);
    redirect(303, `/messages/${done.conversationId}`);
  },
};

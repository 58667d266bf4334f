import { redirect } from '@sveltejs/kit';
import type { ConversationAct } from '#app/server/conversations/contract.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { personOf, refused, requestIdOf, textOf, unknownPage } from '$lib/guard.ts';
import { CONVERSATIONS } from '$lib/live-key.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  event.depends(CONVERSATIONS);
  const conversation = await event.locals.services.conversationFor(person, event.params.id);
  if (!conversation) unknownPage();
  return { conversation, me: { personId: person.personId, name: person.name }, requestId: crypto.randomUUID() };
};

async function act(event: RequestEvent, about: string, what: (personId: string) => ConversationAct) {
  const person = personOf(event);
  const requestId = requestIdOf(await event.request.formData());
  if (!requestId) return refused(about, 'bad-request-id', 'This form was out of date. Reload the page and try again.');
  const { personId } = person;
  const done = await event.locals.services.actInConversation(person, event.params.id, what(personId), requestId);
  if (isRefusal(done)) return refused(about, done.code, done.message, 409);
  return { about, done: true as const };
}

export const actions: Actions = {
  accept: (event) => act(event, 'accept', () => ({ do: 'accept' })),
  decline: async (event) => {
    const done = await act(event, 'decline', (personId) => ({ do: 'end-invitation', personId }));
    if (!('done' in done)) return done;
    redirect(303, '/messages');
  },
  block: (event) => act(event, 'block', () => ({ do: 'block' })),
  report: async (event) => {
    const person = personOf(event);
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId)
      return refused('report', 'bad-request-id', 'This form was out of date. Reload the page and try again.');
    const what = { messageKey: textOf(form, 'message') || null, reason: textOf(form, 'reason') };
    const done = await event.locals.services.report(person, event.params.id, what, requestId);
    if (isRefusal(done)) return refused('report', done.code, done.message, 409);
    return { about: 'report', done: true as const };
  },
  unblock: (event) => act(event, 'block', () => ({ do: 'unblock' })),
};

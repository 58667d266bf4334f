import { redirect } from '@sveltejs/kit';
import type { ConversationAct } from '#app/server/conversations/contract.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { personOf, refused, requestIdOf, textOf, unknownPage } from '$lib/guard.ts';
import { CONVERSATIONS } from '$lib/live-key.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  event.depends(CONVERSATIONS);
  const { services } = event.locals;
  const conversation = await services.conversationFor(person, event.params.id);
  if (!conversation || conversation.kind !== 'group' || conversation.mine === 'invited') unknownPage();
  const there = new Set([...conversation.members, ...conversation.invited].map(({ personId }) => personId));
  const known = conversation.mine === 'owner' ? await services.mayInvite(person) : [];
  return {
    conversation,
    ownId: person.personId,
    mayInvite: [
      ...known,
      ...conversation.removed.filter((one) => !known.some(({ personId }) => personId === one.personId)),
    ].filter(({ personId }) => !there.has(personId)),
    requestId: crypto.randomUUID(),
  };
};

async function act(event: RequestEvent, about: string, what: (form: FormData) => ConversationAct) {
  const person = personOf(event);
  const form = await event.request.formData();
  const requestId = requestIdOf(form);
  if (!requestId) return refused(about, 'bad-request-id', 'This form was out of date. Reload the page and try again.');
  const done = await event.locals.services.actInConversation(person, event.params.id, what(form), requestId);
  return isRefusal(done) ? refused(about, done.code, done.message, 409) : { about, done: true as const };
}

export const actions: Actions = {
  rename: (event) => act(event, 'rename', (form) => ({ do: 'rename', name: textOf(form, 'name') })),
  link: async (event) => {
    const person = personOf(event);
    const form = await event.request.formData();
    // Anything that the form does not offer is no number, and refused as such.
    const days = Number(textOf(form, 'days') || NaN);
    const most = textOf(form, 'most');
    const made = await event.locals.services.makeInviteLink(
      person,
      event.params.id,
      days,
      most === '' ? null : Number(most),
    );
    if (isRefusal(made)) return refused('link', made.code, made.message, 409);
    return { about: 'link', done: true as const, token: made.token };
  },
  revoke: (event) => act(event, 'revoke', () => ({ do: 'revoke-link' })),
  invite: (event) => act(event, 'invite', (form) => ({ do: 'invite', personId: textOf(form, 'personId') })),
  uninvite: (event) => act(event, 'uninvite', (form) => ({ do: 'end-invitation', personId: textOf(form, 'personId') })),
  remove: (event) => act(event, 'remove', (form) => ({ do: 'remove', personId: textOf(form, 'personId') })),
  leave: async (event) => {
    const done = await act(event, 'leave', (form) => ({
      do: 'leave',
      successorId: textOf(form, 'successorId') || null,
    }));
    if (!('done' in done)) return done;
    redirect(303, '/messages');
  },
};

import { isRefusal } from '#events/shared/refusal.ts';
import type { Done } from '$lib/answer.ts';
import { personOf, refused, requestIdOf, send, textOf } from '$lib/guard.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { isZone } from '$lib/ui/time.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  const known = await event.locals.services.queries.rolesOf(person.personId);
  return { requestId: crypto.randomUUID(), ownZone: known?.zone ?? person.zone };
};

export const actions: Actions = {
  erase: async (event) => {
    const person = personOf(event);
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId) return refused('erase', 'bad-request-id', messagesIn('en').dispute.stale);
    // Spaces belong to a password.
    const password = form.get('password');
    if (typeof password !== 'string' || password === '')
      return refused('erase', 'password-missing', messagesIn('en').records.settings.erase.passwordMissing);
    const erased = await event.locals.services.eraseAccount(person, password, requestId);
    if (isRefusal(erased)) return refused('erase', erased.code, erased.message, 409);
    return { about: 'erase', done: true } satisfies Done;
  },

  zone: async (event) => {
    const person = personOf(event);
    const form = await event.request.formData();
    const zone = textOf(form, 'zone');
    if (!isZone(zone)) return refused('zone', 'zone-unknown', messagesIn('en').records.settings.zoneUnknown);
    const data = { personId: person.personId, zone };
    const command = { type: 'ChangeZone' as const, now: event.locals.services.now(), data };
    return send(event.locals, person, person.roles[0] ?? 'student', 'zone', requestIdOf(form), command);
  },
};

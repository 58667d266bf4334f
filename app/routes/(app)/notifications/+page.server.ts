import { personOf } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import type { Actions, PageServerLoad } from './$types';

const SHOWN = 100;

export const load: PageServerLoad = async (event) => {
  const person = personOf(event);
  event.depends(LIVE);
  return { notices: await event.locals.services.queries.notices(person.personId, SHOWN) };
};

export const actions: Actions = {
  read: async (event) => {
    const person = personOf(event);
    const { queries, now } = event.locals.services;
    await queries.markNoticesRead(person.personId, now());
    return { about: 'read', done: true as const };
  },
};

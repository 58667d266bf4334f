import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'tutor');
  const { rows } = await event.locals.services.queries.earnings(person.personId);
  return { rows };
};

import { personOf } from '$lib/guard.ts';
import type { LayoutServerLoad } from './$types';

/** What every signed-in page shares. Each page's own load asks for the person again: kit runs both at once. */
export const load: LayoutServerLoad = (event) => {
  const person = personOf(event);
  return { personId: person.personId, roles: person.roles, zone: person.zone };
};

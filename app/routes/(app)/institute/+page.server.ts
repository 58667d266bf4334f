import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'institute-admin');
  const { queries } = event.locals.services;
  const known = await queries.rolesOf(person.personId);
  const institutes = await Promise.all((known?.institutes ?? []).map((id) => queries.institute(id)));
  return { institutes: institutes.filter((institute) => institute !== null) };
};

import { allEarnings } from '$lib/earnings/all.ts';
import { personWith } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'tutor');
  event.depends(LIVE);
  const { queries } = event.locals.services;
  const [{ rows, owed }, account] = await Promise.all([
    allEarnings(queries, person.personId),
    queries.payoutAccount(person.personId),
  ]);
  return { rows, owed, bookable: account?.bookable ?? false };
};

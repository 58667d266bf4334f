import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'student', 'guardian', 'institute-admin');
  const payments = await event.locals.services.queries.paymentsOf(person.personId);
  return { payments: payments.toSorted((one, other) => other.capturedAt - one.capturedAt) };
};

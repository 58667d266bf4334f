import { loadCase } from '$lib/case/load.ts';
import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  personWith(event, 'ops');
  return loadCase(event.locals, event.params.id);
};

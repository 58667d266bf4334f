import { loadLookedAt } from '$lib/case/looked.ts';
import { personWith } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import { caseActions } from './actions.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  const person = personWith(event, 'ops');
  event.depends(LIVE);
  return loadLookedAt(event.locals, person, 'ops', event.params.id);
};

export const actions: Actions = caseActions;

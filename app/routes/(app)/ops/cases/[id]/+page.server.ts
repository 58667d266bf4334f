import { loadCase } from '$lib/case/load.ts';
import { personWith } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import { caseActions } from './actions.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  const person = personWith(event, 'ops');
  event.depends(LIVE);
  return loadCase(event.locals, person, event.params.id);
};

export const actions: Actions = caseActions;

import { loadLookedAt } from '$lib/case/looked.ts';
import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = (event) =>
  loadLookedAt(event.locals, personWith(event, 'auditor'), 'auditor', event.params.id);

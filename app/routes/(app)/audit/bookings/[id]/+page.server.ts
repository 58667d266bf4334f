import { loadCase } from '$lib/case/load.ts';
import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => loadCase(event.locals, personWith(event, 'auditor'), event.params.id);

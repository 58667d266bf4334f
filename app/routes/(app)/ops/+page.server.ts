import { filterOf, searchOf } from '$lib/case/search.ts';
import { healthLines } from '$lib/case/health.ts';
import { personWith } from '$lib/guard.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  personWith(event, 'ops');
  const { queries, now, health } = event.locals.services;
  const search = searchOf(event.url.searchParams);
  const [found, stuck, state] = await Promise.all([queries.cases(filterOf(search)), queries.stuck(now()), health()]);
  return { found: { search, ...found }, stuck, health: healthLines(state) };
};

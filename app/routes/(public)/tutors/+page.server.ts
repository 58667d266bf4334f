import { PAGE_SIZE, freeWindow, queryOf, searchFrom } from '$lib/tutor-search.ts';
import { cardsOf } from '$lib/tutors/slots.ts';
import { DAY } from '$lib/ui/time.ts';
import { zoneOf } from '$lib/zone-of.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, cookies }) => {
  const { queries } = locals.services;
  const now = locals.services.now();
  const zone = zoneOf(cookies, locals.person);
  const form = searchFrom(url.searchParams);
  const window = freeWindow(form.day, form.part, zone, now);
  const facets = await queries.searchFacets();
  if (window && window.to <= window.from) return { form, facets, cards: [], total: 0, pages: 0 };
  const found = await queries.searchTutors(queryOf(form, zone, now));
  return {
    form,
    facets,
    cards: await cardsOf(queries, found.tutors, window?.from ?? now, window?.to ?? now + 7 * DAY),
    total: found.total,
    pages: Math.ceil(found.total / PAGE_SIZE),
  };
};

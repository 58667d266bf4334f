import { redirect } from '@sveltejs/kit';
import { safeNext } from '$lib/account/next.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  const next = safeNext(url.searchParams.get('next'));
  if (locals.person) redirect(303, next);
  return { next };
};

import { personWith } from '$lib/guard.ts';
import { shownHead } from '$lib/verify/shown-head.ts';
import type { PageServerLoad } from './$types';

const PAGE = 20;

export const load: PageServerLoad = async (event) => {
  personWith(event, 'auditor');
  const asked = event.url.searchParams.get('before');
  const before = asked !== null && /^\d{1,15}$/.test(asked) ? Number(asked) : undefined;
  const heads = (await event.locals.services.audit.heads(PAGE, before)).map(({ head }) => shownHead(head));
  const last = heads.at(-1)?.number ?? 0;
  return { heads, newest: before === undefined, next: heads.length === PAGE && last > 0 ? last : null };
};

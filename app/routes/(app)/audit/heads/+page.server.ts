import { personWith } from '$lib/guard.ts';
import { shownHead } from '$lib/verify/shown-head.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { PageServerLoad } from './$types';

const PAGE = 20;

export const load: PageServerLoad = async (event) => {
  personWith(event, 'auditor');
  const asked = event.url.searchParams.get('before');
  const before = asked !== null && /^\d{1,15}$/.test(asked) ? Number(asked) : undefined;
  const found = await event.locals.services.audit.heads(PAGE, before);
  const broken = isRefusal(found) ? found : null;
  const heads = isRefusal(found) ? [] : found.map(({ head }) => shownHead(head));
  const last = heads.at(-1)?.number ?? 0;
  return { heads, broken, newest: before === undefined, next: heads.length === PAGE && last > 0 ? last : null };
};

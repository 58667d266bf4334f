import { personOf } from '$lib/guard.ts';
import { CONVERSATIONS } from '$lib/live-key.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => {
  const person = personOf(event);
  event.depends(CONVERSATIONS);
  // Lines carry the wall time of whoever wrote them.
  return { lines: await event.locals.services.conversationsOf(person), wall: Date.now() };
};

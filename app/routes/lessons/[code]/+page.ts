import { after } from '$lib/classroom/parts.svelte.ts';
import type { PageLoad } from './$types';

/** A lesson that is over is rendered on the server like any page; whoever comes for a running one does not wait for that code. */
export const load: PageLoad = async ({ data }) => {
  const over = data.lesson.state === 'ended' || data.lesson.state === 'cancelled';
  return { ...data, after: over ? await after.load() : null };
};

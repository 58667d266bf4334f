import { rawEvents } from '$lib/case/raw-events.server.ts';
import { personWith } from '$lib/guard.ts';
import type { RequestHandler } from './$types';

/** The events of the case as they are stored; with `?event=` that one. */
export const GET: RequestHandler = (event) => {
  const person = personWith(event, 'ops');
  return rawEvents(event.locals, { person, role: 'ops' }, event.params.id, event.url.searchParams.get('event'));
};

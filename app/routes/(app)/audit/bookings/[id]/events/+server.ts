import { rawEvents } from '$lib/case/raw-events.server.ts';
import { personWith } from '$lib/guard.ts';
import type { RequestHandler } from './$types';

/** The events of the case as they are stored; with `?event=` that one. */
export const GET: RequestHandler = (event) => {
  const person = personWith(event, 'auditor');
  return rawEvents(event.locals, { person, role: 'auditor' }, event.params.id, event.url.searchParams.get('event'));
};

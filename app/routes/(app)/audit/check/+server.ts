import { personWith } from '$lib/guard.ts';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** How far the check of the log is, for the page that waits for it. */
export const GET: RequestHandler = async (event) => {
  personWith(event, 'auditor');
  return json(await event.locals.services.audit.check(), { headers: { 'cache-control': 'private, no-store' } });
};

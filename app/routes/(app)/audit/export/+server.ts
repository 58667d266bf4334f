import { personWith } from '$lib/guard.ts';
import { exportAnswer } from '$lib/verify/export-answer.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) =>
  exportAnswer(await event.locals.services.audit.exportLog(personWith(event, 'auditor'), { kind: 'whole' }));

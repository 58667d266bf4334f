import { evidencePdf } from '$lib/case/take-evidence.server.ts';
import { personWith } from '$lib/guard.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (event) => evidencePdf(event, personWith(event, 'auditor'), 'auditor');

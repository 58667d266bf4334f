import { error } from '@sveltejs/kit';
import { unknownPage } from '$lib/guard.ts';
import type { Refusal } from '#events/shared/refusal.ts';
import type { AuditFile } from '../../server/audit/contract.ts';

/** An export on its way to the disk of whoever asked for it. */
export function exportAnswer(made: AuditFile | Refusal): Response {
  if ('kind' in made) {
    if (made.code === 'not-found') unknownPage();
    error(409, { message: made.message, code: made.code });
  }
  return new Response(made.body, {
    headers: {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': `attachment; filename="${made.name}"`,
      'cache-control': 'private, no-store',
    },
  });
}

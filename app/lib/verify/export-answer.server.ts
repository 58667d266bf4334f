import { error } from '@sveltejs/kit';
import { unknownPage } from '$lib/guard.ts';
import type { Refusal } from '#events/shared/refusal.ts';
import type { AuditFile } from '../../server/audit/contract.ts';

/** An export on its way to the disk of whoever asked for it, once that is noted; else nothing of it is given out. */
export async function exportAnswer(made: AuditFile | Refusal, noted: () => Promise<void>): Promise<Response> {
  if ('kind' in made) {
    if (made.code === 'not-found') unknownPage();
    error(409, { message: made.message, code: made.code });
  }
  try {
    await noted();
  } catch (failure) {
    // Its place is free again for the next one.
    await made.body.cancel();
    throw failure;
  }
  return new Response(made.body, {
    headers: {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': `attachment; filename="${made.name}"`,
      'cache-control': 'private, no-store',
    },
  });
}

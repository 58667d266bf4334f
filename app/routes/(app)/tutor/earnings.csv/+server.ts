import { earningsCsv } from '$lib/earnings/csv.ts';
import { personWith } from '$lib/guard.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'tutor');
  const { rows } = await event.locals.services.queries.earnings(person.personId);
  return new Response(earningsCsv(rows), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="nexused-earnings.csv"',
      'cache-control': 'private, no-store',
    },
  });
};

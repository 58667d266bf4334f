import { csvFile } from '$lib/csv.ts';
import { personWith } from '$lib/guard.ts';
import { periodOf } from '$lib/period.ts';
import { statementCsv } from '$lib/statement-csv.ts';
import { isZone } from '$lib/ui/time.ts';
import { zoneOf } from '$lib/zone-of.ts';
import type { RequestHandler } from './$types';

/** What was paid and what came back in the days `from` to `to`, a line each. */
export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'student', 'guardian', 'institute-admin');
  const { queries, now } = event.locals.services;
  const search = event.url.searchParams;
  const asked = search.get('zone') ?? '';
  const zone = isZone(asked) ? asked : zoneOf(event.cookies, person);
  const { from, to, fromDay, toDay } = periodOf(search, now(), zone);
  const { rows } = await queries.payerStatement(person.personId, from, to);
  return csvFile(`nexused-payments-${fromDay}-${toDay}.csv`, statementCsv(rows));
};

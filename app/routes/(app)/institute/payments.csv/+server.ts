import { csvFile } from '$lib/csv.ts';
import { personWith, unknownPage } from '$lib/guard.ts';
import { instituteStatement } from '$lib/institute/statement.ts';
import { periodOf } from '$lib/period.ts';
import { statementCsv } from '$lib/statement-csv.ts';
import { isZone } from '$lib/ui/time.ts';
import { zoneOf } from '$lib/zone-of.ts';
import type { RequestHandler } from './$types';

/** What the students of one institute paid and got back in the days `from` to `to`. */
export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'institute-admin');
  const { queries, now } = event.locals.services;
  const search = event.url.searchParams;
  const institutes = (await queries.rolesOf(person.personId))?.institutes ?? [];
  const instituteId = institutes.find((id) => id === search.get('institute'));
  if (instituteId === undefined) unknownPage();
  const asked = search.get('zone') ?? '';
  const zone = isZone(asked) ? asked : zoneOf(event.cookies, person);
  const { from, to, fromDay, toDay } = periodOf(search, now(), zone);
  const rows = await instituteStatement(queries, instituteId, from, to);
  return csvFile(`nexused-institute-${fromDay}-${toDay}.csv`, statementCsv(rows));
};

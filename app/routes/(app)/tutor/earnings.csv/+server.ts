import { csvFile } from '$lib/csv.ts';
import { allEarnings } from '$lib/earnings/all.ts';
import { earningsCsv } from '$lib/earnings/csv.ts';
import { personWith } from '$lib/guard.ts';
import { periodOf } from '$lib/period.ts';
import { statementCsv } from '$lib/statement-csv.ts';
import { isZone } from '$lib/ui/time.ts';
import { zoneOf } from '$lib/zone-of.ts';
import type { RequestHandler } from './$types';

/** `rows=lessons` (a line a lesson that starts in the days `from` to `to`) or `rows=money` (a line a movement). */
export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'tutor');
  const { queries, now } = event.locals.services;
  const search = event.url.searchParams;
  const asked = search.get('zone') ?? '';
  const zone = isZone(asked) ? asked : zoneOf(event.cookies, person);
  const { from, to, fromDay, toDay } = periodOf(search, now(), zone);
  if (search.get('rows') === 'money') {
    const { rows } = await queries.tutorStatement(person.personId, from, to);
    return csvFile(`nexused-statement-${fromDay}-${toDay}.csv`, statementCsv(rows));
  }
  const { rows } = await allEarnings(queries, person.personId, { from, to });
  const within = rows.toSorted((one, other) => one.startsAt - other.startsAt);
  return csvFile(`nexused-earnings-${fromDay}-${toDay}.csv`, earningsCsv(within));
};

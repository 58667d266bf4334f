import { personWith } from '$lib/guard.ts';
import { byMonth, instituteStatement } from '$lib/institute/statement.ts';
import { periodOf } from '$lib/period.ts';
import { zoneOf } from '$lib/zone-of.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'institute-admin');
  const { queries, now } = event.locals.services;
  const zone = zoneOf(event.cookies, person);
  // The financial year so far; other days are in the CSV.
  const period = periodOf(new URLSearchParams(), now(), zone);
  const known = await queries.rolesOf(person.personId);
  const institutes = await Promise.all(
    (known?.institutes ?? []).map(async (id) => {
      const [institute, money, rows] = await Promise.all([
        queries.institute(id),
        queries.instituteMoney(id),
        instituteStatement(queries, id, period.from, period.to),
      ]);
      return institute && { ...institute, money, months: byMonth(rows, zone) };
    }),
  );
  return { institutes: institutes.filter((institute) => institute !== null), period };
};

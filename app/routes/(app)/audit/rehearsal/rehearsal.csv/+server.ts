import { csvFile } from '$lib/csv.ts';
import { personWith } from '$lib/guard.ts';
import { askedIn } from '$lib/rehearsal/asked.ts';
import { rehearsalCsv } from '$lib/rehearsal/csv.ts';
import { zoneOf } from '$lib/zone-of.ts';
import { ruleOf } from '#events/rehearsal/rule.ts';
import { policyAt } from '#events/shared/policy.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { error } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'auditor', 'ops');
  const { rehearsal, copyTaken, now } = event.locals.services;
  const zone = zoneOf(event.cookies, person);
  const { period, changes, problem } = askedIn(event.url.searchParams, ruleOf(policyAt(now())), now(), zone);
  if (problem) error(400, { message: problem.message, code: problem.code });
  const { from, to, fromDay, toDay } = period;
  const result = await rehearsal.whole(person, { from, to, changes });
  if (isRefusal(result)) error(409, { message: result.message, code: result.code });
  // Noted once it is reckoned: a rehearsal itself appends nothing.
  await copyTaken(person, person.roles.includes('ops') ? 'ops' : 'auditor', 'rehearsal', null);
  return csvFile(`nexused-rehearsal-${fromDay}-${toDay}.csv`, rehearsalCsv(result.rows));
};

import { personWith } from '$lib/guard.ts';
import { askedIn } from '$lib/rehearsal/asked.ts';
import { zoneOf } from '$lib/zone-of.ts';
import { ruleOf } from '#events/rehearsal/rule.ts';
import { policyAt } from '#events/shared/policy.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  const person = personWith(event, 'auditor', 'ops');
  const now = event.locals.services.now();
  const policy = policyAt(now);
  const inForce = ruleOf(policy);
  const { searchParams } = event.url;
  const asked = askedIn(searchParams, inForce, now, zoneOf(event.cookies, person));
  const { fromDay, toDay } = asked.period;
  return {
    version: policy.version,
    inForce,
    fields: asked.fields,
    fromDay,
    toDay,
    problem: asked.problem,
    /** What is to be run, as it stands in the address; null until it was asked for. */
    run: searchParams.has('go') && asked.problem === null ? searchParams.toString() : null,
    // Whoever is both works on cases where ops do.
    cases: person.roles.includes('auditor') ? '/audit/bookings' : '/ops/cases',
    back: person.roles.includes('auditor') ? ('audit' as const) : ('ops' as const),
  };
};

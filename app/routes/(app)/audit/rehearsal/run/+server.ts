import { personWith } from '$lib/guard.ts';
import { askedIn } from '$lib/rehearsal/asked.ts';
import { zoneOf } from '$lib/zone-of.ts';
import { ruleOf } from '#events/rehearsal/rule.ts';
import { policyAt } from '#events/shared/policy.ts';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

const no = ({ code, message }: Refusal, status: number): Response => json({ code, message }, { status });

/** The rehearsal of an address, line by line while it runs. It ends when nobody reads it any more. */
export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'auditor', 'ops');
  const { rehearsal, now } = event.locals.services;
  const zone = zoneOf(event.cookies, person);
  const { period, changes, problem } = askedIn(event.url.searchParams, ruleOf(policyAt(now())), now(), zone);
  if (problem) return no(problem, 400);
  const { from, to } = period;
  const body = await rehearsal.lines(person, { from, to, changes });
  if (isRefusal(body)) return no(body, 409);
  return new Response(body, {
    headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'private, no-store' },
  });
};

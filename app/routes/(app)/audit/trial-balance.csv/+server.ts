import { asOf } from '$lib/case/as-of.ts';
import { trialBalanceCsv } from '$lib/case/books.ts';
import { csvAnswer } from '$lib/case/csv.server.ts';
import { personWith } from '$lib/guard.ts';
import { zoneOf } from '$lib/zone-of.ts';
import { error } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'auditor');
  const by = event.url.searchParams.get('by') === 'recorded' ? 'recorded' : 'business';
  const wanted = asOf(event.url.searchParams.get('at'), zoneOf(event.cookies, person));
  if (wanted.kind === 'invalid') error(400, { message: 'That is not a date and time.', code: 'at-invalid' });
  const { queries, copyTaken } = event.locals.services;
  const balance = await queries.trialBalance(wanted.kind === 'at' ? wanted.at : undefined, by);
  await copyTaken(person, 'auditor', 'trial-balance', null);
  // Two of them lie side by side in a folder: by which clock and as of when each is stands in its name.
  const when = wanted.kind === 'at' ? new Date(wanted.at).toISOString().slice(0, 19).replaceAll(':', '') : 'now';
  return csvAnswer(`nexused-trial-balance-${by}-${when}`, trialBalanceCsv(balance));
};

import { statement } from '#app/server/papers/statement.ts';
import { personWith } from '$lib/guard.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { pdfFile } from '$lib/pdf-file.ts';
import { isZone } from '$lib/ui/time.ts';
import { monthOf } from '$lib/period.ts';
import { zoneOf } from '$lib/zone-of.ts';
import type { RequestHandler } from './$types';

/** `month=2026-11`; without one, or with one that is none, the month that it is. */
export const GET: RequestHandler = async (event) => {
  const person = personWith(event, 'tutor');
  const { queries, now, pdf } = event.locals.services;
  const search = event.url.searchParams;
  const asked = search.get('zone') ?? '';
  const zone = isZone(asked) ? asked : zoneOf(event.cookies, person);
  const { month, from, to } = monthOf(search.get('month'), now(), zone);
  const messages = messagesIn('en');
  const name = messages.earnings.months[Number(month.slice(5)) - 1] ?? '';
  const paper = statement(
    {
      tutorId: person.personId,
      tutorName: person.name,
      statement: await queries.tutorStatement(person.personId, from, to),
      month: `${name} ${month.slice(0, 4)}`,
      zone,
      now: now(),
    },
    messages,
  );
  return pdfFile(`nexused-statement-${month}.pdf`, await pdf(paper));
};

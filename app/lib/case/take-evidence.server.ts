/** The evidence of a case as a file to take along: for ops and auditors who are no party, and noted before it is given out. */
import { error, type Cookies } from '@sveltejs/kit';
import { evidencePaper } from '#app/server/papers/evidence.ts';
import type { Person } from '#app/server/services.ts';
import type { LookRole } from '#events/look/events.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { documentFile } from '#events/store/audit/document.ts';
import type { EvidenceTold } from '#app/server/evidence-told.ts';
import { unknownPage } from '../guard.ts';
import { messagesIn } from '../messages/index.ts';
import { pdfFile } from '../pdf-file.ts';
import { zoneOf } from '../zone-of.ts';

interface Asked {
  readonly locals: App.Locals;
  readonly url: URL;
  readonly cookies: Cookies;
  readonly params: { readonly id: string };
}

/** As of now, or with `?kept=<event id>` as it was kept with a decision. */
async function taken({ locals, url, params }: Asked, person: Person): Promise<EvidenceTold> {
  const told = await locals.services.evidenceToTake(person, params.id, url.searchParams.get('kept'));
  if (told === null) unknownPage();
  if (isRefusal(told)) error(409, { message: told.message, code: told.code });
  return told;
}

const nameOf = ({ bookingId, kept }: EvidenceTold, ending: string): string =>
  `nexused-evidence-${bookingId}${kept === null ? '' : `-${kept.step}`}.${ending}`;

export async function evidencePdf(event: Asked, person: Person, role: LookRole): Promise<Response> {
  const { queries, pdf, copyTaken } = event.locals.services;
  const told = await taken(event, person);
  const booking = await queries.booking(told.bookingId);
  if (!booking) unknownPage();
  const bytes = await pdf(evidencePaper({ told, booking, zone: zoneOf(event.cookies, person) }, messagesIn('en')));
  await copyTaken(person, role, 'evidence-pdf', told.bookingId);
  return pdfFile(nameOf(told, 'pdf'), bytes);
}

export async function evidenceJson(event: Asked, person: Person, role: LookRole): Promise<Response> {
  const { audit, copyTaken } = event.locals.services;
  const told = await taken(event, person);
  const file = documentFile(audit.signed('evidence', { ...told }));
  await copyTaken(person, role, 'evidence-file', told.bookingId);
  return new Response(file, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${nameOf(told, 'json')}"`,
      'cache-control': 'private, no-store',
    },
  });
}

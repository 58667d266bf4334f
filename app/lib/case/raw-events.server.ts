/** The events of a case as they are stored, for ops and for auditors, noted as a look. The route checks the role first. */
import { json } from '@sveltejs/kit';
import type { LookRole } from '#events/look/events.ts';
import type { Person } from '#app/server/services.ts';
import { unknownPage } from '../guard.ts';

/** @param eventId null: all of them. An event of another case answers like one that does not exist. */
export async function rawEvents(
  locals: App.Locals,
  { person, role }: { readonly person: Person; readonly role: LookRole },
  bookingId: string,
  eventId: string | null,
): Promise<Response> {
  const { queries, lookedAt } = locals.services;
  const found =
    eventId === null
      ? (await queries.booking(bookingId)) && (await queries.timeline(bookingId))
      : await queries.timelineEvent(bookingId, eventId);
  if (!found) unknownPage();
  await lookedAt(person, role, [bookingId], 'case');
  return json(found, { headers: { 'cache-control': 'private, no-store' } });
}

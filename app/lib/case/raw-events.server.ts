/** The events of a case as they are stored, for ops and for auditors, noted as a look. The route checks the role first. */
import { json } from '@sveltejs/kit';
import type { LookRole } from '#events/look/events.ts';
import type { Person } from '#app/server/services.ts';
import { withoutDeciding } from '#app/server/views.server.ts';
import { isPartyOf } from '#app/server/visibility.server.ts';
import { unknownPage } from '../guard.ts';

/** @param eventId null: all of them. An event of another case answers like one that does not exist. */
export async function rawEvents(
  locals: App.Locals,
  { person, role }: { readonly person: Person; readonly role: LookRole },
  bookingId: string,
  eventId: string | null,
): Promise<Response> {
  const { queries, lookedAt } = locals.services;
  const booking = await queries.booking(bookingId);
  if (!booking) unknownPage();
  const one = eventId === null ? null : await queries.timelineEvent(bookingId, eventId);
  const all = eventId === null ? await queries.timeline(bookingId) : one ? [one] : [];
  const shown = (await isPartyOf(queries, person, booking)) ? withoutDeciding(all) : all;
  const found = eventId === null ? shown : shown[0];
  if (!found) unknownPage();
  await lookedAt(person, role, [bookingId], 'case');
  return json(found, { headers: { 'cache-control': 'private, no-store' } });
}

/** The events of a case as they are stored, for ops and for auditors. The route checks the role first. */
import { json } from '@sveltejs/kit';
import { unknownPage } from '../guard.ts';

/** @param eventId null: all of them. An event of another case answers like one that does not exist. */
export async function rawEvents(locals: App.Locals, bookingId: string, eventId: string | null): Promise<Response> {
  const { queries } = locals.services;
  const found =
    eventId === null
      ? (await queries.booking(bookingId)) && (await queries.timeline(bookingId))
      : await queries.timelineEvent(bookingId, eventId);
  if (!found) unknownPage();
  return json(found, { headers: { 'cache-control': 'private, no-store' } });
}

/** The page of a case, as one that is looked at: it is noted, and shows who looked before. */
import type { LookRole } from '#events/look/events.ts';
import type { Person } from '#app/server/services.ts';
import { loadCase } from './load.ts';

/** So many of the newest looks stand on a case; auditors have a page with all of them. */
const NEWEST = 20;

/** `loadCase`, noted as a look. For a party it says nothing of others who looked: the case is decided by these. */
export async function loadLookedAt(locals: App.Locals, person: Person, role: LookRole, bookingId: string) {
  const data = await loadCase(locals, person, bookingId, role === 'auditor');
  const { queries, lookedAt } = locals.services;
  const [looks] = await Promise.all([
    data.own ? null : queries.looks({ bookingId, limit: NEWEST }),
    lookedAt(person, role, [bookingId], 'case'),
  ]);
  return { ...data, looks };
}

import type { Cookies } from '@sveltejs/kit';
import type { Person } from '#app/server/services.ts';
import { isZone } from './ui/time.ts';

/** The viewer's zone as far as the server can know it: the cookie, else the account, else UTC. */
export function zoneOf(cookies: Cookies, person: Person | null): string {
  const wanted = cookies.get('zone') ?? person?.zone;
  return wanted !== undefined && isZone(wanted) ? wanted : 'UTC';
}

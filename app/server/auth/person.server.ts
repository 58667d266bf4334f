/** Who asks: session from better-auth, roles from the log's read model. */
import { APIError } from 'better-auth/api';
import { ROLES, type Role } from '#events/access/roles.ts';
import { DatabaseUnavailable } from '#platform/database/database.ts';
import type { Queries } from '#projections/queries.ts';
import type { Person } from '../services.ts';
import type { Auth } from './auth.server.ts';

export function createPersonOf(auth: Auth, queries: Queries): (headers: Headers) => Promise<Person | null> {
  return async (headers) => {
    if (!headers.get('authorization') && !headers.get('cookie')?.includes('nexused.session_token')) return null;
    const session = await auth.api.getSession({ headers }).catch((error: unknown) => {
      // It keeps the cause to itself; what fails there is the reading of two rows.
      if (error instanceof APIError && error.statusCode >= 500)
        throw new DatabaseUnavailable('The session could not be read', { cause: error });
      throw error;
    });
    if (!session) return null;
    const { user } = session;
    const known = await queries.rolesOf(user.id);
    return {
      personId: user.id,
      name: user.name,
      email: user.email,
      roles: (known?.roles ?? []).filter((role): role is Role => (ROLES as readonly string[]).includes(role)),
      zone: known?.zone ?? 'Asia/Kolkata',
    };
  };
}

/** People and parts of services, for tests that call the services of the pages over real tables. */
import type { ServiceParts } from '#app/server/services.server.ts';
import type { Person } from '#app/server/services.ts';

export const personAs = (personId: string, ...roles: Person['roles'][number][]): Person => ({
  personId,
  name: personId,
  email: `${personId}@nexused.test`,
  roles,
  zone: 'Asia/Kolkata',
});

/** Only what a test's acts ask for: asking for anything else fails. */
export const someParts = (parts: Partial<ServiceParts>): ServiceParts => parts as ServiceParts;

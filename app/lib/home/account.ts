import type { AccountStatus } from '#projections/queries.ts';

/** The way to an open account goes on by itself: the tutor has nothing to do for it now. */
export const accountWaits = (status: AccountStatus | undefined): boolean =>
  status !== undefined && ['details', 'requested', 'created', 'under-review', 'active', 'suspended'].includes(status);

import type { ChargebackRow } from '#projections/queries.ts';

/** The bank waits, and there is still time. */
export const isAnswerable = ({ state, respondBy }: Pick<ChargebackRow, 'state' | 'respondBy'>, now: number): boolean =>
  (state === 'open' || state === 'action-required') && now <= respondBy;

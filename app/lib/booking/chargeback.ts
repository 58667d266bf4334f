import type { ChargebackRow } from '#projections/queries.ts';

/** The bank has not decided yet, so no refund of that payment goes out. A mere question freezes nothing. */
export const isOpenChargeback = ({ state, phase }: Pick<ChargebackRow, 'state' | 'phase'>): boolean =>
  !['won', 'lost', 'accepted', 'closed'].includes(state) && phase !== 'fraud' && phase !== 'retrieval';

import type { Head } from '#events/store/audit/format.ts';

export type ShownHead = Pick<Head, 'number' | 'position' | 'chain' | 'records' | 'signedAt'>;

/** Of a signed head what a list shows. */
export const shownHead = ({ number, position, chain, records, signedAt }: Head): ShownHead => ({
  number,
  position,
  chain,
  records,
  signedAt,
});

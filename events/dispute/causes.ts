import type { DisputeCause } from '../payout/events.ts';

/** What a complaint can be about, in the order in which a form shows it. Pages import this file: it must stay without Node. */
export const DISPUTE_CAUSES: readonly DisputeCause[] = [
  'did-not-happen',
  'technical-failure',
  'cut-short',
  'not-as-described',
  'charged-wrongly',
  'other',
];

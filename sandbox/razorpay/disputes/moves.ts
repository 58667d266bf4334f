/** The states of a dispute with a bank, and what leads from one to another. */
import type { Dispute } from '../entities.ts';

export type DisputeStatus = Dispute['status'];

export const DISPUTE_MOVES = [
  'accept',
  'draft',
  'submit',
  'deadline',
  'win',
  'lose',
  'require_action',
  'close',
] as const;
/** accept, draft and submit are the merchant's; the others are the bank's. */
export type DisputeMove = (typeof DISPUTE_MOVES)[number];

const NEXT: Readonly<Record<DisputeStatus, Readonly<Partial<Record<DisputeMove, DisputeStatus>>>>> = {
  open: { accept: 'lost', draft: 'open', submit: 'under_review', deadline: 'lost', lose: 'lost', close: 'closed' },
  under_review: { win: 'won', lose: 'lost', require_action: 'open', close: 'closed' },
  won: {},
  lost: {},
  closed: {},
};

/**
 * The state after `move`, or null when it may not be made. Only a suspicion of fraud is closed; when nobody answers
 * one, it is closed too, because nobody has claimed money by it.
 */
export function nextStatus(
  { status, phase }: Pick<Dispute, 'status' | 'phase'>,
  move: DisputeMove,
): DisputeStatus | null {
  if (move === 'close' && phase !== 'fraud') return null;
  if (move === 'deadline' && phase === 'fraud' && status === 'open') return 'closed';
  return NEXT[status][move] ?? null;
}

import { describe, expect, it } from 'vitest';
import { DISPUTE_MOVES, nextStatus, type DisputeMove, type DisputeStatus } from './moves.ts';

const NEVER = null;
/** Written from the documentation's list of transitions; every pair must stand here. */
const CHARGEBACK: Record<DisputeStatus, Record<DisputeMove, DisputeStatus | null>> = {
  open: {
    accept: 'lost',
    draft: 'open',
    submit: 'under_review',
    deadline: 'lost',
    win: NEVER,
    lose: 'lost',
    require_action: NEVER,
    close: NEVER,
  },
  under_review: {
    accept: NEVER,
    draft: NEVER,
    submit: NEVER,
    deadline: NEVER,
    win: 'won',
    lose: 'lost',
    require_action: 'open',
    close: NEVER,
  },
  won: all(NEVER),
  lost: all(NEVER),
  closed: all(NEVER),
};
const FRAUD: typeof CHARGEBACK = {
  ...CHARGEBACK,
  open: { ...CHARGEBACK.open, close: 'closed', deadline: 'closed' },
  under_review: { ...CHARGEBACK.under_review, close: 'closed' },
};

function all(to: DisputeStatus | null): Record<DisputeMove, DisputeStatus | null> {
  return {
    accept: to,
    draft: to,
    submit: to,
    deadline: to,
    win: to,
    lose: to,
    require_action: to,
    close: to,
  };
}

const STATUSES = ['open', 'under_review', 'won', 'lost', 'closed'] as const;

describe.each([
  ['chargeback', CHARGEBACK],
  ['pre_arbitration', CHARGEBACK],
  ['retrieval', CHARGEBACK],
  ['fraud', FRAUD],
] as const)('a dispute in phase %s', (phase, table) => {
  it.each(STATUSES.flatMap((status) => DISPUTE_MOVES.map((move) => ({ status, move, to: table[status][move] }))))(
    '$status, $move → $to',
    ({ status, move, to }) => {
      expect(nextStatus({ status, phase }, move)).toBe(to);
    },
  );
});

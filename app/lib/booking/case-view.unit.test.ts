import { describe, expect, it } from 'vitest';
import type { DisputeRow } from '#projections/queries.ts';
import { caseView } from './case-view.ts';

const row: DisputeRow = {
  bookingId: 'b',
  disputeId: 'd',
  kind: 'in-app',
  state: 'opened',
  subject: 'Maths',
  tutorId: 'tutor',
  tutorName: 'Kavita Rao',
  studentId: 'student',
  studentName: 'Asha Menon',
  bookedBy: 'parent',
  openedBy: 'parent',
  cause: 'cut-short',
  text: 'It ended after half an hour.',
  wants: null,
  gross: 80_000,
  share: 72_000,
  openedAt: 1,
  answerBy: 2,
  answeredAt: null,
  decideBy: null,
  proposal: null,
  resolution: null,
  endedAt: null,
  statements: [{ kind: 'complaint', personId: 'parent', name: 'Lakshmi Menon', text: 'It ended', at: 1 }],
};

describe('what the two sides see of a case', () => {
  it('keeps to itself who of ops proposed what', () => {
    const proposal = { proposalId: 'p', refund: 60_000, reason: 'r', by: 'ops', byName: 'Om', at: 5 };
    const view = caseView({ ...row, state: 'awaiting-second', decideBy: 9, proposal }, 'student');
    expect(view.state).toBe('under-review');
    expect(JSON.stringify(view)).not.toMatch(/Om|60000|"ops"/);
  });

  it('the student’s side can take it back until it is under review, the tutor never', () => {
    for (const id of ['parent', 'student']) expect(caseView(row, id).withdrawable).toBe(true);
    expect(caseView(row, 'tutor').withdrawable).toBe(false);
    expect(caseView({ ...row, state: 'under-review' }, 'student').withdrawable).toBe(false);
  });

  it('splits the price to the paisa', () => {
    const resolution = {
      outcome: 'split' as const,
      refund: 33_333,
      tutorGets: 42_001,
      reason: 'Half of it was held.',
      decidedBy: 'ops',
      approvedBy: null,
      rule: 'ops' as const,
    };
    const { decision } = caseView({ ...row, state: 'resolved', resolution, endedAt: 7 }, 'student');
    expect(decision).toMatchObject({ refund: 33_333, tutorGets: 42_001, commission: 4_666 });
  });
});

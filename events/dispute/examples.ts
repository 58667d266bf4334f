/** Commands and events of one dispute for the tests of this folder: 80,000 paise, 72,000 of them the tutor's. */
import { HOUR, START } from '../shared/times.ts';
import type { DisputeCommand, DisputeCommandOf } from './decide.ts';
import type { DisputeEvent } from './events.ts';

export const bookingId = 'b1';
export const openedAt = START + HOUR;
export const answerBy = openedAt + 48 * HOUR;
export const LIMIT = 500_000;

type Data<Type extends DisputeCommand['type']> = DisputeCommandOf<Type>['data'];

export const open = (change: Partial<Data<'OpenDispute'>> = {}, now = openedAt): DisputeCommand => ({
  type: 'OpenDispute',
  data: {
    bookingId,
    disputeId: 'd1',
    kind: 'in-app',
    openedBy: 'parent',
    cause: 'cut-short',
    text: 'It ended early.',
    wants: null,
    gross: 80_000,
    share: 72_000,
    tutorId: 't1',
    studentId: 's1',
    bookedBy: 'parent',
    openedAt,
    answerWithinMs: 48 * HOUR,
    decideWithinMs: 72 * HOUR,
    ...change,
  },
  now,
});
export const review = (): DisputeCommand =>
  open({ disputeId: 'r1', kind: 'review', openedBy: 'policy', cause: 'unclear', text: '' });
export const answer = (now = openedAt + HOUR, by = 't1', text = 'We did the whole lesson.'): DisputeCommand => ({
  type: 'AnswerDispute',
  data: { bookingId, by, text },
  now,
});
export const state = (text = 'See the board.', by = 's1'): DisputeCommand => ({
  type: 'AddStatement',
  data: { bookingId, by, text },
  now: openedAt + HOUR,
});
export const escalate = (now = answerBy): DisputeCommand => ({ type: 'EscalateDispute', data: { bookingId }, now });
export const withdraw = (by = 's1'): DisputeCommand => ({
  type: 'WithdrawDispute',
  data: { bookingId, by },
  now: openedAt + HOUR,
});
export const propose = (refund = 40_000, change: Partial<Data<'ProposeResolution'>> = {}): DisputeCommand => ({
  type: 'ProposeResolution',
  data: {
    bookingId,
    proposalId: 'p1',
    refund,
    reason: 'Half of it was held.',
    by: 'ops',
    secondPersonAbove: LIMIT,
    ...change,
  },
  now: openedAt + 50 * HOUR,
});
export const freeze = (change: Partial<Data<'FreezeEvidence'>> = {}): DisputeCommand => ({
  type: 'FreezeEvidence',
  data: {
    bookingId,
    proposalId: 'p1',
    step: 'proposal',
    version: 1,
    asOf: openedAt + 49 * HOUR,
    upTo: '0000000000000042',
    events: 40,
    hash: 'a'.repeat(64),
    summary: '{"verdict":{}}',
    by: 'ops',
    ...change,
  },
  now: openedAt + 50 * HOUR,
});
export const approve = (by = 'ops2', proposalId = 'p1'): DisputeCommand => ({
  type: 'ApproveResolution',
  data: { bookingId, proposalId, by },
  now: openedAt + 51 * HOUR,
});
export const reject = (by = 'ops2', proposalId = 'p1', reason = 'Too much.'): DisputeCommand => ({
  type: 'RejectResolution',
  data: { bookingId, proposalId, by, reason },
  now: openedAt + 51 * HOUR,
});
export const settle = (refund = 80_000, rule: Data<'SettleByOutcome'>['rule'] = 'tutor-no-show'): DisputeCommand => ({
  type: 'SettleByOutcome',
  data: { bookingId, refund, rule },
  now: openedAt + 2 * HOUR,
});

export const opened = {
  bookingId,
  disputeId: 'd1',
  kind: 'in-app',
  openedBy: 'parent',
  cause: 'cut-short',
  text: 'It ended early.',
  wants: null,
  gross: 80_000,
  share: 72_000,
  tutorId: 't1',
  studentId: 's1',
  bookedBy: 'parent',
  answerBy,
  decideWithinMs: 72 * HOUR,
  openedAt,
} as const;
export const Opened: DisputeEvent = { type: 'DisputeOpened', data: opened };
export const Answered: DisputeEvent = {
  type: 'DisputeAnswered',
  data: { bookingId, by: 't1', text: 'We did the whole lesson.', at: openedAt + HOUR },
};
type Why = Extract<DisputeEvent, { type: 'DisputeUnderReview' }>['data']['why'];
export const UnderReview = (why: Why, at: number): DisputeEvent => ({
  type: 'DisputeUnderReview',
  data: { bookingId, why, decideBy: at + 72 * HOUR, at },
});
export const Statement: DisputeEvent = {
  type: 'StatementAdded',
  data: { bookingId, by: 's1', text: 'See the board.', at: openedAt + HOUR },
};
export const Withdrawn: DisputeEvent = {
  type: 'DisputeWithdrawn',
  data: { bookingId, disputeId: 'd1', by: 's1', at: openedAt + HOUR },
};
export const Proposed = (refund = 40_000): DisputeEvent => ({
  type: 'ResolutionProposed',
  data: {
    bookingId,
    proposalId: 'p1',
    refund,
    reason: 'Half of it was held.',
    by: 'ops',
    at: openedAt + 50 * HOUR,
  },
});
export const Rejected: DisputeEvent = {
  type: 'ResolutionRejected',
  data: { bookingId, proposalId: 'p1', by: 'ops2', reason: 'Too much.', at: openedAt + 51 * HOUR },
};
type ResolvedData = Extract<DisputeEvent, { type: 'DisputeResolved' }>['data'];
export const Resolved = (change: Partial<ResolvedData> = {}): DisputeEvent => ({
  type: 'DisputeResolved',
  data: {
    bookingId,
    disputeId: 'd1',
    kind: 'in-app',
    proposalId: 'p1',
    outcome: 'split',
    refund: 40_000,
    tutorGets: 36_000,
    reason: 'Half of it was held.',
    decidedBy: 'ops',
    approvedBy: null,
    rule: 'ops',
    at: openedAt + 50 * HOUR,
    ...change,
  },
});

export const reviewed = [Opened, Answered, UnderReview('answered', openedAt + HOUR)];
export const proposed = [...reviewed, Proposed()];

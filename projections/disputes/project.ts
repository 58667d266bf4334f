import type { Fact } from '../fact.ts';
import { change, growingTable, table, type Projection, type Rows } from '../runner/projection.ts';

const DISPUTE = table(
  'dispute',
  {
    booking_id: 'text',
    dispute_id: 'text',
    kind: 'text',
    state: 'text',
    opened_by: 'text',
    cause: 'text',
    body: 'text',
    wants: 'int8 null',
    gross: 'int8',
    share: 'int8',
    tutor_id: 'text',
    student_id: 'text',
    booked_by: 'text',
    opened_at: 'int8',
    answer_by: 'int8',
    answered_at: 'int8 null',
    decide_by: 'int8 null',
    proposal_id: 'text null',
    proposed_refund: 'int8 null',
    proposed_reason: 'text null',
    proposed_by: 'text null',
    proposed_at: 'int8 null',
    outcome: 'text null',
    refund: 'int8 null',
    tutor_gets: 'int8 null',
    reason: 'text null',
    decided_by: 'text null',
    approved_by: 'text null',
    rule: 'text null',
    ended_at: 'int8 null',
  },
  { key: ['booking_id'], indexes: { dispute_state: '(state, opened_at)', dispute_tutor: '(tutor_id)' } },
);

/** What people said, in order. */
const STATEMENT = growingTable(
  'dispute_statement',
  { ordinal: 'int8', booking_id: 'text', kind: 'text', person_id: 'text', body: 'text', at: 'int8' },
  { key: ['ordinal'], indexes: { dispute_statement_booking: '(booking_id, ordinal)' } },
);

type Said = 'complaint' | 'answer' | 'statement';

const NO_PROPOSAL = {
  proposal_id: null,
  proposed_refund: null,
  proposed_reason: null,
  proposed_by: null,
  proposed_at: null,
} as const;

/** The dispute of a seat, or its review, as it stands (SPEC RM11). */
export const disputes: Projection = {
  name: 'disputes',
  tables: [DISPUTE, STATEMENT],
  project(fact, rows, ordinal) {
    const say = (bookingId: string, kind: Said, personId: string, body: string, at: number): void =>
      rows.add(STATEMENT, { ordinal, booking_id: bookingId, kind, person_id: personId, body, at });
    switch (fact.type) {
      case 'DisputeOpened':
        opened(rows, fact);
        if (fact.data.kind === 'in-app')
          say(fact.data.bookingId, 'complaint', fact.data.openedBy, fact.data.text, fact.data.openedAt);
        return;
      case 'DisputeAnswered': {
        const { bookingId, by, text, at } = fact.data;
        change(rows, DISPUTE, bookingId, () => ({ answered_at: at }));
        return say(bookingId, 'answer', by, text, at);
      }
      case 'StatementAdded': {
        const { bookingId, by, text, at } = fact.data;
        return say(bookingId, 'statement', by, text, at);
      }
      case 'DisputeUnderReview': {
        const { bookingId, decideBy } = fact.data;
        return change(rows, DISPUTE, bookingId, () => ({ state: 'under-review', decide_by: decideBy }));
      }
      case 'DisputeWithdrawn':
        return change(rows, DISPUTE, fact.data.bookingId, () => ({ state: 'withdrawn', ended_at: fact.data.at }));
      case 'ResolutionProposed': {
        const { bookingId, proposalId, refund, reason, by, at } = fact.data;
        return change(rows, DISPUTE, bookingId, () => ({
          state: 'awaiting-second',
          proposal_id: proposalId,
          proposed_refund: refund,
          proposed_reason: reason,
          proposed_by: by,
          proposed_at: at,
        }));
      }
      case 'ResolutionRejected':
        return change(rows, DISPUTE, fact.data.bookingId, () => ({ state: 'under-review', ...NO_PROPOSAL }));
      case 'DisputeResolved': {
        const { bookingId, outcome, refund, tutorGets, reason, decidedBy, approvedBy, rule, at } = fact.data;
        return change(rows, DISPUTE, bookingId, () => ({
          state: 'resolved',
          outcome,
          refund,
          tutor_gets: tutorGets,
          reason,
          decided_by: decidedBy,
          approved_by: approvedBy,
          rule,
          ended_at: at,
        }));
      }
    }
  },
};

function opened(rows: Rows, { data }: Extract<Fact, { type: 'DisputeOpened' }>): void {
  rows.put(DISPUTE, {
    booking_id: data.bookingId,
    dispute_id: data.disputeId,
    kind: data.kind,
    state: 'opened',
    opened_by: data.openedBy,
    cause: data.cause,
    body: data.text,
    wants: data.wants,
    gross: data.gross,
    share: data.share,
    tutor_id: data.tutorId,
    student_id: data.studentId,
    booked_by: data.bookedBy,
    opened_at: data.openedAt,
    answer_by: data.answerBy,
    answered_at: null,
    decide_by: null,
    ...NO_PROPOSAL,
    outcome: null,
    refund: null,
    tutor_gets: null,
    reason: null,
    decided_by: null,
    approved_by: null,
    rule: null,
    ended_at: null,
  });
}

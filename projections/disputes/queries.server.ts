import type { Database } from '#platform/database/database.ts';
import type { DisputeQueueRow, DisputeRow, Queries } from '../queries.ts';

const DISPUTE = `
  SELECT d.booking_id AS "bookingId", d.dispute_id AS "disputeId", d.kind, d.state, coalesce(b.subject, '') AS subject,
    d.tutor_id AS "tutorId", coalesce(t.profile->>'name', tn.name, 'Tutor') AS "tutorName",
    d.student_id AS "studentId", coalesce(sn.name, 'Student') AS "studentName", d.booked_by AS "bookedBy",
    d.opened_by AS "openedBy", d.cause, d.body AS text, d.wants, d.gross, d.share, d.opened_at AS "openedAt",
    d.answer_by AS "answerBy", d.answered_at AS "answeredAt", d.decide_by AS "decideBy",
    CASE WHEN d.proposal_id IS NOT NULL THEN jsonb_build_object('proposalId', d.proposal_id,
      'refund', d.proposed_refund, 'reason', d.proposed_reason, 'by', d.proposed_by,
      'byName', coalesce(pn.name, 'Someone'), 'at', d.proposed_at) END AS proposal,
    CASE WHEN d.outcome IS NOT NULL THEN jsonb_build_object('outcome', d.outcome, 'refund', d.refund,
      'tutorGets', d.tutor_gets, 'reason', d.reason, 'decidedBy', d.decided_by, 'approvedBy', d.approved_by,
      'rule', d.rule) END AS resolution,
    d.ended_at AS "endedAt",
    (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', s.kind, 'personId', s.person_id,
        'name', coalesce(n.name, 'Someone'), 'text', s.body, 'at', s.at) ORDER BY s.ordinal), '[]'::jsonb)
      FROM read_model.dispute_statement s LEFT JOIN person_name n ON n.person_id = s.person_id
      WHERE s.booking_id = d.booking_id) AS statements
  FROM read_model.dispute d
  LEFT JOIN read_model.booking b ON b.booking_id = d.booking_id
  LEFT JOIN read_model.tutor t ON t.tutor_id = d.tutor_id
  LEFT JOIN person_name tn ON tn.person_id = d.tutor_id
  LEFT JOIN person_name sn ON sn.person_id = d.student_id
  LEFT JOIN person_name pn ON pn.person_id = d.proposed_by`;

/** Of a dispute that is not over: whom it waits for, and until when. */
function queued(row: DisputeRow, now: number): DisputeQueueRow {
  const waitsFor = row.state === 'opened' ? 'tutor' : row.state === 'awaiting-second' ? 'second-person' : 'ops';
  const deadline = row.state === 'opened' ? row.answerBy : (row.decideBy ?? row.answerBy);
  return { ...row, waitsFor, ageMs: now - row.openedAt, deadline, overdue: deadline <= now };
}

export function disputeQueries(
  db: Database,
): Pick<Queries, 'dispute' | 'disputesOf' | 'disputesOpen' | 'secondPersonQueue'> {
  async function queue(states: readonly string[], now: number): Promise<readonly DisputeQueueRow[]> {
    const rows = await db.query<DisputeRow>(
      `${DISPUTE} WHERE d.state = ANY($1) ORDER BY d.opened_at, d.booking_id LIMIT 500`,
      [states],
    );
    return rows.map((row) => queued(row, now)).toSorted((a, b) => a.deadline - b.deadline);
  }

  return {
    async dispute(bookingId) {
      const rows = await db.query<DisputeRow>(`${DISPUTE} WHERE d.booking_id = $1`, [bookingId]);
      return rows[0] ?? null;
    },
    disputesOf: (personId) =>
      db.query<DisputeRow>(
        `${DISPUTE} WHERE d.student_id = $1 OR d.booked_by = $1 OR d.tutor_id = $1
           OR d.student_id IN (SELECT g.person_id FROM read_model.guardian g WHERE g.guardian_id = $1)
         ORDER BY d.opened_at DESC, d.booking_id LIMIT 500`,
        [personId],
      ),
    disputesOpen: (now) => queue(['opened', 'under-review', 'awaiting-second'], now),
    secondPersonQueue: (now) => queue(['awaiting-second'], now),
  };
}

import type { Database } from '#platform/database/database.ts';
import type { InstituteMoney, Queries, Statement, StatementRow } from '../queries.ts';

/** What every row says of its booking `b`, beside its own time, kind, amount and reference. */
const ABOUT = `
  b.booking_id AS "bookingId", b.subject, b.starts_at AS "lessonAt", coalesce(sn.name, 'Student') AS "studentName",
  coalesce(t.profile->>'name', 'Tutor') AS "tutorName"`;

const JOINED = `
  LEFT JOIN read_model.tutor t ON t.tutor_id = b.tutor_id
  LEFT JOIN person_name sn ON sn.person_id = b.student_id`;

/** Released, settled and owed, as the ledger has it on the accounts of this tutor. */
const TUTORS = `
  SELECT e.at, CASE e.type WHEN 'ReleaseAuthorized' THEN 'released' WHEN 'TransferSettled' THEN 'settled' ELSE 'owed' END
      AS kind, ${ABOUT}, -sum(e.amount) FILTER (WHERE e.type <> 'TransferSettled')::int8 AS moved,
    sum(e.amount) FILTER (WHERE e.type = 'TransferSettled')::int8 AS settled, p.gross, p.commission,
    coalesce(CASE WHEN e.type = 'TransferSettled' THEN p.settlement_id ELSE p.transfer_id END, '') AS reference
  FROM read_model.ledger_entry e
  JOIN read_model.booking b ON b.booking_id = e.booking_id
  JOIN read_model.payout p ON p.booking_id = e.booking_id ${JOINED}
  WHERE e.account = ANY($1) AND e.at >= $2 AND e.at < $3
    AND e.type IN ('ReleaseAuthorized', 'TransferSettled', 'ClawbackRecorded')
  GROUP BY e.ordinal, e.at, e.type, b.booking_id, sn.name, t.profile, p.gross, p.commission, p.settlement_id, p.transfer_id
  ORDER BY e.at, e.ordinal`;

const MINE = `(b.booked_by = $1 OR b.student_id = $1
  OR b.student_id IN (SELECT g.person_id FROM read_model.guardian g WHERE g.guardian_id = $1))`;

const payments = (whose: string): string => `
  SELECT c.captured_at AS at, 'paid' AS kind, ${ABOUT}, -c.amount AS amount, c.provider_payment_id AS reference
  FROM read_model.capture c JOIN read_model.booking b ON b.booking_id = c.booking_id ${JOINED}
  WHERE ${whose} AND c.captured_at >= $2 AND c.captured_at < $3
  UNION ALL
  SELECT r.processed_at, 'refunded', ${ABOUT}, r.amount, coalesce(r.provider_refund_id, '')
  FROM read_model.refund r JOIN read_model.booking b ON b.booking_id = r.booking_id ${JOINED}
  WHERE ${whose} AND r.state = 'processed' AND r.processed_at >= $2 AND r.processed_at < $3
  UNION ALL
  SELECT c.since, 'taken-by-bank', ${ABOUT}, c.lost, c.chargeback_id
  FROM read_model.chargeback c JOIN read_model.booking b ON b.booking_id = c.booking_id ${JOINED}
  WHERE ${whose} AND c.lost > 0 AND c.since >= $2 AND c.since < $3
  ORDER BY at, reference`;

const PAYERS = payments(MINE);
const STUDENTS = payments('b.student_id = $1');

/** The lesson of payout `p` is one of a student of institute $1. */
const OF_ITS_STUDENTS = `EXISTS (SELECT FROM read_model.booking b
  JOIN read_model.institute_member s ON s.person_id = b.student_id AND s.institute_id = $1 AND s.member_as = 'student'
  WHERE b.booking_id = p.booking_id)`;

const statementOf = (rows: readonly StatementRow[], from: number, to: number): Statement => ({
  from,
  to,
  rows,
  total: rows.reduce((sum, row) => (row.kind === 'settled' ? sum : sum + row.amount), 0),
});

type TutorsRow = Omit<StatementRow, 'amount'> & { readonly moved: number | null; readonly settled: number | null };

export function statementQueries(
  db: Database,
): Pick<Queries, 'tutorStatement' | 'payerStatement' | 'studentStatement' | 'instituteMoney'> {
  async function paid(sql: string, personId: string, from: number, to: number): Promise<Statement> {
    const rows = await db.query<Omit<StatementRow, 'gross' | 'commission'>>(sql, [personId, from, to]);
    return statementOf(
      rows.map((row) => ({ ...row, gross: null, commission: null })),
      from,
      to,
    );
  }

  return {
    async tutorStatement(tutorId, from, to) {
      const accounts = [`tutor:${tutorId}:payable:released`, `tutor:${tutorId}:receivable`];
      const rows = await db.query<TutorsRow>(TUTORS, [accounts, from, to]);
      return statementOf(
        rows.map(({ moved, settled, ...row }) => ({ ...row, amount: moved ?? settled ?? 0 })),
        from,
        to,
      );
    },
    payerStatement: (personId, from, to) => paid(PAYERS, personId, from, to),
    studentStatement: (studentId, from, to) => paid(STUDENTS, studentId, from, to),
    async instituteMoney(instituteId) {
      const [found] = await db.query('SELECT 1 FROM read_model.institute WHERE institute_id = $1', [instituteId]);
      if (!found) return null;
      const members = await db.query<InstituteMoney['members'][number]>(
        `SELECT m.person_id AS "personId", coalesce(n.name, 'Someone') AS name, m.member_as AS "as",
           (SELECT coalesce(sum(c.amount), 0)::int8 FROM read_model.capture c
             JOIN read_model.booking b ON b.booking_id = c.booking_id
             WHERE m.member_as = 'student' AND b.student_id = m.person_id) AS paid,
           (SELECT coalesce(sum(r.amount), 0)::int8 FROM read_model.refund r
             JOIN read_model.booking b ON b.booking_id = r.booking_id
             WHERE m.member_as = 'student' AND b.student_id = m.person_id AND r.state = 'processed') AS refunded,
           (SELECT coalesce(sum(p.share - p.reversed), 0)::int8 FROM read_model.payout p
             WHERE m.member_as <> 'student' AND p.tutor_id = m.person_id AND ${OF_ITS_STUDENTS}
               AND p.state IN ('planned', 'transfer-pending', 'held', 'hold-running', 'disputed', 'reversing', 'releasing')
           ) AS held,
           (SELECT coalesce(sum(p.share - p.reversed - p.clawback), 0)::int8 FROM read_model.payout p
             WHERE m.member_as <> 'student' AND p.tutor_id = m.person_id AND ${OF_ITS_STUDENTS}
               AND p.state IN ('released', 'settled')
           ) AS released
         FROM read_model.institute_member m LEFT JOIN person_name n ON n.person_id = m.person_id
         WHERE m.institute_id = $1 ORDER BY m.member_as, name, m.person_id`,
        [instituteId],
      );
      const sum = (of: 'paid' | 'refunded' | 'held' | 'released'): number =>
        members.reduce((total, member) => total + member[of], 0);
      return { members, paid: sum('paid'), refunded: sum('refunded'), held: sum('held'), released: sum('released') };
    },
  };
}

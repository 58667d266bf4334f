import type { Role } from '#events/access/roles.ts';
import type { Database } from '#platform/database/database.ts';
import type { ConversationQueries, ConversationRow, ReportRow } from './rows.ts';

const MOST = 200;

const CONVERSATION = `
  SELECT c.conversation_id AS "conversationId", c.kind, c.name, c.owner_id AS "ownerId", c.begun_by AS "begunBy", c.begun_at AS "begunAt",
    c.over,
    CASE WHEN c.link_hash IS NULL THEN NULL ELSE jsonb_build_object('madeAt', c.link_made_at,
      'expiresAt', c.link_expires_at, 'mostUses', c.link_most_uses, 'uses', c.link_uses) END AS link,
    coalesce((SELECT jsonb_agg(jsonb_build_object('personId', r.person_id, 'name', n.name) ORDER BY n.name, r.person_id)
      FROM read_model.conversation_removed r JOIN person_name n ON n.person_id = r.person_id
      WHERE r.conversation_id = c.conversation_id), '[]'::jsonb) AS removed,
    coalesce((SELECT jsonb_agg(jsonb_build_object('personId', m.person_id, 'name', n.name, 'state', m.state,
        'since', m.since, 'invitedBy', m.invited_by, 'blocks', m.blocks) ORDER BY m.since, m.person_id)
      FROM read_model.conversation_member m LEFT JOIN person_name n ON n.person_id = m.person_id
      WHERE m.conversation_id = c.conversation_id), '[]'::jsonb) AS members
  FROM read_model.conversation c`;

const REPORT = `
  SELECT r.report_id AS "reportId", r.conversation_id AS "conversationId", c.kind, c.name AS title, r.reported_by AS by,
    b.name AS "byName", r.message_key AS "messageKey", r.person_id AS "personId", p.name AS "personName", r.reason,
    r.reported_at AS "reportedAt", r.outcome, r.closed_by AS "closedBy", r.closed_at AS "closedAt"
  FROM read_model.conversation_report r
  JOIN read_model.conversation c ON c.conversation_id = r.conversation_id
  LEFT JOIN person_name b ON b.person_id = r.reported_by LEFT JOIN person_name p ON p.person_id = r.person_id`;

/** Whoever is on the student's side of a booking: student, payer, guardians. */
const SIDES = `
  SELECT b.tutor_id, s.person_id FROM read_model.booking b
  CROSS JOIN LATERAL (
    SELECT b.student_id AS person_id UNION SELECT b.booked_by
    UNION SELECT g.guardian_id FROM read_model.guardian g WHERE g.person_id = b.student_id) s`;

export function conversationQueries(db: Database): ConversationQueries {
  const one = async (where: string, param: string): Promise<ConversationRow | null> => {
    const [row] = await db.query<ConversationRow>(`${CONVERSATION} WHERE ${where}`, [param]);
    return row ?? null;
  };
  return {
    conversationsOf: (personId) =>
      db.query<ConversationRow>(
        `${CONVERSATION} WHERE c.conversation_id IN (
           SELECT conversation_id FROM read_model.conversation_member WHERE person_id = $1)
         ORDER BY c.begun_at DESC, c.conversation_id LIMIT ${MOST}`,
        [personId],
      ),
    reports: () =>
      db.query<ReportRow>(`${REPORT} ORDER BY (r.outcome IS NULL) DESC, r.reported_at DESC, r.report_id LIMIT ${MOST}`),
    async report(reportId) {
      const [row] = await db.query<ReportRow>(`${REPORT} WHERE r.report_id = $1`, [reportId]);
      return row ?? null;
    },
    conversation: (conversationId) => one('c.conversation_id = $1', conversationId),
    conversationByLink: (tokenHash) => one('c.link_hash = $1', tokenHash),
    async membershipsOf(personId) {
      const rows = await db.query<{ id: string }>(
        'SELECT conversation_id AS id FROM read_model.conversation_member WHERE person_id = $1 ORDER BY 1',
        [personId],
      );
      return rows.map(({ id }) => id);
    },
    async membersOf(conversationId) {
      const rows = await db.query<{ id: string }>(
        `SELECT person_id AS id FROM read_model.conversation_member WHERE conversation_id = $1 AND state = 'in'`,
        [conversationId],
      );
      return rows.map(({ id }) => id);
    },
    async acquaintance(personId, otherId, since) {
      const [known] = await db.query<{
        roles: Role[];
        other: string | null;
        booked: boolean;
        otherTeaches: boolean;
        begun: number;
      }>(
        `SELECT ARRAY(SELECT role FROM read_model.person_role WHERE person_id = $1 ORDER BY role) AS roles,
           (SELECT person_id FROM read_model.person WHERE person_id = $2) AS other,
           EXISTS (SELECT FROM (${SIDES} WHERE b.tutor_id IN ($1, $2)) known
             WHERE (tutor_id = $1 AND person_id = $2) OR (tutor_id = $2 AND person_id = $1)) AS booked,
           EXISTS (SELECT FROM read_model.tutor WHERE tutor_id = $2 AND profile IS NOT NULL) AS "otherTeaches",
           (SELECT count(*)::int4 FROM read_model.conversation c
             WHERE c.begun_by = $1 AND c.kind = 'direct' AND c.begun_at > $3 AND NOT EXISTS (
               SELECT FROM read_model.conversation_member m JOIN read_model.booking b ON b.tutor_id = m.person_id
               WHERE m.conversation_id = c.conversation_id AND $1 IN (b.student_id, b.booked_by))) AS begun`,
        [personId, otherId, since],
      );
      if (!known || known.other === null) return null;
      const { roles, booked, otherTeaches, begun } = known;
      return { roles, booked, otherTeaches, begun };
    },
    acquaintancesOf: (personId) =>
      db.query(
        `SELECT n.person_id AS "personId", n.name FROM person_name n WHERE n.person_id <> $1 AND n.person_id IN (
           SELECT person_id FROM (${SIDES} WHERE b.tutor_id = $1) taught
           UNION SELECT tutor_id FROM (${SIDES} WHERE b.student_id = $1 OR b.booked_by = $1 OR b.student_id IN (
             SELECT person_id FROM read_model.guardian WHERE guardian_id = $1)) learnt)
         ORDER BY n.name, n.person_id LIMIT ${MOST}`,
        [personId],
      ),
  };
}

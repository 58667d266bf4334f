import type { Database } from '#platform/database/database.ts';
import type { LetterOfCase, Queries } from '../queries.ts';

export function noticeQueries(db: Database): Pick<Queries, 'notices' | 'markNoticesRead' | 'lettersOf'> {
  return {
    notices: (personId, limit) =>
      db.query(
        `SELECT notice_id AS "noticeId", kind, title, body, href, at, read_at AS "readAt" FROM worker.notice
         WHERE person_id = $1 ORDER BY at DESC, notice_id LIMIT $2`,
        [personId, Math.min(Math.max(limit, 1), 200)],
      ),
    // Neither the body nor the address within it: those are the reader's own.
    lettersOf: (bookingId) =>
      db.query<LetterOfCase>(
        `SELECT n.notice_id AS "noticeId", n.person_id AS "personId", p.name, n.kind, n.title, n.at,
           CASE WHEN m.mail_id IS NULL THEN NULL ELSE json_build_object('state', m.state, 'attempts', m.attempts,
             'plannedAt', m.created_at, 'sentAt', m.sent_at) END AS mail
         FROM worker.notice n
         LEFT JOIN person_name p ON p.person_id = n.person_id
         LEFT JOIN worker.mail m ON m.notice_id = n.notice_id
         WHERE n.booking_id = $1 ORDER BY n.at, n.notice_id`,
        [bookingId],
      ),
    async markNoticesRead(personId, now) {
      await db.query('UPDATE worker.notice SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL', [personId, now]);
    },
  };
}

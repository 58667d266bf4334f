import type { Database } from '#platform/database/database.ts';
import type { Queries } from '../queries.ts';

export function noticeQueries(db: Database): Pick<Queries, 'notices' | 'markNoticesRead'> {
  return {
    notices: (personId, limit) =>
      db.query(
        `SELECT notice_id AS "noticeId", kind, title, body, href, at, read_at AS "readAt" FROM worker.notice
         WHERE person_id = $1 ORDER BY at DESC, notice_id LIMIT $2`,
        [personId, Math.min(Math.max(limit, 1), 200)],
      ),
    async markNoticesRead(personId, now) {
      await db.query('UPDATE worker.notice SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL', [personId, now]);
    },
  };
}

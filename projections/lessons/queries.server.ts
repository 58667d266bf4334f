import type { Database } from '#platform/database/database.ts';
import type { LessonRow, Queries } from '../queries.ts';

const LESSON = `
  SELECT l.lesson_id AS "lessonId", l.code, l.tutor_id AS "tutorId",
    coalesce(CASE l.kind WHEN 'study' THEN n.name ELSE coalesce(t.profile->>'name', n.name, 'Tutor') END, 'Student') AS "tutorName", l.subject, l.starts_at AS "startsAt", l.minutes, l.seats,
    l.state, l.started_at AS "startedAt", l.ended_at AS "endedAt", l.ended_by AS "endedBy",
    coalesce((SELECT jsonb_agg(jsonb_build_object('bookingId', s.booking_id, 'studentId', s.student_id,
                'name', coalesce(sn.name, 'Student')) ORDER BY s.booking_id)
              FROM read_model.lesson_seat s LEFT JOIN person_name sn ON sn.person_id = s.student_id
              WHERE s.lesson_id = l.lesson_id), '[]'::jsonb) AS students,
    CASE l.kind WHEN 'study' THEN jsonb_build_object('guests', coalesce((
      SELECT jsonb_agg(jsonb_build_object('personId', g.person_id, 'name', coalesce(gn.name, 'Student'), 'place', g.place)
               ORDER BY g.since, g.person_id)
      FROM read_model.study_guest g LEFT JOIN person_name gn ON gn.person_id = g.person_id
      WHERE g.lesson_id = l.lesson_id), '[]'::jsonb)) END AS study
  FROM read_model.lesson l
  LEFT JOIN read_model.tutor t ON t.tutor_id = l.tutor_id
  LEFT JOIN person_name n ON n.person_id = l.tutor_id`;

export function lessonQueries(
  db: Database,
): Pick<
  Queries,
  | 'tutorLessons'
  | 'lessonByCode'
  | 'lesson'
  | 'isTakenOut'
  | 'takenOutOf'
  | 'upcomingLessons'
  | 'studyRoomsOf'
  | 'studyRoomsOpenedBy'
  | 'studyRoomByLink'
  | 'studyLinkOf'
> {
  return {
    tutorLessons: (tutorId, from, to) =>
      db.query<LessonRow>(
        `${LESSON} WHERE l.tutor_id = $1 AND l.kind = 'booked' AND l.starts_at >= $2 AND l.starts_at < $3 AND l.state <> 'cancelled'
         ORDER BY l.starts_at, l.lesson_id LIMIT 1000`,
        [tutorId, from, to],
      ),
    async lessonByCode(code) {
      const rows = await db.query<LessonRow>(`${LESSON} WHERE l.code = $1 ORDER BY l.lesson_id`, [code]);
      return rows[0] ?? null;
    },
    async lesson(lessonId) {
      const rows = await db.query<LessonRow>(`${LESSON} WHERE l.lesson_id = $1`, [lessonId]);
      return rows[0] ?? null;
    },
    async isTakenOut(lessonId, personId) {
      const rows = await db.query('SELECT 1 FROM read_model.lesson_out WHERE lesson_id = $1 AND person_id = $2', [
        lessonId,
        personId,
      ]);
      return rows.length > 0;
    },
    takenOutOf: (lessonId) =>
      db.query<{ personId: string; name: string }>(
        `SELECT o.person_id AS "personId", coalesce(n.name, 'Student') AS name
         FROM read_model.lesson_out o LEFT JOIN person_name n ON n.person_id = o.person_id
         WHERE o.lesson_id = $1 ORDER BY o.person_id`,
        [lessonId],
      ),
    studyRoomsOf: (personId) =>
      db.query<LessonRow>(
        `${LESSON} WHERE l.kind = 'study' AND (l.tutor_id = $1 OR EXISTS (
             SELECT 1 FROM read_model.study_guest g WHERE g.lesson_id = l.lesson_id AND g.person_id = $1
               AND (g.place = 'in' OR (g.place = 'asked' AND l.state IN ('scheduled', 'live')))))
         ORDER BY l.starts_at DESC, l.lesson_id LIMIT 50`,
        [personId],
      ),
    async studyRoomsOpenedBy(personId) {
      const [row] = await db.query<{ opened: number }>(
        `SELECT count(*)::int4 AS opened FROM read_model.lesson WHERE kind = 'study' AND tutor_id = $1`,
        [personId],
      );
      return row?.opened ?? 0;
    },
    async studyRoomByLink(tokenHash) {
      const rows = await db.query<LessonRow>(
        `${LESSON} JOIN read_model.study_link k ON k.lesson_id = l.lesson_id WHERE k.token_hash = $1`,
        [tokenHash],
      );
      return rows[0] ?? null;
    },
    async studyLinkOf(lessonId) {
      const rows = await db.query<{ linkId: string; tokenHash: string }>(
        `SELECT link_id AS "linkId", token_hash AS "tokenHash" FROM read_model.study_link WHERE lesson_id = $1`,
        [lessonId],
      );
      return rows[0] ?? null;
    },
    upcomingLessons: (personId, now) =>
      db.query<LessonRow>(
        `${LESSON} WHERE l.state IN ('scheduled', 'live') AND l.kind = 'booked' AND l.starts_at + l.minutes * 60000::int8 + 3600000 > $2
           AND (l.tutor_id = $1 OR EXISTS (
             SELECT 1 FROM read_model.lesson_seat s
             WHERE s.lesson_id = l.lesson_id AND (s.student_id = $1
               OR s.student_id IN (SELECT g.person_id FROM read_model.guardian g WHERE g.guardian_id = $1))))
         ORDER BY l.starts_at, l.lesson_id LIMIT 100`,
        [personId, now],
      ),
  };
}

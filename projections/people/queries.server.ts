import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import { lengthOf } from '../attendance/intervals.ts';
import type { Interval, Queries } from '../queries.ts';

interface MemberRow {
  readonly personId: string;
  readonly name: string;
  readonly as: 'admin' | 'tutor' | 'student';
}

export function peopleQueries(db: Database, clock: BusinessClock): Pick<Queries, 'rolesOf' | 'namesOf' | 'institute'> {
  return {
    async rolesOf(personId) {
      const [person] = await db.query<{
        zone: string;
        roles: readonly string[];
        children: readonly string[];
        institutes: readonly string[];
      }>(
        `SELECT p.zone,
           ARRAY(SELECT role FROM read_model.person_role WHERE person_id = $1 ORDER BY role) AS roles,
           ARRAY(SELECT person_id FROM read_model.guardian WHERE guardian_id = $1 ORDER BY person_id) AS children,
           ARRAY(SELECT institute_id FROM read_model.institute_member WHERE person_id = $1
             AND member_as = 'admin' ORDER BY institute_id) AS institutes
         FROM read_model.person p WHERE p.person_id = $1`,
        [personId],
      );
      return person ?? null;
    },
    async namesOf(personIds) {
      if (personIds.length === 0) return {};
      const rows = await db.query<{ person_id: string; name: string }>(
        'SELECT person_id, name FROM person_name WHERE person_id = ANY($1)',
        [personIds],
      );
      return Object.fromEntries(rows.map(({ person_id, name }) => [person_id, name]));
    },
    async institute(instituteId) {
      const [found] = await db.query<{ name: string }>(
        'SELECT name FROM read_model.institute WHERE institute_id = $1',
        [instituteId],
      );
      if (!found) return null;
      const members = await db.query<MemberRow>(
        `SELECT m.person_id AS "personId", coalesce(n.name, 'Someone') AS name, m.member_as AS "as"
         FROM read_model.institute_member m LEFT JOIN person_name n ON n.person_id = m.person_id
         WHERE m.institute_id = $1 ORDER BY m.member_as, name, m.person_id`,
        [instituteId],
      );
      const presence = await db.query<Interval & { person_id: string; lesson_id: string }>(
        `SELECT p.person_id, p.lesson_id, p.from_at AS "from", p.to_at AS "to" FROM read_model.presence p
         JOIN read_model.lesson l ON l.lesson_id = p.lesson_id AND l.kind = 'booked'
         WHERE p.role <> 'observer'
           AND p.person_id IN (SELECT person_id FROM read_model.institute_member WHERE institute_id = $1)`,
        [instituteId],
      );
      return {
        instituteId,
        name: found.name,
        members: members.map((member) => {
          const own = presence.filter((row) => row.person_id === member.personId);
          return {
            ...member,
            lessons: new Set(own.map((row) => row.lesson_id)).size,
            hereMs: lengthOf(own, clock.now()),
          };
        }),
      };
    },
  };
}

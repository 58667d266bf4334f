import type { Database } from '#platform/database/database.ts';
import type { CopyKind, LookRole, LookSurface } from '#events/look/events.ts';
import type { LookQueries, LookRow } from './rows.ts';

const MOST = 200;

interface Found {
  readonly ordinal: number;
  readonly eventId: string;
  readonly position: string;
  readonly personId: string;
  readonly name: string | null;
  readonly role: LookRole;
  readonly taken: boolean;
  readonly what: string;
  readonly bookingId: string | null;
  readonly subject: string;
  readonly studentName: string;
  readonly tutorName: string;
  readonly at: number;
}

const rowOf = ({ taken, what, bookingId, subject, studentName, tutorName, ...rest }: Found): LookRow => ({
  ...rest,
  // The projection wrote one of the two, as the event had it.
  what: taken ? { kind: 'took', copy: what as CopyKind } : { kind: 'looked', surface: what as LookSurface },
  booking: bookingId === null ? null : { bookingId, subject, studentName, tutorName },
});

export function lookQueries(db: Database): LookQueries {
  return {
    async looks({ bookingId, personId, before, limit }) {
      const given: (string | number)[] = [];
      const where = (sql: string, value: string | number | undefined): readonly string[] =>
        value === undefined ? [] : [sql.replace('?', `$${given.push(value)}`)];
      const conditions = [
        ...where('l.booking_id = ?', bookingId),
        ...where('l.person_id = ?', personId),
        ...where('l.ordinal < ?', before),
      ];
      const rows = await db.query<Found>(
        `SELECT l.ordinal, l.event_id AS "eventId", l.position, l.person_id AS "personId", n.name, l.role, l.taken, l.what,
           l.booking_id AS "bookingId", coalesce(b.subject, '') AS subject,
           coalesce(sn.name, 'Student') AS "studentName", coalesce(t.profile->>'name', 'Tutor') AS "tutorName", l.at
         FROM read_model.look l
         LEFT JOIN person_name n ON n.person_id = l.person_id
         LEFT JOIN read_model.booking b ON b.booking_id = l.booking_id
         LEFT JOIN read_model.tutor t ON t.tutor_id = b.tutor_id
         LEFT JOIN person_name sn ON sn.person_id = b.student_id
         ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
         ORDER BY l.ordinal DESC LIMIT ${Math.max(1, Math.min(MOST, Math.trunc(limit)))}`,
        given,
      );
      return rows.map(rowOf);
    },
    lookers: () =>
      db.query(
        `SELECT l.person_id AS "personId", n.name
         FROM (SELECT DISTINCT person_id FROM read_model.look) l LEFT JOIN person_name n ON n.person_id = l.person_id
         ORDER BY n.name NULLS LAST, l.person_id`,
      ),
  };
}

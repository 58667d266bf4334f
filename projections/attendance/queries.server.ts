import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { AttendanceRow, Interval, Queries } from '../queries.ts';
import { common, lengthOf, united } from './intervals.ts';

interface Presence {
  readonly person_id: string;
  readonly name: string;
  readonly role: string;
  readonly from: number;
  readonly to: number | null;
}

interface Media {
  readonly person_id: string;
  readonly direction: 'sent' | 'received';
  readonly from: number;
  readonly to: number | null;
}

export function attendanceQueries(db: Database, clock: BusinessClock): Pick<Queries, 'attendance'> {
  return {
    async attendance(lessonId) {
      const presence = await db.query<Presence>(
        `SELECT p.person_id, coalesce(n.name, 'Someone') AS name, p.role, p.from_at AS "from", p.to_at AS "to"
         FROM read_model.presence p LEFT JOIN person_name n ON n.person_id = p.person_id
         WHERE p.lesson_id = $1 ORDER BY p.from_at, p.connection_id`,
        [lessonId],
      );
      const media = await db.query<Media>(
        `SELECT person_id, direction, from_at AS "from", to_at AS "to" FROM read_model.media WHERE lesson_id = $1
         ORDER BY from_at, connection_id`,
        [lessonId],
      );
      const work = await db.query<{ person_id: string; minute: number }>(
        'SELECT person_id, minute FROM read_model.work WHERE lesson_id = $1 ORDER BY minute',
        [lessonId],
      );
      const hidden = await db.query<Interval & { person_id: string }>(
        `SELECT person_id, from_at AS "from", to_at AS "to" FROM read_model.page_hidden WHERE lesson_id = $1
         ORDER BY from_at, person_id`,
        [lessonId],
      );
      const people = new Map<string, Presence>();
      // The latest role stands: who was made co-host is shown as one.
      for (const row of presence) people.set(row.person_id, row);
      return [...people.values()].map(({ person_id, name, role }): AttendanceRow => {
        const here = united(presence.filter((row) => row.person_id === person_id));
        // Who is not here at all is not away.
        const away = common(
          here,
          hidden.filter((row) => row.person_id === person_id),
        );
        const mediaOf = (direction: Media['direction']) =>
          united(media.filter((row) => row.person_id === person_id && row.direction === direction));
        return {
          personId: person_id,
          name,
          role,
          here,
          sent: mediaOf('sent'),
          received: mediaOf('received'),
          away,
          workedMinutes: work.filter((row) => row.person_id === person_id).map((row) => row.minute),
          hereMs: lengthOf(here, clock.now()),
          awayMs: lengthOf(away, clock.now()),
        };
      });
    },
  };
}

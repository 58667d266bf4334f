import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import { attendanceQueries } from './attendance/queries.server.ts';
import { bookingQueries } from './bookings/queries.server.ts';
import { calendarQueries } from './calendar/queries.server.ts';
import { caseQueries } from './cases/queries.server.ts';
import { earningQueries } from './earnings/queries.server.ts';
import { lessonQueries } from './lessons/queries.server.ts';
import { noticeQueries } from './notices/queries.server.ts';
import { paymentQueries } from './payments/queries.server.ts';
import { peopleQueries } from './people/queries.server.ts';
import type { Queries } from './queries.ts';
import { timelineQueries } from './timeline/queries.server.ts';
import { tutorQueries } from './tutors/queries.server.ts';

/** Everything that pages may ask. The relation `person_name(person_id, name, email)` must exist before the first call. */
export function createQueries(db: Database, clock: BusinessClock): Queries {
  return {
    ...tutorQueries(db, clock),
    ...calendarQueries(db, clock),
    ...lessonQueries(db),
    ...bookingQueries(db),
    ...paymentQueries(db),
    ...earningQueries(db),
    ...attendanceQueries(db, clock),
    ...timelineQueries(db),
    ...caseQueries(db),
    ...noticeQueries(db),
    ...peopleQueries(db, clock),
  };
}

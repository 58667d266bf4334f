import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import { accountQueries } from './accounts/queries.server.ts';
import { pastQueries } from './as-of/queries.server.ts';
import { attendanceQueries } from './attendance/queries.server.ts';
import { bookingQueries } from './bookings/queries.server.ts';
import { calendarQueries } from './calendar/queries.server.ts';
import { driftQueries } from './cases/drift.server.ts';
import { caseQueries } from './cases/queries.server.ts';
import { stuckQueries } from './cases/stuck.server.ts';
import { chargebackQueries } from './chargebacks/queries.server.ts';
import { conversationQueries } from './conversations/queries.server.ts';
import { disputeQueries } from './disputes/queries.server.ts';
import { earningQueries } from './earnings/queries.server.ts';
import { ledgerQueries } from './ledger/queries.server.ts';
import { lessonQueries } from './lessons/queries.server.ts';
import { lookQueries } from './looks/queries.server.ts';
import { callQueries } from './effects/queries.server.ts';
import { noticeQueries } from './notices/queries.server.ts';
import { paymentQueries } from './payments/queries.server.ts';
import { peopleQueries } from './people/queries.server.ts';
import type { Queries } from './queries.ts';
import { statementQueries } from './statements/queries.server.ts';
import { timelineQueries } from './timeline/queries.server.ts';
import { tutorQueries } from './tutors/queries.server.ts';

const isUnwritable = (param: unknown): boolean =>
  Array.isArray(param) ? param.some(isUnwritable) : typeof param === 'string' && param.includes('\u0000');

/**
 * For reading only: a question about text with U+0000 finds nothing. No stored text can hold that sign, and the database
 * refuses to be asked about it, which would make an error of what is just somebody's odd address or search.
 */
const withoutUnwritable = (db: Database): Database => ({
  ...db,
  query: <R>(sql: string, params?: readonly unknown[]) =>
    params?.some(isUnwritable) === true ? Promise.resolve<R[]>([]) : db.query<R>(sql, params),
});

/** Everything that pages may ask. The relation `person_name(person_id, name, email)` must exist before the first call. */
export function createQueries(database: Database, clock: BusinessClock): Queries {
  const db = withoutUnwritable(database);
  return {
    ...tutorQueries(db, clock),
    ...calendarQueries(db, clock),
    ...lessonQueries(db),
    ...bookingQueries(db),
    ...paymentQueries(db),
    ...earningQueries(db, clock),
    ...accountQueries(db, clock),
    ...disputeQueries(db),
    ...chargebackQueries(db),
    ...driftQueries(db),
    ...ledgerQueries(db),
    ...statementQueries(db),
    ...attendanceQueries(db, clock),
    ...timelineQueries(db),
    ...pastQueries(db),
    ...caseQueries(db),
    ...stuckQueries(db),
    ...callQueries(db),
    ...noticeQueries(db),
    ...conversationQueries(db),
    ...lookQueries(db),
    ...peopleQueries(db, clock),
  };
}

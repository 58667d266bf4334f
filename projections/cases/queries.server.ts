import type { Database } from '#platform/database/database.ts';
import { BOOKING } from '../bookings/queries.server.ts';
import { LATE_MONEY } from '../payments/late-money.ts';
import type { BookingRow, Queries, StuckRow } from '../queries.ts';

/** Business ms without progress after which a case is shown to people. */
const STUCK_AFTER_MS = 10 * 60_000;
/** The same for calls outward, in wall ms: the provider's day is not ours to move. */
const CALL_STUCK_AFTER_MS = 2 * 60_000;

/** Each gives rows of `StuckRow`; $1 is the business instant before which something should have happened. */
const STUCK: readonly string[] = [
  `SELECT booking_id AS "bookingId", 'awaiting-payment' AS what, pay_by AS since, 'The time to pay is over, yet it has not expired.' AS detail
   FROM read_model.booking WHERE state = 'awaiting-payment' AND pay_by < $1`,
  `SELECT b.booking_id AS "bookingId", 'lesson-not-ended' AS what, l.starts_at + l.minutes * 60000::int8 AS since,
     'The lesson should have ended: ' || l.code AS detail
   FROM read_model.lesson l JOIN read_model.lesson_seat s USING (lesson_id) JOIN read_model.booking b USING (booking_id)
   WHERE l.state IN ('scheduled', 'live') AND l.starts_at + l.minutes * 60000::int8 + 900000 < $1`,
  `SELECT booking_id AS "bookingId", 'payout-overdue' AS what, release_at AS since, 'The hold is over, yet it is not released.' AS detail
   FROM read_model.payout WHERE state IN ('hold-running', 'releasing') AND release_at < $1`,
  `SELECT booking_id AS "bookingId", 'transfer-failed' AS what, planned_at AS since, coalesce(failure, '') AS detail
   FROM read_model.payout WHERE state = 'failed' AND planned_at < $1`,
  `SELECT b.booking_id AS "bookingId", 'payout-missing' AS what, b.confirmed_at AS since, 'Paid, but the tutor has no account to be paid on.' AS detail
   FROM read_model.booking b LEFT JOIN read_model.payout p USING (booking_id)
   WHERE p.booking_id IS NULL AND b.state IN ('confirmed', 'in-progress', 'under-review', 'completed') AND b.confirmed_at < $1`,
  `SELECT booking_id AS "bookingId", 'under-review' AS what, starts_at AS since, coalesce(outcome, '') AS detail
   FROM read_model.booking WHERE state = 'under-review' AND starts_at < $1`,
  `SELECT r.booking_id AS "bookingId", 'refund-failed' AS what, r.requested_at AS since, r.reason AS detail
   FROM read_model.refund r WHERE r.state = 'failed' AND r.requested_at < $1 AND NOT EXISTS (
     SELECT 1 FROM read_model.refund later WHERE later.provider_payment_id = r.provider_payment_id
       AND later.state <> 'failed' AND later.requested_at >= r.requested_at)`,
  `SELECT b.booking_id AS "bookingId", 'refund-missing' AS what, c.captured_at AS since,
     'Paid after the booking was over, and no refund was asked for: ' || c.provider_payment_id AS detail ${LATE_MONEY}`,
];

const STUCK_CALLS = `
  SELECT booking_id AS "bookingId", 'call-' || state AS what, created_at AS since, kind || ': ' || coalesce(problem, '') AS detail
  FROM worker.outbound_call
  WHERE (state IN ('planned', 'unknown') AND created_at < $1) OR state = 'rejected' OR problem LIKE 'not recorded:%'`;

const STUCK_EVENTS = `
  SELECT CASE WHEN stream LIKE 'booking-%' OR stream LIKE 'payment-%' OR stream LIKE 'payout-%'
           THEN split_part(stream, '-', 1) ELSE '' END AS lane,
    stream, 'event-parked' AS what, parked_at AS since, consumer || '/' || part || ' ' || type || ': ' || error AS detail
  FROM worker.parked_event`;

export function caseQueries(db: Database): Pick<Queries, 'cases' | 'stuck'> {
  return {
    async cases({ text, state, limit = 50, offset = 0 }) {
      const where = ['true'];
      const params: unknown[] = [];
      if (state) {
        params.push(state);
        where.push(`b.state = $${params.length}`);
      }
      for (const word of (text ?? '').split(/\s+/).filter(Boolean).slice(0, 6)) {
        params.push(`%${word.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`);
        const param = `$${params.length}`;
        where.push(`(b.booking_id ILIKE ${param} OR b.subject ILIKE ${param} OR l.code ILIKE ${param}
          OR sn.name ILIKE ${param} OR tn.name ILIKE ${param} OR t.profile->>'name' ILIKE ${param}
          OR p.order_id ILIKE ${param}
          OR EXISTS (SELECT 1 FROM read_model.capture c WHERE c.booking_id = b.booking_id AND c.provider_payment_id ILIKE ${param}))`);
      }
      const all = `${BOOKING} WHERE ${where.join(' AND ')}`;
      const rows = await db.query<BookingRow>(
        `${all} ORDER BY b.requested_at DESC, b.booking_id
         LIMIT ${Math.min(Math.max(1, Math.trunc(limit)), 200)} OFFSET ${Math.max(0, Math.trunc(offset))}`,
        params,
      );
      const [count] = await db.query<{ total: number }>(`SELECT count(*)::int4 AS total FROM (${all}) found`, params);
      return { rows, total: count?.total ?? 0 };
    },
    async stuck(now) {
      const cases = await db.query<StuckRow>(`${STUCK.join(' UNION ALL ')} ORDER BY since LIMIT 500`, [
        now - STUCK_AFTER_MS,
      ]);
      const calls = await db.query<StuckRow>(`${STUCK_CALLS} ORDER BY since LIMIT 500`, [
        Date.now() - CALL_STUCK_AFTER_MS,
      ]);
      const parked = await db.query<StuckRow & { lane: string; stream: string }>(
        `${STUCK_EVENTS} ORDER BY since LIMIT 500`,
      );
      const events = parked.map(({ lane, stream, what, since, detail }) => ({
        bookingId: lane === '' ? '' : stream.slice(lane.length + 1),
        what,
        since,
        detail: `${stream} ${detail}`,
      }));
      return [...cases, ...calls, ...events];
    },
  };
}

import type { Database } from '#platform/database/database.ts';
import type { EarningRow, Queries } from '../queries.ts';

const EARNING = `
  SELECT p.booking_id AS "bookingId", p.tutor_id AS "tutorId", coalesce(n.name, 'Student') AS "studentName", b.subject,
    b.starts_at AS "startsAt", b.minutes, l.code, p.gross, p.commission, p.share, p.state, p.t0,
    p.release_at AS "releaseAt", p.released_at AS "releasedAt", p.transfer_id AS "transferId", p.reversed,
    coalesce(b.outcome, o.outcome) AS outcome
  FROM read_model.payout p
  JOIN read_model.booking b ON b.booking_id = p.booking_id
  LEFT JOIN read_model.lesson l ON l.lesson_id = b.lesson_id
  LEFT JOIN read_model.outcome o ON o.booking_id = p.booking_id
  LEFT JOIN person_name n ON n.person_id = b.student_id`;

/** Still ours to release: not out of the hold, not gone back. */
const HELD = new Set<EarningRow['state']>([
  'transfer-pending',
  'held',
  'hold-running',
  'releasing',
  'reversing',
  'planned',
]);

export function earningQueries(db: Database): Pick<Queries, 'earnings' | 'payout'> {
  return {
    async earnings(tutorId) {
      const rows = await db.query<EarningRow>(
        `${EARNING} WHERE p.tutor_id = $1 ORDER BY b.starts_at DESC, p.booking_id LIMIT 1000`,
        [tutorId],
      );
      const sum = (of: readonly EarningRow[]): number => of.reduce((total, row) => total + row.share - row.reversed, 0);
      const running = rows.filter((row) => row.state === 'hold-running').flatMap((row) => row.releaseAt ?? []);
      return {
        rows,
        held: sum(rows.filter((row) => HELD.has(row.state))),
        released: sum(rows.filter((row) => row.state === 'released' || row.state === 'settled')),
        nextReleaseAt: running.length === 0 ? null : Math.min(...running),
      };
    },
    async payout(bookingId) {
      const rows = await db.query<EarningRow>(`${EARNING} WHERE p.booking_id = $1`, [bookingId]);
      return rows[0] ?? null;
    },
  };
}

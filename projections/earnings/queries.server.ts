import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { EarningRow, HeldPayoutRow, Queries } from '../queries.ts';

const EARNING = `
  SELECT p.booking_id AS "bookingId", p.tutor_id AS "tutorId", coalesce(n.name, 'Student') AS "studentName", b.subject,
    b.starts_at AS "startsAt", b.minutes, l.code, p.gross, p.commission, p.share, p.state, p.t0,
    p.release_at AS "releaseAt", p.released_at AS "releasedAt", p.transfer_id AS "transferId", p.reversed,
    p.owed, p.clawback, p.settlement_id AS "settlementId", d.state AS "disputeState",
    (SELECT coalesce(jsonb_agg(jsonb_build_object('reason', e.key, 'until', e.value) ORDER BY e.key), '[]'::jsonb)
      FROM jsonb_each(p.pauses) e) AS pauses,
    coalesce(b.outcome, o.outcome) AS outcome
  FROM read_model.payout p
  JOIN read_model.booking b ON b.booking_id = p.booking_id
  LEFT JOIN read_model.dispute d ON d.booking_id = p.booking_id
  LEFT JOIN read_model.lesson l ON l.lesson_id = b.lesson_id
  LEFT JOIN read_model.outcome o ON o.booking_id = p.booking_id
  LEFT JOIN person_name n ON n.person_id = b.student_id`;

/** Still ours to release: not out of the hold, not gone back. */
const HELD = new Set<EarningRow['state']>([
  'transfer-pending',
  'held',
  'hold-running',
  'disputed',
  'releasing',
  'reversing',
  'planned',
]);

const isPaused = ({ pauses }: EarningRow, now: number): boolean =>
  pauses.some(({ until }) => until === null || until > now);

function whyHeld(row: EarningRow, now: number): HeldPayoutRow['why'] {
  if (row.state === 'disputed') return 'dispute';
  if (row.owed > 0 || row.state === 'reversing') return 'reversal-owed';
  if (isPaused(row, now)) return 'paused';
  if (row.releaseAt === null) return 'no-outcome';
  return row.releaseAt <= now ? 'overdue' : 'hold';
}

export function earningQueries(
  db: Database,
  clock: BusinessClock,
): Pick<Queries, 'earnings' | 'payout' | 'heldPayouts'> {
  return {
    async earnings(tutorId) {
      const rows = await db.query<EarningRow>(
        `${EARNING} WHERE p.tutor_id = $1 ORDER BY b.starts_at DESC, p.booking_id LIMIT 1000`,
        [tutorId],
      );
      const now = clock.now();
      const sum = (which: (row: EarningRow) => boolean): number =>
        rows.reduce((total, row) => (which(row) ? total + row.share - row.reversed : total), 0);
      const running = rows.filter((row) => row.state === 'hold-running' && !isPaused(row, now));
      const next = running.flatMap((row) => row.releaseAt ?? []);
      return {
        rows,
        held: sum((row) => HELD.has(row.state)),
        disputed: sum((row) => row.state === 'disputed'),
        paused: sum((row) => HELD.has(row.state) && isPaused(row, now)),
        released: sum((row) => row.state === 'released' || row.state === 'settled'),
        settled: sum((row) => row.state === 'settled'),
        owed: rows.reduce((total, row) => total + row.clawback, 0),
        nextReleaseAt: next.length === 0 ? null : Math.min(...next),
      };
    },
    async payout(bookingId) {
      const rows = await db.query<EarningRow>(`${EARNING} WHERE p.booking_id = $1`, [bookingId]);
      return rows[0] ?? null;
    },
    async heldPayouts(now) {
      const rows = await db.query<EarningRow & { tutorName: string }>(
        `SELECT held.*, coalesce(t.profile->>'name', 'Tutor') AS "tutorName"
         FROM (${EARNING} WHERE p.state IN ('held', 'hold-running', 'disputed', 'releasing', 'reversing')) held
         LEFT JOIN read_model.tutor t ON t.tutor_id = held."tutorId"
         ORDER BY held."releaseAt" NULLS LAST, held."bookingId" LIMIT 1000`,
      );
      return rows.map((row) => ({ ...row, why: whyHeld(row, now) }));
    },
  };
}

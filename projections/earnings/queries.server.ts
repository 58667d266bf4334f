import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { EarningRow, Earnings, EarningsPage, HeldPayoutRow, Queries } from '../queries.ts';

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

/** A pause stands at $2. */
const PAUSED = `EXISTS (SELECT FROM jsonb_each(p.pauses) e
  WHERE jsonb_typeof(e.value) = 'null' OR (e.value)::text::int8 > $2)`;

/** Still ours to release: not out of the hold, not gone back. */
const HELD = `p.state IN ('planned', 'transfer-pending', 'held', 'hold-running', 'disputed', 'releasing', 'reversing')`;

const sumOf = (which: string): string => `coalesce(sum(p.share - p.reversed) FILTER (WHERE ${which}), 0)::int8`;

const SUMS = `
  SELECT ${sumOf(HELD)} AS held, ${sumOf(`p.state = 'disputed'`)} AS disputed, ${sumOf(`${HELD} AND ${PAUSED}`)} AS paused,
    ${sumOf(`p.state IN ('released', 'settled')`)} AS released, ${sumOf(`p.state = 'settled'`)} AS settled,
    coalesce(sum(p.clawback), 0)::int8 AS owed
  FROM read_model.payout p WHERE p.tutor_id = $1`;

/** What comes free first, of what comes free by itself. */
const NEXT = `
  SELECT p.release_at AS at, p.share - p.reversed - p.clawback AS amount
  FROM read_model.payout p
  WHERE p.tutor_id = $1 AND p.state = 'hold-running' AND p.release_at IS NOT NULL AND NOT ${PAUSED}
  ORDER BY p.release_at, p.booking_id LIMIT 1`;

const MAX_ROWS = 1_000;

const isPaused = ({ pauses }: EarningRow, now: number): boolean =>
  pauses.some(({ until }) => until === null || until > now);

type Sums = Pick<Earnings, 'held' | 'disputed' | 'paused' | 'released' | 'settled' | 'owed'>;

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
  async function rowsOf(tutorId: string, page: EarningsPage): Promise<Pick<Earnings, 'rows' | 'next'>> {
    const { from, to, code, after } = page;
    const where = ['p.tutor_id = $1'];
    const params: unknown[] = [tutorId];
    const add = (condition: (param: string) => string, value: unknown): void => {
      params.push(value);
      where.push(condition(`$${params.length}`));
    };
    if (from !== undefined) add((param) => `b.starts_at >= ${param}`, Math.floor(from));
    if (to !== undefined) add((param) => `b.starts_at < ${param}`, Math.floor(to));
    if (code !== undefined) add((param) => `l.code = ${param}`, code);
    if (after !== undefined)
      add(
        (param) => `(-b.starts_at, p.booking_id) >
          (SELECT -last.starts_at, last.booking_id FROM read_model.booking last WHERE last.booking_id = ${param})`,
        after,
      );
    const limit = Math.min(Math.max(1, Math.trunc(page.limit ?? MAX_ROWS)), MAX_ROWS);
    const rows = await db.query<EarningRow>(
      `${EARNING} WHERE ${where.join(' AND ')} ORDER BY b.starts_at DESC, p.booking_id LIMIT ${limit + 1}`,
      params,
    );
    const shown = rows.slice(0, limit);
    return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.bookingId ?? null) : null };
  }

  return {
    async earnings(tutorId, page = {}) {
      const about = [tutorId, Math.floor(clock.now())];
      const [sums] = await db.query<Sums>(SUMS, about);
      const [next] = await db.query<{ at: number; amount: number }>(NEXT, about);
      if (!sums) throw new Error('a sum without a row');
      const shown = await rowsOf(tutorId, page);
      return { ...shown, ...sums, nextReleaseAt: next?.at ?? null, nextReleaseAmount: next?.amount ?? null };
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

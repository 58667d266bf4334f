/** Where a payout is and why, in the tutor's words. Pure; money in paise, instants in business ms. */
import type { EarningRow, PayoutState } from '#projections/queries.ts';
import type { Messages } from '../messages/index.ts';
import { capital, moment, type Looking } from '../moment.ts';
import { formatMoney } from '../ui/money.ts';
import { formatDuration } from '../ui/time.ts';

/** The way of the money: on hold, released and on the way, in the bank; or not paid out at all. */
export type Place = 'held' | 'released' | 'settled' | 'gone';

const PLACES: Readonly<Record<PayoutState, Place>> = {
  planned: 'held',
  'transfer-pending': 'held',
  held: 'held',
  'hold-running': 'held',
  disputed: 'held',
  releasing: 'held',
  failed: 'held',
  released: 'released',
  settled: 'settled',
  reversing: 'held',
  reversed: 'gone',
  cancelled: 'gone',
};

export const placeOf = (row: Pick<EarningRow, 'state'>): Place => PLACES[row.state];

/** What is left for the tutor after reversals and lost bank disputes; nothing of a payout that was called off. */
export const ownPart = (row: Pick<EarningRow, 'share' | 'reversed' | 'clawback' | 'state'>): number =>
  row.state === 'cancelled' ? 0 : row.share - row.reversed - row.clawback;

const isUndecided = (row: Pick<EarningRow, 'state' | 'outcome'>): boolean =>
  row.state === 'held' && (row.outcome === 'unclear' || row.outcome === 'failed-technically');

/** What stands in the way now; the one that ends last, or never by itself, first. */
function pauseOf(row: Pick<EarningRow, 'pauses'>, now: number): EarningRow['pauses'][number] | null {
  const standing = row.pauses.filter(({ until }) => until === null || until > now);
  return standing.toSorted((one, other) => (other.until ?? Infinity) - (one.until ?? Infinity))[0] ?? null;
}

/** Somebody has to decide or mend something before it moves. */
export const isFrozen = (row: EarningRow, now: number): boolean =>
  row.state === 'disputed' ||
  row.state === 'failed' ||
  isUndecided(row) ||
  (placeOf(row) === 'held' && pauseOf(row, now) !== null);

export interface Reason {
  readonly sign: 'wait' | 'lesson' | 'decide' | 'paused' | 'cancelled' | 'done' | 'back';
  readonly title: string;
  readonly detail: string;
  /** Part of the wait that is over, 0–1; null when no wait runs. */
  readonly waited: number | null;
  /** Somebody has to decide or mend something before it moves. */
  readonly frozen: boolean;
  /** The case that says more, on the booking's page. */
  readonly inCase: boolean;
}

const HOLD_MS = 72 * 3_600_000;
const MINUTE = 60_000;
const rupees = (paise: number): string => formatMoney(paise, { paise: 'always' });

/** Why the money of `row` is where it is, as `viewer` sees it. */
export function reasonOf(row: EarningRow, viewer: Looking, m: Messages['earnings']['why']): Reason {
  const say = (sign: Reason['sign'], title: string, detail: string, waited: number | null = null): Reason => ({
    sign,
    title,
    detail,
    waited,
    frozen: sign === 'decide' || sign === 'paused',
    inCase: row.disputeState !== null,
  });
  const pause = placeOf(row) === 'held' && row.state !== 'disputed' ? pauseOf(row, viewer.now) : null;
  if (pause) {
    const until = pause.until === null ? null : moment(pause.until, viewer);
    return say('paused', m.paused(until), m.pausedBecause[pause.reason]);
  }
  switch (row.state) {
    case 'planned':
    case 'transfer-pending':
      return say('wait', m.planned, m.plannedDetail);
    case 'disputed':
      if (row.disputeState === 'opened') return say('decide', m.disputed, m.disputedAnswer);
      return say('decide', m.disputed, m.disputedDetail);
    case 'held': {
      if (isUndecided(row)) return say('decide', m.review, m.reviewDetail);
      const ends = row.startsAt + row.minutes * MINUTE;
      if (ends < viewer.now) return say('wait', m.noOutcome, m.noOutcomeDetail);
      return say('lesson', m.beforeLesson(moment(ends + HOLD_MS, viewer)), m.beforeLessonDetail);
    }
    case 'hold-running': {
      const until = row.releaseAt ?? (row.t0 ?? viewer.now) + HOLD_MS;
      const from = row.t0 ?? until - HOLD_MS;
      const waited = Math.min(1, Math.max(0, (viewer.now - from) / (until - from)));
      const title = capital(moment(until, viewer));
      if (viewer.now >= until) return say('wait', title, m.over, 1);
      const left = formatDuration(until - viewer.now, true);
      if (row.outcome === 'cancelled-late') return say('cancelled', title, m.cancelledLate(left), waited);
      return say('wait', title, row.outcome === 'student-no-show' ? m.noShow(left) : m.left(left), waited);
    }
    case 'releasing':
      return say('wait', m.releasing, m.releasingDetail, 1);
    case 'failed':
      return say('decide', m.failed, m.failedDetail);
    case 'released':
      return say(
        'done',
        row.releasedAt === null ? m.releasing : capital(moment(row.releasedAt, viewer)),
        row.clawback > 0 ? m.clawback(rupees(row.clawback)) : m.releasedDetail,
      );
    case 'settled': {
      const where = row.settlementId ?? row.transferId;
      const said = where === null ? '' : row.settlementId === null ? m.transfer(where) : m.settlement(where);
      return say('done', m.settled, row.clawback > 0 ? m.clawback(rupees(row.clawback)) : said);
    }
    case 'reversing':
      return say('back', m.reversing, m.reversingDetail);
    case 'reversed':
      return say('back', m.reversed, '');
    case 'cancelled':
      return say('cancelled', m.cancelled, m.cancelledDetail);
  }
}

export interface Sum {
  readonly amount: number;
  readonly lessons: number;
}

/** What lies in each place, and what of the held part waits for somebody. */
export function sumsOf(
  rows: readonly EarningRow[],
  now: number,
): Readonly<Record<Place, Sum>> & { readonly frozen: number } {
  const sums: Record<Place, { amount: number; lessons: number }> = {
    held: { amount: 0, lessons: 0 },
    released: { amount: 0, lessons: 0 },
    settled: { amount: 0, lessons: 0 },
    gone: { amount: 0, lessons: 0 },
  };
  let frozen = 0;
  for (const row of rows) {
    const sum = sums[placeOf(row)];
    sum.amount += ownPart(row);
    sum.lessons += 1;
    if (isFrozen(row, now)) frozen += ownPart(row);
  }
  return { ...sums, frozen };
}

/** Held money in the order in which it comes free; what waits for a decision first. */
export function byRelease(rows: readonly EarningRow[], now: number): readonly EarningRow[] {
  const due = (row: EarningRow): number =>
    isFrozen(row, now) ? 0 : (row.releaseAt ?? row.startsAt + row.minutes * MINUTE + HOLD_MS);
  return rows.toSorted((one, other) => due(one) - due(other) || one.startsAt - other.startsAt);
}

/** The next payout that comes free by itself. */
export function nextRelease(
  rows: readonly EarningRow[],
  now: number,
): { readonly at: number; readonly amount: number } | null {
  const due = rows.flatMap((row) =>
    row.state === 'hold-running' && row.releaseAt !== null && !isFrozen(row, now)
      ? [{ at: row.releaseAt, amount: ownPart(row) }]
      : [],
  );
  return due.toSorted((one, other) => one.at - other.at)[0] ?? null;
}

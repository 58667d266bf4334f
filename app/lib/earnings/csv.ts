/** A tutor's lessons with their money as CSV, one line a lesson. Pure. */
import type { EarningRow } from '#projections/queries.ts';
import { csv, instant, rupees } from '../csv.ts';
import { ownPart } from './payout.ts';

const HEAD = [
  'booking',
  'student',
  'subject',
  'starts_at_utc',
  'minutes',
  'gross_inr',
  'commission_inr',
  'share_inr',
  'reversed_inr',
  'owed_bank_dispute_inr',
  'yours_inr',
  'state',
  'outcome',
  'case',
  'paused_by',
  'hold_until_utc',
  'released_at_utc',
  'transfer',
  'settlement',
];

export function earningsCsv(rows: readonly EarningRow[]): string {
  return csv(
    HEAD,
    rows.map((row) => [
      row.bookingId,
      row.studentName,
      row.subject,
      instant(row.startsAt),
      String(row.minutes),
      rupees(row.gross),
      rupees(row.commission),
      rupees(row.share),
      rupees(row.reversed),
      rupees(row.clawback),
      rupees(ownPart(row)),
      row.state,
      row.outcome ?? '',
      row.disputeState ?? '',
      row.pauses.map(({ reason }) => reason).join(' '),
      instant(row.releaseAt),
      instant(row.releasedAt),
      row.transferId ?? '',
      row.settlementId ?? '',
    ]),
  );
}

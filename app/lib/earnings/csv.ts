/** A tutor's earnings as CSV (RFC 4180). Rupees with a point, instants in UTC. Pure. */
import type { EarningRow } from '#projections/queries.ts';

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
  'state',
  'outcome',
  'hold_until_utc',
  'released_at_utc',
  'transfer',
];

/** A cell that a spreadsheet would run as a formula gets a quote in front of it. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const rupees = (paise: number): string => (paise / 100).toFixed(2);
const instant = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());

export function earningsCsv(rows: readonly EarningRow[]): string {
  const lines = rows.map((row) =>
    [
      row.bookingId,
      row.studentName,
      row.subject,
      instant(row.startsAt),
      String(row.minutes),
      rupees(row.gross),
      rupees(row.commission),
      rupees(row.share),
      rupees(row.reversed),
      row.state,
      row.outcome ?? '',
      instant(row.releaseAt),
      instant(row.releasedAt),
      row.transferId ?? '',
    ].map(cell),
  );
  return [HEAD, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

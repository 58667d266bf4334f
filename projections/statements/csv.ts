/** Statements as CSV (RFC 4180) for a spreadsheet. Pure. */
import type { Statement } from '../queries.ts';

const COLUMNS = [
  'date',
  'kind',
  'booking',
  'lesson',
  'subject',
  'student',
  'tutor',
  'price',
  'commission',
  'amount',
  'reference',
] as const;

/** Paise as rupees with two places: 72000 is 720.00. */
export const rupees = (paise: number): string => {
  const sign = paise < 0 ? '-' : '';
  const size = Math.abs(paise);
  return `${sign}${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`;
};

/** A text that a spreadsheet would take for a formula is kept from being one by an apostrophe. */
function text(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const instant = (at: number): string => new Date(at).toISOString();

/** Instants are UTC, amounts rupees; with a line of names at the top. */
export function statementCsv({ rows }: Statement): string {
  const lines = rows.map((row) =>
    [
      instant(row.at),
      row.kind,
      text(row.bookingId),
      instant(row.lessonAt),
      text(row.subject),
      text(row.studentName),
      text(row.tutorName),
      row.gross === null ? '' : rupees(row.gross),
      row.commission === null ? '' : rupees(row.commission),
      rupees(row.amount),
      text(row.reference),
    ].join(','),
  );
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

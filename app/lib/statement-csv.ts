/** A statement as CSV: what moved in a time, one line each, oldest first. Pure. */
import type { StatementRow } from '#projections/queries.ts';
import { csv, instant, rupees } from './csv.ts';

const HEAD = [
  'at_utc',
  'kind',
  'amount_inr',
  'price_inr',
  'commission_inr',
  'subject',
  'lesson_at_utc',
  'student',
  'tutor',
  'booking',
  'reference',
];

export function statementCsv(rows: readonly StatementRow[]): string {
  return csv(
    HEAD,
    rows.map((row) => [
      instant(row.at),
      row.kind,
      rupees(row.amount),
      row.gross === null ? '' : rupees(row.gross),
      row.commission === null ? '' : rupees(row.commission),
      row.subject,
      instant(row.lessonAt),
      row.studentName,
      row.tutorName,
      row.bookingId,
      row.reference,
    ]),
  );
}

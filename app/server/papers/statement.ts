/** A tutor's statement of one month: what was released, reached the bank, and is owed. Pure; paise, business ms. */
import type { Paper, Part } from '#platform/pdf/paper.ts';
import type { Statement, StatementRow } from '#projections/queries.ts';
import type { Messages } from '../../lib/messages/index.ts';
import { formatMoney } from '../../lib/ui/money.ts';
import { formatDate, zoneShort } from '../../lib/ui/time.ts';

export interface StatementOf {
  readonly tutorId: string;
  readonly tutorName: string;
  /** Rows of [from, to), oldest first. */
  readonly statement: Statement;
  /** `November 2026`. */
  readonly month: string;
  readonly zone: string;
  /** Business ms: a month that is not over says so. */
  readonly now: number;
}

export function statement(of: StatementOf, messages: Messages): Paper {
  const { tutorId, tutorName, month, zone, now } = of;
  const { rows, from, to } = of.statement;
  const m = messages.papers.statement;
  const full = (paise: number): string => formatMoney(paise, { paise: 'always' });
  // A paper is read years later: every date has its year.
  const day = (at: number): string => formatDate(at, zone, 0);
  const sum = (kind: StatementRow['kind']): number =>
    rows.reduce((total, row) => (row.kind === kind ? total + row.amount : total), 0);
  const released = rows.filter(({ kind }) => kind === 'released');
  const others = rows.filter(({ kind }) => kind !== 'released');
  const parts: Part[] = [
    { kind: 'paragraph', tone: 'strong', text: m.lead(full(sum('released')), month) },
    {
      kind: 'facts',
      rows: [
        [m.tutor, tutorName],
        [m.account, tutorId],
        [m.time, `${day(from)} – ${day(to - 1)} (${zoneShort(from, zone)})`],
        [m.released, full(sum('released'))],
        [m.settled, full(sum('settled'))],
        [m.owed, full(sum('owed'))],
      ],
    },
    { kind: 'heading', text: m.lessons },
  ];
  if (released.length === 0) parts.push({ kind: 'paragraph', text: m.none });
  else
    parts.push({
      kind: 'table',
      columns: [
        { title: m.columns.released, share: 2 },
        { title: m.columns.lesson, share: 4.2 },
        { title: m.columns.price, share: 1.6, align: 'end' },
        { title: m.columns.commission, share: 1.8, align: 'end' },
        { title: m.columns.yours, share: 1.6, align: 'end' },
      ],
      rows: released.map((row) => [
        day(row.at),
        m.lessonOf(row.subject, row.studentName, day(row.lessonAt)),
        row.gross === null ? '' : full(row.gross),
        row.commission === null ? '' : full(row.commission),
        full(row.amount),
      ]),
      total: [m.total, '', '', '', full(sum('released'))],
    });
  if (
    released.some(
      ({ gross, commission, amount }) => gross !== null && commission !== null && gross - commission !== amount,
    )
  )
    parts.push({ kind: 'paragraph', tone: 'quiet', text: m.partly });
  if (others.length > 0) {
    parts.push(
      { kind: 'heading', text: m.others },
      {
        kind: 'table',
        columns: [
          { title: m.columns.at, share: 2 },
          { title: m.columns.what, share: 3.4 },
          { title: m.columns.reference, share: 3.4 },
          { title: m.columns.amount, share: 1.8, align: 'end' },
        ],
        rows: others.map((row) => [
          day(row.at),
          row.kind === 'settled' ? m.reached : m.owes,
          row.reference === '' ? row.bookingId : row.reference,
          full(row.amount),
        ]),
      },
    );
  }
  if (now < to) parts.push({ kind: 'paragraph', text: m.notOver(day(now)) });
  parts.push({ kind: 'paragraph', tone: 'quiet', text: m.notTax });
  return {
    title: m.title(month),
    author: 'NexusEd',
    // Of what it says last, so that the same statement is the same file.
    madeAt: Math.max(from, ...rows.map(({ at }) => at)),
    footer: m.footer(tutorName, month),
    parts,
  };
}

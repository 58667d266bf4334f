/** The books of one booking, and the trial balance, as pages and CSV show them. Pure. */
import type { LedgerRow, TrialBalance } from '#projections/queries.ts';

export interface Posting {
  /** The event that it follows from. */
  readonly eventId: string;
  readonly type: string;
  readonly at: number;
  readonly entries: readonly {
    readonly entryId: string;
    readonly account: string;
    readonly class: string;
    /** Paise, one of the two is 0. */
    readonly debit: number;
    readonly credit: number;
  }[];
}

/** `<event id>:<index>` → the event's. */
const eventOf = (entryId: string): string => entryId.replace(/:\d+$/, '');

/** The entries by the event that they follow from, in their order. */
export function postingsOf(rows: readonly LedgerRow[]): readonly Posting[] {
  const postings = new Map<string, { type: string; at: number; entries: Posting['entries'][number][] }>();
  for (const { entryId, account, class: name, amount, type, at } of rows) {
    const eventId = eventOf(entryId);
    const known = postings.get(eventId);
    const posting = known ?? { type, at, entries: [] };
    if (!known) postings.set(eventId, posting);
    posting.entries.push({
      entryId,
      account,
      class: name,
      debit: Math.max(0, amount),
      credit: Math.max(0, -amount),
    });
  }
  return [...postings].map(([eventId, posting]) => ({ eventId, ...posting }));
}

export function totalsOf(rows: readonly LedgerRow[]): { readonly debit: number; readonly credit: number } {
  return rows.reduce(
    (sum, { amount }) => ({ debit: sum.debit + Math.max(0, amount), credit: sum.credit + Math.max(0, -amount) }),
    { debit: 0, credit: 0 },
  );
}

/** A text that a spreadsheet would take for a formula is kept from being one by an apostrophe. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Paise as rupees with two places. */
function rupees(paise: number): string {
  const size = Math.abs(paise);
  return `${paise < 0 ? '-' : ''}${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`;
}

const lines = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.join(',')}\r\n`).join('');

/** RFC 4180; rupees, and a last line with the sums. */
export function trialBalanceCsv({ rows }: TrialBalance): string {
  const debit = rows.reduce((sum, row) => sum + row.debit, 0);
  const credit = rows.reduce((sum, row) => sum + row.credit, 0);
  return lines([
    ['account', 'name', 'kind', 'debit_inr', 'credit_inr', 'balance_inr'],
    ...rows.map((row) => [
      cell(row.account),
      cell(row.name),
      row.kind,
      rupees(row.debit),
      rupees(row.credit),
      rupees(row.balance),
    ]),
    ['total', '', '', rupees(debit), rupees(credit), rupees(debit - credit)],
  ]);
}

/** RFC 4180; instants in UTC, rupees, in the order of the log. */
export function journalCsv(bookingId: string, rows: readonly LedgerRow[]): string {
  return lines([
    ['at_utc', 'booking', 'event', 'event_id', 'account', 'class', 'debit_inr', 'credit_inr'],
    ...rows.map((row) => [
      new Date(row.at).toISOString(),
      cell(bookingId),
      row.type,
      eventOf(row.entryId),
      cell(row.account),
      cell(row.class),
      rupees(Math.max(0, row.amount)),
      rupees(Math.max(0, -row.amount)),
    ]),
  ]);
}

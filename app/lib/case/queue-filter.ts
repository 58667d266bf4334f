/** Which of what waits the page shows, and in which order, as its address keeps it. Pure; business ms, paise. */
import type { ChargebackRow } from '#projections/queries.ts';
import { isAnswerable } from './bank.ts';
import { isForViewer, KINDS, type Kind, type Sections, type WaitingDispute, type WaitingStuck } from './queue.ts';

export const WAITS = ['ops', 'second-person', 'tutor', 'bank'] as const;
export const WHOSE = ['me', 'others'] as const;
export const SORTS = ['deadline', 'age', 'amount'] as const;

/** What is due within so long is due soon, ms. */
export const SOON_MS = 24 * 3_600_000;

export interface QueueFilter {
  readonly kind: Kind | 'all';
  readonly text: string;
  /** Who has to do something next. */
  readonly waits: (typeof WAITS)[number] | 'all';
  /** `me`: the viewer can act on it now. */
  readonly whose: (typeof WHOSE)[number] | 'all';
  /** Only what is due within a day, or late. */
  readonly soon: boolean;
  /** Only where more than one person may be needed. */
  readonly large: boolean;
  readonly sort: (typeof SORTS)[number];
}

const oneOf = <T extends string>(all: readonly T[], text: string | null): T | undefined =>
  all.find((one) => one === text);

export const queueFilterOf = (params: URLSearchParams): QueueFilter => ({
  kind: oneOf(KINDS, params.get('kind')) ?? 'all',
  text: (params.get('find') ?? '').slice(0, 200),
  waits: oneOf(WAITS, params.get('waits')) ?? 'all',
  whose: oneOf(WHOSE, params.get('whose')) ?? 'all',
  soon: params.get('soon') === '1',
  large: params.get('large') === '1',
  sort: oneOf(SORTS, params.get('sort')) ?? 'deadline',
});

/** The same address with this filter; what is as usual does not stand in it. */
export function withFilter(address: URL, filter: QueueFilter): URL {
  const url = new URL(address);
  const put = (name: string, value: string, usual: string): void => {
    if (value === usual) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  };
  put('kind', filter.kind, 'all');
  put('find', filter.text.trim(), '');
  put('waits', filter.waits, 'all');
  put('whose', filter.whose, 'all');
  put('soon', filter.soon ? '1' : '', '');
  put('large', filter.large ? '1' : '', '');
  put('sort', filter.sort, 'deadline');
  return url;
}

export const isNarrowed = ({ kind, text, waits, whose, soon, large }: QueueFilter): boolean =>
  kind !== 'all' || text.trim() !== '' || waits !== 'all' || whose !== 'all' || soon || large;

export interface Around {
  readonly now: number;
  /** Above this refund a second person is needed, paise. */
  readonly limit: number;
  /** Bookings that the viewer is a party of: others act on these (Q1). */
  readonly own: ReadonlySet<string>;
}

/** What of one row the filter asks for. Null: it has no deadline, or no amount, and does not fit a filter of it. */
interface Asked {
  readonly waits: QueueFilter['waits'];
  readonly mine: boolean;
  readonly due: number | null;
  readonly amount: number | null;
  readonly since: number;
}

const ofDispute = (row: WaitingDispute): Asked => ({
  waits: row.waitsFor,
  mine: isForViewer(row) || (row.waitsFor === 'ops' && !row.own),
  due: row.deadline,
  amount: row.gross,
  since: row.openedAt,
});

const ofBank = (row: ChargebackRow, { now, own }: Around): Asked => {
  const answerable = isAnswerable(row, now);
  const open = row.state === 'open' || row.state === 'action-required';
  return {
    waits: open ? 'ops' : 'bank',
    mine: answerable && !own.has(row.bookingId),
    due: open ? row.respondBy : null,
    amount: row.amount,
    since: row.openedAt,
  };
};

const ofStuck = (row: WaitingStuck, { own }: Around): Asked => ({
  waits: 'ops',
  mine: (row.acts.length > 0 || row.decidedOnCase) && !own.has(row.bookingId),
  due: null,
  amount: null,
  since: row.since,
});

function fitsFilter(asked: Asked, { waits, whose, soon, large }: QueueFilter, { now, limit }: Around): boolean {
  if (waits !== 'all' && asked.waits !== waits) return false;
  if (whose !== 'all' && asked.mine !== (whose === 'me')) return false;
  if (soon && (asked.due === null || asked.due > now + SOON_MS)) return false;
  return !large || (asked.amount !== null && asked.amount > limit);
}

/** What has no deadline comes after what has one; of equals the older one comes first. */
function compare(one: Asked, other: Asked, sort: QueueFilter['sort']): number {
  const older = one.since - other.since;
  switch (sort) {
    case 'age':
      return older;
    case 'amount':
      return (other.amount ?? 0) - (one.amount ?? 0) || older;
    case 'deadline':
      return (one.due ?? Number.MAX_SAFE_INTEGER) - (other.due ?? Number.MAX_SAFE_INTEGER) || older;
  }
}

/** A difference to the provider has no deadline, no amount of its own and nobody in particular: a finer filter leaves it out. */
export function narrowed(sections: Sections, filter: QueueFilter, around: Around): Sections {
  const keep = <Row>(rows: readonly Row[], asked: (row: Row) => Asked): readonly Row[] =>
    rows
      .map((row) => ({ row, asked: asked(row) }))
      .filter((one) => fitsFilter(one.asked, filter, around))
      .toSorted((a, b) => compare(a.asked, b.asked, filter.sort))
      .map(({ row }) => row);
  const finer = filter.waits !== 'all' || filter.whose !== 'all' || filter.soon || filter.large;
  return {
    second: keep(sections.second, ofDispute),
    decide: keep(sections.decide, ofDispute),
    bank: keep(sections.bank, (row) => ofBank(row, around)),
    stuck: keep(sections.stuck, (row) => ofStuck(row, around)),
    drift: finer ? [] : sections.drift,
  };
}

/** The search for bookings of `/ops` and `/audit`, as its address has it. */
import type { BookingRow, BookingState, CaseFilter } from '#projections/queries.ts';

export const STATES: readonly BookingState[] = [
  'requested',
  'awaiting-payment',
  'confirmed',
  'in-progress',
  'under-review',
  'completed',
  'closed',
  'cancelled',
  'expired',
  'declined',
];

export const PAGE_SIZE = 25;

export interface CaseSearch {
  readonly text: string;
  readonly state: BookingState | '';
  /** 1-based. */
  readonly page: number;
}

export interface Found {
  readonly search: CaseSearch;
  readonly total: number;
  readonly rows: readonly BookingRow[];
}

export function searchOf(params: URLSearchParams): CaseSearch {
  const page = Number(params.get('page') ?? '1');
  return {
    text: (params.get('q') ?? '').trim().slice(0, 200),
    state: STATES.find((state) => state === params.get('state')) ?? '',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

export function filterOf(search: CaseSearch): CaseFilter {
  return {
    ...(search.text === '' ? {} : { text: search.text }),
    ...(search.state === '' ? {} : { state: search.state }),
    limit: PAGE_SIZE,
    offset: (search.page - 1) * PAGE_SIZE,
  };
}

/** The same search, another page of it. */
export function pageHref(search: CaseSearch, page: number): string {
  const params = new URLSearchParams();
  if (search.text) params.set('q', search.text);
  if (search.state) params.set('state', search.state);
  if (page > 1) params.set('page', String(page));
  return `?${params.toString()}`;
}

import type { BookingRow, BookingState } from '#projections/queries.ts';

const UPCOMING: readonly BookingState[] = ['requested', 'awaiting-payment', 'confirmed', 'in-progress'];

/** Bookings that still wait for something go first by their start; the rest lies behind, the latest first. */
export function upcomingAndPast<Row extends Pick<BookingRow, 'state' | 'startsAt'>>(
  rows: readonly Row[],
): { readonly upcoming: readonly Row[]; readonly past: readonly Row[] } {
  const upcoming = rows.filter((row) => UPCOMING.includes(row.state));
  const past = rows.filter((row) => !UPCOMING.includes(row.state));
  return {
    upcoming: upcoming.toSorted((one, other) => one.startsAt - other.startsAt),
    past: past.toSorted((one, other) => other.startsAt - one.startsAt),
  };
}

/** The colour that helps the word: now for what waits, loss for what was lost. */
export function toneOf(state: BookingState): 'now' | 'accent' | 'loss' | '' {
  switch (state) {
    case 'awaiting-payment':
    case 'requested':
    case 'in-progress':
    case 'under-review':
      return 'now';
    case 'confirmed':
      return 'accent';
    case 'cancelled':
    case 'declined':
    case 'expired':
    case 'completed':
    case 'closed':
      return '';
  }
}

/** The payment reached us or the provider, but the booking does not say so yet. */
export const isConfirming = (row: Pick<BookingRow, 'state' | 'payment'>): boolean =>
  row.state === 'awaiting-payment' && (row.payment === 'paid' || row.payment === 'authorized');

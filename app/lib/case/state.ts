import type { BookingState } from '#projections/queries.ts';

/** The colour that helps the word: marigold for what waits or runs, none for what is over. */
export function stateTone(state: BookingState): 'now' | 'accent' | '' {
  switch (state) {
    case 'requested':
    case 'awaiting-payment':
    case 'in-progress':
    case 'under-review':
      return 'now';
    case 'confirmed':
      return 'accent';
    case 'completed':
    case 'closed':
    case 'cancelled':
    case 'expired':
    case 'declined':
      return '';
  }
}

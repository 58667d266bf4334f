import { refuse, type Refusal } from '../shared/refusal.ts';
import type { BookingState } from './events.ts';

/** The answer of a booking that never was, or never will be, taught. */
export function over(state: Extract<BookingState, { kind: 'declined' | 'expired' | 'cancelled' }>): Refusal {
  switch (state.kind) {
    case 'declined':
      return refuse('booking-over', 'This request was declined.');
    case 'expired':
      return refuse('booking-over', 'The seat was not paid in time, so this booking has expired.');
    case 'cancelled':
      return refuse('booking-over', 'This booking was cancelled.');
  }
}

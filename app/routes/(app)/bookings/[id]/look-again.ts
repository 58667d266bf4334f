import { invalidate } from '$app/navigation';
import { navigating } from '$app/state';
import { BOOKING } from './key.ts';

/** Loads the booking again, unless the viewer is on the way elsewhere: kit would drop that navigation for it. */
export function lookAgain(): void {
  if (navigating.to === null) void invalidate(BOOKING);
}

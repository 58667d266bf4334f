/** Carries “and pay” from the booking form to the page of the booking: its checkout then opens once by itself. */
let awaited: string | null = null;

/** Called when the form has booked and leads to `path`, such as `/bookings/b1`. Only in the browser. */
export function payOnArrival(path: string): void {
  awaited = path;
}

/** Whether the checkout of the booking at `path` should open by itself now: true once a booking. */
export function takePayOnArrival(path: string): boolean {
  if (awaited !== path) return false;
  awaited = null;
  return true;
}

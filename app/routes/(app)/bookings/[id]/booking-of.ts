import type { BookingRow } from '#projections/queries.ts';
import type { Person } from '#app/server/services.ts';
import { personOf, unknownPage } from '$lib/guard.ts';

interface Asked {
  readonly locals: App.Locals;
  readonly url: URL;
  readonly params: { readonly id: string };
}

/** The signed-in person and the booking of this address; one that is not theirs to see answers like an unknown one. */
export async function bookingOf(event: Asked): Promise<{ person: Person; booking: BookingRow }> {
  const person = personOf(event);
  const booking = await event.locals.services.visibleBooking(person, event.params.id);
  if (!booking) unknownPage();
  return { person, booking };
}

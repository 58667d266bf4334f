import type { Person, Services } from '#app/server/services.ts';
import type { BookingRow } from '#projections/queries.ts';

type Asked = Pick<Services, 'queries' | 'mayWriteTo'>;

/** The people on the other side of a booking whom this reader may write to. */
export async function othersOf(
  services: Asked,
  person: Person,
  reader: 'student' | 'tutor' | 'ops',
  booking: Pick<BookingRow, 'tutorId' | 'studentId' | 'bookedBy'>,
): Promise<readonly { readonly personId: string; readonly name: string }[]> {
  if (reader === 'ops') return [];
  const { tutorId, studentId, bookedBy } = booking;
  const ids = reader === 'student' ? [tutorId] : [...new Set([studentId, bookedBy])];
  const names = await services.queries.namesOf(ids);
  const may = await Promise.all(ids.map((id) => services.mayWriteTo(person, id)));
  return ids.flatMap((personId, i) => {
    const name = names[personId];
    return may[i] && name !== undefined ? [{ personId, name }] : [];
  });
}

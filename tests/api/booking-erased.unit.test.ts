import { describe, expect, it } from 'vitest';
import { fromPerson, fromSystem } from '#events/handling/context.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { Queries } from '#projections/queries.ts';
import { BOOKING, PEOPLE, TUTOR } from './stub.ts';
import { bookingServices } from '#app/server/booking-services.server.ts';
import type { Person } from '#app/server/services.ts';

const NOW = 1_789_000_000_000;
const asha: Person = PEOPLE.asha ?? { personId: 'asha', name: '', email: '', roles: ['student'], zone: 'UTC' };

/** Booking over a log in memory; `before` comes between the look at the people and the append of the request. So many cancellations fail. */
function booking(before: (submit: Submit) => Promise<unknown>, failures = 0) {
  const store = inMemoryStore();
  const submit = createSubmit(store);
  const queries = {
    rolesOf: async () => ({ roles: ['student'], zone: 'UTC', children: [], institutes: [] }),
    tutorById: async () => ({ ...TUTOR, bookable: true }),
    booking: async (bookingId: string) => ({ ...BOOKING, bookingId, state: 'awaiting-payment', orderId: 'order_1' }),
  } as unknown as Queries;
  const services = bookingServices({
    store,
    queries,
    submit: async (command, context) => {
      if (command.type === 'RequestBooking') await before(submit);
      if (command.type === 'CancelBooking' && failures > 0) {
        failures -= 1;
        throw new Error('The log cannot be reached');
      }
      return submit(command, context);
    },
    now: () => NOW,
    seen: async () => true,
    observeOrder: async () => undefined,
    checkReturn: async () => ({ kind: 'verified' }),
  });
  const requestId = newId();
  const request = { requestId, tutorId: TUTOR.tutorId, studentId: asha.personId, subject: 'Mathematics', note: '' };
  const ask = { ...request, offerId: 'group', startsAt: NOW + 86_400_000 };
  return {
    book: (instead: Partial<typeof ask> = {}) => services.book(asha, { ...ask, ...instead }, newId()),
    erase: (personId: string) => erase(personId)(submit),
    types: async () => (await store.read(`booking-${requestId}`)).map((event) => event.type),
    register: (personId: string, role: 'student' | 'tutor') =>
      submit({ type: 'RegisterPerson', now: NOW, data: { personId, role, zone: 'UTC' } }, fromSystem('test', newId())),
  };
}

const erase = (personId: string) => (submit: Submit) =>
  submit(
    { type: 'ErasePerson', now: NOW, data: { personId } },
    fromPerson({ personId, requestId: newId(), command: 'ErasePerson' }),
  );

describe('booking beside an erasure', () => {
  for (const [who, id] of [
    ['student', asha.personId],
    ['tutor', TUTOR.tutorId],
  ] as const)
    it(`PE7: takes a booking back whose ${who} was erased after being looked at`, async () => {
      const racing = booking(erase(id));
      await racing.register(id, who);
      expect(await racing.book()).toMatchObject({ code: 'person-erased' });
      expect(await racing.types()).toEqual(['BookingRequested', 'BookingCancelled']);
      // Sent again, it says the same and does nothing.
      expect(await racing.book()).toMatchObject({ code: 'person-erased' });
      expect(await racing.types()).toHaveLength(2);
    });

  it('PE7: takes it back when it is sent again after the first try to do so failed', async () => {
    const racing = booking(erase(TUTOR.tutorId), 1);
    await racing.register(TUTOR.tutorId, 'tutor');
    await expect(racing.book()).rejects.toThrow('cannot be reached');
    expect(await racing.types()).toEqual(['BookingRequested']);
    expect(await racing.book()).toMatchObject({ code: 'person-erased' });
    expect(await racing.types()).toEqual(['BookingRequested', 'BookingCancelled']);
  });

  it('PE7: ends no other booking because a request with its id names someone erased', async () => {
    const gone = newId();
    const quiet = booking(async () => undefined);
    await quiet.register(gone, 'tutor');
    expect(await quiet.book()).toMatchObject({ kind: 'booked' });
    await quiet.erase(gone);
    expect(await quiet.book({ tutorId: gone })).toMatchObject({ code: 'person-erased' });
    expect(await quiet.types()).toEqual(['BookingRequested']);
  });

  it('books where nobody was erased', async () => {
    const quiet = booking(async () => undefined);
    expect(await quiet.book()).toMatchObject({ kind: 'booked' });
    expect(await quiet.types()).toEqual(['BookingRequested']);
  });
});

import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyChain } from '../store/chain.ts';
import { META, happened } from '../store/contract-events.ts';
import { InvalidEvent, type NewEvent, type RecordedEvent } from '../store/event-store.ts';
import { inMemoryStore } from '../store/in-memory.ts';
import { isSealed } from './seal.server.ts';
import { sealedStore } from './sealed-store.server.ts';
import type { PersonKey, Vault } from './vault.server.ts';

function memoryVault(): Vault & { loads: number } {
  const keys = new Map<string, PersonKey>();
  const vault = {
    loads: 0,
    keysFor: async (ids: ReadonlySet<string>) => {
      vault.loads += 1;
      for (const id of ids) if (!keys.has(id)) keys.set(id, createSecretKey(randomBytes(32)));
      return vault.knownKeys(ids);
    },
    knownKeys: async (ids: ReadonlySet<string>) => new Map([...ids].map((id) => [id, keys.get(id) ?? null])),
    destroy: async (id: string) => void keys.set(id, null),
    close: async () => undefined,
  };
  return vault;
}

function world() {
  const inner = inMemoryStore();
  const vault = memoryVault();
  const alerts: unknown[] = [];
  const store = sealedStore(inner, vault, { log: { error: (details) => void alerts.push(details) } });
  return { inner, vault, store, alerts };
}

const request = (note: string, studentId = 's1'): NewEvent =>
  happened('BookingRequested', { bookingId: 'b1', tutorId: 't1', studentId, bookedBy: 'g1', price: 80_000, note });
const noteOf = (event: RecordedEvent | undefined): unknown => event?.data.note;

describe('the sealed store', () => {
  it('SE1: writes no text of a person, and reads it back everywhere', async () => {
    const { inner, store } = world();
    const event = request('Please call me Asha 👩🏽‍🎓');
    await store.append('booking-b1', 'no-stream', [event, happened('BookingExpired', { bookingId: 'b1' })]);
    const stored = (await inner.chainRecords()).map(({ data }) => data).join('');
    expect(stored).not.toContain('Asha');
    expect(stored).toContain('"note":{"$sealed":"1.');
    expect(await store.chainRecords()).toEqual(await inner.chainRecords());

    const { data } = event;
    expect((await store.read('booking-b1'))[0]).toMatchObject({ id: event.id, data });
    expect((await store.readAll())[0]).toMatchObject({ data });
    const seen: RecordedEvent[] = [];
    const subscription = store.subscribe({ after: 'start', onEvents: async (events) => void seen.push(...events) });
    const group = store.group('letters');
    const delivered: RecordedEvent[] = [];
    const consumer = group.consume(async (one) => {
      delivered.push(one);
      return 'park';
    });
    await expect.poll(() => seen.length + delivered.length).toBe(4);
    await subscription.stop();
    await consumer.stop();
    expect(noteOf(seen[0])).toBe(data.note);
    expect(noteOf(delivered.find(({ type }) => type === 'BookingRequested'))).toBe(data.note);
    expect((await group.parked()).map((one) => noteOf(one.event))).toContain(data.note);
    await store.close();
  });

  it('SE2: seals each field of a list and of a profile, under the id of its owner', async () => {
    const { inner, store } = world();
    const offers = ['Algebra with Rao', 'Calculus'].map((title) => ({
      offerId: 'o',
      minutes: 60,
      seats: 1,
      price: 1,
      title,
    }));
    await store.append('tutor-t1', 'any', [happened('OffersSet', { tutorId: 't1', offers })]);
    const [raw] = await inner.read('tutor-t1');
    const title = { $sealed: expect.any(String) };
    expect(raw?.data).toEqual({ tutorId: 't1', offers: offers.map((offer) => ({ ...offer, title })) });
    expect((await store.read('tutor-t1'))[0]?.data).toEqual({ tutorId: 't1', offers });
  });

  it('SE3: after the key is destroyed a constant stands there, for readers of every kind; the chain still holds', async () => {
    const { vault, store } = world();
    await store.append('booking-b1', 'any', [request('mine'), request('theirs', 's2')]);
    const profile = { slug: 'asha-rao', name: 'Asha Rao', subjects: ['Mathematics'] };
    await store.append('tutor-s1', 'any', [happened('TutorProfilePublished', { tutorId: 's1', profile })]);
    const before = await store.chainRecords();
    await vault.destroy('s1');
    expect((await store.read('booking-b1')).map(noteOf)).toEqual(['[erased]', 'theirs']);
    expect((await store.read('tutor-s1'))[0]?.data).toEqual({
      tutorId: 's1',
      profile: { slug: 'erased-s1', name: '[erased]', subjects: ['Mathematics'] },
    });
    expect(await store.chainRecords()).toEqual(before);
    expect(await verifyChain(store)).toMatchObject({ kind: 'whole', records: 3 });

    // What is written about them later is kept from the start.
    await store.append('booking-b1', 1, [request('too late')]);
    expect(noteOf((await store.read('booking-b1'))[2])).toBe('[erased]');
    expect(JSON.stringify(await store.chainRecords())).not.toContain('too late');
  });

  it('SE4: a retry is answered as the first time, though its bytes differ', async () => {
    const { store, inner } = world();
    const event = request('again');
    await store.append('booking-b1', 'no-stream', [event]);
    const again = await store.append('booking-b1', 'no-stream', [event]);
    expect(again).toMatchObject({ kind: 'appended', revision: 0, duplicate: true });
    expect(await inner.read('booking-b1')).toHaveLength(1);
  });

  it('SE5: what was written before anything was sealed still reads, even a text that looks sealed', async () => {
    const { inner, store } = world();
    await inner.append('booking-b1', 'any', [
      request('old'),
      request('{"$sealed":"1.x"}'),
      happened('BookingRequested', {}),
    ]);
    expect((await store.read('booking-b1')).map(noteOf)).toEqual(['old', '{"$sealed":"1.x"}', undefined]);
  });

  it('SE6: a sealed text opens at its own event and field only', async () => {
    const { inner, store, alerts } = world();
    await store.append('booking-b1', 'any', [request('secret')]);
    const [stored] = await inner.read('booking-b1');
    if (!stored) throw new Error('nothing was stored');
    const { data } = stored;
    const elsewhere: NewEvent = { id: randomUUID(), type: stored.type, data, meta: META };
    await inner.append('booking-b2', 'any', [elsewhere]);
    expect(noteOf((await store.read('booking-b2'))[0])).toBe('[unreadable]');
    expect(alerts).toMatchObject([{ alert: 'seal-broken', field: 'note' }]);
  });

  it('SE7: a reason of our own processes is not sealed; one of a person is theirs', async () => {
    const { inner, store } = world();
    const cancelled = (actor: NewEvent['meta']['actor']): NewEvent => ({
      ...happened('BookingCancelled', { bookingId: 'b1', by: 'student', reason: 'because' }),
      meta: { ...META, actor },
    });
    await store.append('booking-b1', 'any', [
      cancelled({ kind: 'process', id: 'release-payout' }),
      cancelled({ kind: 'person', id: 'g1' }),
    ]);
    const stored = await inner.read('booking-b1');
    expect(stored.map(({ data }) => isSealed(data.reason))).toEqual([false, true]);
    expect((await store.read('booking-b1')).map(({ data }) => data.reason)).toEqual(['because', 'because']);
  });

  it('SE8: refuses words that are nobody’s, and what the store would refuse', async () => {
    const { store } = world();
    const { studentId: _, ...ownerless } = request('whose?').data;
    await expect(store.append('booking-b1', 'any', [happened('BookingRequested', ownerless)])).rejects.toThrow(
      InvalidEvent,
    );
    await expect(store.append('booking-b1', 'any', [request('\ud800')])).rejects.toThrow(InvalidEvent);
    await expect(store.append('booking-b1', 'any', [request('\u0000')])).rejects.toThrow(InvalidEvent);
  });

  it('SE9: asks for the keys of a batch at once, and for none when nothing is sealed', async () => {
    const { store, vault } = world();
    const requests = Array.from({ length: 50 }, (_, index) => request('x', `s${index % 7}`));
    await store.append('booking-b1', 'any', requests);
    await store.append('booking-b1', 'any', [happened('BookingExpired', { bookingId: 'b1' })]);
    expect(vault.loads).toBe(1);
  });
});

/** The life of a booking with the log in EventStoreDB: the real client over gRPC, against the test server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyChain, type ChainedStore } from '#events/store/chain.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { openEventStoreDb } from '#events/store/eventstoredb.server.ts';
import { startTestEventStoreDb, type TestEventStoreDb } from '#events/store/testing/eventstoredb.server.ts';
import { booksOf } from './testing/books.ts';
import { HOUR, openWorld, PRICE, STUDENT, TUTOR, type World } from './testing/world.ts';

let server: TestEventStoreDb;
let store: EventStore & ChainedStore;
let world: World;
beforeAll(async () => {
  server = await startTestEventStoreDb();
  world = await openWorld({
    openStore: async (db) => (store = await openEventStoreDb(server.url, { db, watchMs: 1_000 })),
  });
});
afterAll(async () => {
  await world.close();
  server.stop();
});

test('a booking is paid, taught, held and released, though the server of the log goes away twice', async () => {
  const startsAt = world.firstStart;
  const bookingId = await world.request();
  await world.booking(bookingId, (row) => row.orderId !== null);

  // While the money comes in, the log cannot be written: the webhook waits for it.
  server.stop();
  const { orderId } = await world.booking(bookingId, (row) => row.orderId !== null);
  await world.sandbox.control(`orders/${orderId}/pay`, {});
  await new Promise((resolve) => setTimeout(resolve, 500));
  await server.start();

  const { lessonId } = await world.booking(bookingId, (row) => row.state === 'confirmed' && row.lessonId !== null);
  expect(await world.payout(bookingId, (row) => row.state === 'held')).toMatchObject({ gross: PRICE, share: 72_000 });
  await world.teach(lessonId ?? '', startsAt, [STUDENT]);
  server.dropStreams('cancelled');
  await world.payout(bookingId, (row) => row.state === 'hold-running');
  await world.advance(73 * HOUR);
  await world.payout(bookingId, (row) => row.state === 'released');
  await world.booking(bookingId, (row) => row.state === 'closed');
  await world.settled();

  expect(await world.queries.earnings(TUTOR)).toMatchObject({ held: 0, released: 72_000 });
  const { orders, transfers, refunds } = await world.sandbox.state();
  expect(orders.filter((order) => order.receipt === bookingId)).toHaveLength(1);
  expect(transfers).toMatchObject([{ amount: 72_000, on_hold: false, holdsLifted: 1 }]);
  expect(refunds).toEqual([]);
  await booksOf(world, bookingId);
  const positions = (await world.queries.timeline(bookingId)).map((row) => row.position);
  expect(positions).toEqual(positions.toSorted());
  const all = await world.store.readAll({ limit: 10_000 });
  expect(await verifyChain(store)).toMatchObject({ kind: 'whole', records: all.length });
});

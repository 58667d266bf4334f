/** What the facts speak for, for the rows of the queue: bounded, remembered for a moment, and never in the way of the page. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verdictServices } from '#app/server/proposed-verdicts.server.ts';
import { openWorld, STUDENT, type World } from '#projections/testing/world.ts';

let world: World;
let bookingId: string;
let reads = 0;
const complaints: string[] = [];
/** Longer than any machine takes. */
const withinMs = 60_000;
const parts = () => ({
  queries: world.queries,
  now: () => world.clock.now(),
  log: { error: (_: unknown, message: string) => void complaints.push(message) },
  store: {
    ...world.store,
    head: async () => {
      reads += 1;
      return world.store.head();
    },
  },
});

beforeAll(async () => {
  world = await openWorld();
  bookingId = await world.book({ student: STUDENT, startsAt: world.firstStart });
  await world.settled();
}, 120_000);
afterAll(() => world.close());

it('[Q4] each is worked out once in a minute, and an unknown booking is left out', async () => {
  let wall = 0;
  const { proposedVerdicts } = verdictServices(parts(), { wall: () => wall, withinMs });
  const { found, late } = await proposedVerdicts([bookingId, bookingId, 'nothing']);
  expect(late).toBe(false);
  expect(Object.keys(found)).toEqual([bookingId]);
  expect(found[bookingId]?.verdict).toMatchObject({ kind: 'open', why: 'lesson-not-over' });
  expect(reads).toBe(1);
  wall = 59_999;
  expect((await proposedVerdicts([bookingId])).found).toEqual(found);
  expect(reads).toBe(1);
  wall = 60_000;
  await proposedVerdicts([bookingId]);
  expect(reads).toBe(2);
});

it('[Q4] a log that fails or does not answer leaves rows without it, and the page goes on', async () => {
  const failing = { ...parts(), store: { ...world.store, head: () => Promise.reject(new Error('away')) } };
  const failed = await verdictServices(failing, { withinMs }).proposedVerdicts([bookingId]);
  expect(failed).toEqual({ found: {}, late: false });
  expect(complaints).toHaveLength(1);
  const silent = { ...parts(), store: { ...world.store, head: () => new Promise<null>(() => undefined) } };
  const said = await verdictServices(silent, { withinMs: 50 }).proposedVerdicts([bookingId]);
  expect(said).toEqual({ found: {}, late: true });
});

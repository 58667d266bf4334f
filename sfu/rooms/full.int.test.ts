/** Who still gets into a room that has no place left. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LessonRole } from '#events/access/roles.ts';
import { newId } from '#events/shared/ids.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { Workers } from '../media/workers.server.ts';
import { Homes } from '../nodes/homes.server.ts';
import { RoomStates } from '../nodes/states.server.ts';
import { quiet } from '../testing/fixture.server.ts';
import { NO_TRACE } from '../testing/no-trace.ts';
import type { Attendance } from './attendance.server.ts';
import { MOST_OBSERVERS, Rooms } from './rooms.server.ts';

const PEERS = 2;

let workers: Workers;
let db: Database;
let rooms: Rooms;
let lessonId: string;
beforeAll(async () => {
  db = await openPglite(null);
  const started = await Workers.start({ address: '127.0.0.1', port: 0, workers: 1 }, quiet);
  if (started === null) throw new Error('These tests need a media worker');
  workers = started;
  const states = await RoomStates.open(db, quiet);
  // A lesson that lets everybody in.
  const attendance = { begin: async () => null, end: () => undefined, note: async () => undefined };
  const clock = { now: () => 0, onJump: () => () => undefined };
  const limits = { peersPerRoom: PEERS, rooms: 9, graceMs: 60_000, turn: null };
  const homes = new Homes(createMemoryBus(), 'here ', quiet);
  rooms = new Rooms(workers, attendance as unknown as Attendance, clock, quiet, limits, { homes, states });
}, 120_000);
beforeEach(() => {
  lessonId = newId();
});
afterAll(async () => {
  rooms.evictAll('node-draining');
  await workers.close();
  await db.close();
});

/** 'in', or the code of the refusal. */
async function join(personId: string, role: LessonRole): Promise<string> {
  const outcome = await rooms.join({
    ticket: { lessonId, personId, name: personId, role, documents: {}, expiresAt: Date.now() + 600_000 },
    connection: { send: () => undefined, close: () => undefined },
    trace: NO_TRACE,
    rtpCapabilities: workers.rtpCapabilities,
    resume: null,
  });
  return outcome.ok ? 'in' : outcome.code;
}
const observers = Array.from({ length: MOST_OBSERVERS + 1 }, (_, at) => `observer-${at}`);

it('[J7] a full room refuses, and takes back whoever is in it', async () => {
  expect([await join('ann', 'host'), await join('bob', 'participant')]).toEqual(['in', 'in']);
  expect(await join('cy', 'participant')).toBe('room-full');
  expect(await join('bob', 'participant')).toBe('in');
});

it('[J7] observers take nobody’s place, nor do those who take part take theirs', async () => {
  const [last = '', ...some] = observers;
  for (const one of some) expect(await join(one, 'observer')).toBe('in');
  expect(await join(last, 'observer')).toBe('room-full');
  expect([await join('ann', 'host'), await join('bob', 'participant')]).toEqual(['in', 'in']);
  expect(await join('cy', 'participant')).toBe('room-full');
  expect(await join(some[0] ?? '', 'observer')).toBe('in');
});

it('[J7] also of those who come at once no more get in', async () => {
  const people = ['ann', 'bob', 'cy', 'dan'];
  const answers = await Promise.all([
    ...observers.map((one) => join(one, 'observer')),
    ...people.map((one) => join(one, 'participant')),
  ]);
  // Those on the way in count for each other, so that fewer may get in, and whoever comes again does.
  const inside = (from: number, to: number): number => answers.slice(from, to).filter((one) => one === 'in').length;
  expect(inside(0, observers.length)).toBeLessThanOrEqual(MOST_OBSERVERS);
  expect(inside(observers.length, answers.length)).toBeLessThanOrEqual(PEERS);
  for (const one of observers) await join(one, 'observer');
  for (const one of people) await join(one, 'participant');
  const [room] = rooms.rooms.filter((one) => one.lessonId === lessonId);
  const roles = [...(room?.peers.values() ?? [])].map(({ role }) => role);
  expect(roles.filter((role) => role === 'observer')).toHaveLength(MOST_OBSERVERS);
  expect(roles.filter((role) => role === 'participant')).toHaveLength(PEERS);
});

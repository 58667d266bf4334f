/** Several nodes with one database and one bus: which of them has a lesson, and what becomes of it when that changes. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ticket } from '#events/access/ticket.ts';
import type { Bus } from '#platform/bus/bus.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import {
  append,
  AUDIO,
  quiet,
  startFixture,
  until,
  type Client,
  type Fixture,
  type Submitted,
} from '../testing/fixture.server.ts';
import { FRESH } from '../rooms/state.ts';
import { leaseOf, LEASE_MS } from './homes.server.ts';
import { RoomStates } from './states.server.ts';

const LESSON = 'lesson-1';

let db: Database;
let bus: TestBus;
let told: Submitted[];
let nodes: Fixture[] = [];
beforeAll(async () => {
  db = await openPglite(null);
});
afterAll(() => db.close());
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  nodes = [];
  await db.query('DELETE FROM sfu_room');
  await db.query('DELETE FROM presence');
});

/** A bus whose leases can be out of reach, and wait for something before they are answered. */
interface TestBus extends Bus {
  away: boolean;
  whenLeased: (lease: { readonly fence: number }) => Promise<void>;
}
function makeBus(): TestBus {
  const memory = createMemoryBus();
  const reached = async <T>(work: () => Promise<T>): Promise<T> => {
    if (made.away) throw new Error('Redis is away');
    return work();
  };
  const made: TestBus = {
    ...memory,
    away: false,
    whenLeased: () => Promise.resolve(),
    lease: (name, holder, ms) =>
      reached(async () => {
        const lease = await memory.lease(name, holder, ms);
        if (lease !== null) await made.whenLeased(lease);
        return lease;
      }),
    release: (name, holder) => reached(() => memory.release(name, holder)),
  };
  return made;
}

async function start(count: number): Promise<readonly Fixture[]> {
  bus = makeBus();
  told = [];
  for (let index = 0; index < count; index += 1)
    nodes.push(await startFixture({ url: `http://node-${index}.test`, graceMs: 5_000 }, { db, bus, told }));
  return nodes;
}

async function enter(node: Fixture | undefined, person: string, options: Partial<Ticket> = {}): Promise<Client> {
  const client = await connect(node, person, options);
  await client.join();
  return client;
}

async function connect(node: Fixture | undefined, person: string, options: Partial<Ticket> = {}): Promise<Client> {
  if (node === undefined) throw new Error('There is no such node');
  return node.connect(node.ticket(person, options));
}

const leaves = () => told.filter(({ command }) => command.type === 'LeaveLesson').map(({ command }) => command.data);

describe('a lesson among several nodes', () => {
  it('[N1] is at one of them: the other refuses with where else to ask, until the last has left', async () => {
    const [one, two] = await start(2);
    const ann = await enter(one, 'ann', { role: 'host' });
    const bob = await connect(two, 'bob');
    await expect(bob.join()).rejects.toThrow('elsewhere');
    await enter(two, 'cy', { lessonId: 'lesson-2' });
    expect(two?.sfu.stats()).toMatchObject({ rooms: 1, peers: 1 });

    await ann.ask('leave', {});
    await expect.poll(() => bus.holder(leaseOf(LESSON))).toBeNull();
    await bob.join();
    await expect((await connect(one, 'dan')).join()).rejects.toThrow('elsewhere');
    expect(one?.sfu.stats()).toMatchObject({ rooms: 0 });
  });

  it('[N1] is let in by one of them when everybody comes at once', async () => {
    const [one, two] = await start(2);
    const people = Array.from({ length: 12 }, (_, index) => connect(index % 2 === 0 ? one : two, `p${index}`));
    const joins = await Promise.allSettled((await Promise.all(people)).map((person) => person.join()));
    expect(joins.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
    const [rooms, others] = [one, two].map((node) => node?.sfu.stats().peers).toSorted();
    expect([rooms, others]).toEqual([0, 6]);
  });

  it('[N2][D6] goes over as it was: switches, who was in, who was sent away, co-hosts', async () => {
    const [one, two] = await start(2);
    const ann = await enter(one, 'ann', { role: 'host' });
    const bob = await enter(one, 'bob');
    const eve = await enter(one, 'eve');
    await ann.ask('promote', { personId: 'bob', role: 'co-host' });
    await ann.ask('set-room', { mayShare: false });
    await ann.ask('remove', { personId: 'eve' });
    await ann.ask('set-room', { locked: true });
    await eve.next('closed');
    await one?.sfu.drain();
    expect(await ann.next('closed')).toEqual({ reason: 'node-draining' });

    // At once: a node that goes gives its lessons back.
    const again = await connect(two, 'ann', { role: 'host' });
    const { room } = await again.join();
    expect(room).toMatchObject({ locked: true, mayShare: false, out: [{ personId: 'eve', how: 'removed' }] });
    const bobAgain = await connect(two, 'bob');
    expect((await bobAgain.join()).you).toMatchObject({ role: 'co-host' });
    await expect((await connect(two, 'eve')).join()).rejects.toThrow('removed');
    await expect((await connect(two, 'new')).join()).rejects.toThrow('room-locked');
    bob.socket.disconnect();
  });

  it('[N2] leaves nothing behind when it has ended', async () => {
    const [one] = await start(1);
    if (one === undefined) throw new Error('There is no node');
    const ann = await enter(one, 'ann', { role: 'host' });
    await ann.ask('set-room', { locked: true });
    const kept = () => db.query('SELECT lesson_id FROM sfu_room');
    await expect.poll(kept).toHaveLength(1);
    await append(one, { type: 'LessonEnded', data: { lessonId: LESSON, at: one.now(), by: 'host' } });
    await ann.next('closed');
    await expect.poll(kept).toEqual([]);
    await expect.poll(() => bus.holder(leaseOf(LESSON))).toBeNull();
  });

  it('[N2] is never written over by a node that has lost it', async () => {
    const states = await RoomStates.open(db, quiet);
    states.keep(LESSON, { ...FRESH, locked: true }, 7);
    states.keep(LESSON, { ...FRESH, locked: true, mayShare: false }, 7);
    await states.written(LESSON);
    states.keep(LESSON, FRESH, 6);
    expect(await states.of(LESSON)).toEqual(FRESH);
    await states.written(LESSON);
    expect(await states.of(LESSON)).toEqual({ ...FRESH, locked: true, mayShare: false });
  });

  it('[N2] forgets who was erased, and what nobody changed for hours', async () => {
    const states = await RoomStates.open(db, quiet);
    const out = [{ personId: 'eve', name: 'Eve', how: 'removed' }] as const;
    states.keep('with-eve', { ...FRESH, out }, 1);
    states.keep('without', { ...FRESH, admitted: ['eves-sister'] }, 1);
    await Promise.all(['with-eve', 'without'].map((lessonId) => states.written(lessonId)));
    await states.forget('eve');
    const kept = async (): Promise<unknown> =>
      (await db.query<{ lesson_id: string }>('SELECT lesson_id FROM sfu_room')).map((row) => row.lesson_id);
    expect(await kept()).toEqual(['without']);
    await states.sweep();
    expect(await kept()).toEqual(['without']);
    await db.query('UPDATE sfu_room SET kept_at = kept_at - $1', [7 * 3_600_000]);
    await states.sweep();
    expect(await kept()).toEqual([]);
  });

  it('[N4] that another node has taken meanwhile is given up: everybody is sent on, and told to have gone', async () => {
    const [one, two] = await start(2);
    const ann = await enter(one, 'ann');
    await ann.ask('produce', AUDIO);
    const holder = (await bus.holder(leaseOf(LESSON))) ?? '';
    // As after this node stood still for longer than its lease lives.
    await bus.release(leaseOf(LESSON), holder);
    await bus.lease(leaseOf(LESSON), 'other ', 60_000);
    expect(await ann.next('closed')).toEqual({ reason: 'media-lost' });
    await bus.release(leaseOf(LESSON), 'other ');
    const again = await enter(two, 'ann');
    expect(one?.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
    await until('the leaving', () => leaves()[0]);
    expect(leaves()).toMatchObject([{ personId: 'ann', reason: 'node-lost' }]);
    expect(again.all('closed')).toEqual([]);
  });

  it('[N4] that another node had meanwhile is given up, though it has let go of it again', async () => {
    const [one] = await start(1);
    const ann = await enter(one, 'ann', { role: 'host' });
    const states = await RoomStates.open(db, quiet);
    await states.written(LESSON);
    const holder = (await bus.holder(leaseOf(LESSON))) ?? '';
    await bus.release(leaseOf(LESSON), holder);
    const other = await bus.lease(leaseOf(LESSON), 'other ', 60_000);
    if (other !== null) {
      states.keep(LESSON, { ...FRESH, locked: true }, other.fence);
      await states.written(LESSON);
      await bus.release(leaseOf(LESSON), 'other ');
    }
    expect(await ann.next('closed')).toEqual({ reason: 'media-lost' });
    const { room } = await (await connect(one, 'ann', { role: 'host' })).join();
    expect(room.locked).toBe(true);
  });

  it('[N4] whose lease ran out for a moment goes on when nobody else had it', async () => {
    const [one] = await start(1);
    const ann = await enter(one, 'ann', { role: 'host' });
    await bus.release(leaseOf(LESSON), (await bus.holder(leaseOf(LESSON))) ?? '');
    await expect.poll(() => bus.holder(leaseOf(LESSON))).not.toBeNull();
    await ann.ask('set-room', { locked: true });
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    expect(ann.all('closed')).toEqual([]);
  });

  it('[N4] whose lease ran out for a moment goes on when it was the one that kept its state since', async () => {
    const [one] = await start(1);
    const ann = await enter(one, 'ann', { role: 'host' });
    const states = await RoomStates.open(db, quiet);
    let regained = 0;
    // A change of the room is written after the lease is renewed, and before the node looks at what is kept.
    bus.whenLeased = async ({ fence }) => {
      states.keep(LESSON, { ...FRESH, locked: true }, fence);
      await states.written(LESSON);
      regained += 1;
    };
    await bus.release(leaseOf(LESSON), (await bus.holder(leaseOf(LESSON))) ?? '');
    regained = 0;
    await expect.poll(() => regained).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    expect(ann.all('closed')).toEqual([]);
    expect(leaves()).toEqual([]);
  });

  it('[N2] is not opened while nobody knows how it was left', async () => {
    const [one] = await start(1);
    const states = await RoomStates.open(db, quiet);
    states.keep(LESSON, { ...FRESH, locked: true }, 1);
    await states.written(LESSON);
    await db.query('ALTER TABLE sfu_room RENAME TO sfu_room_away');
    try {
      await expect((await connect(one, 'bob')).join()).rejects.toThrow('media-unavailable');
    } finally {
      await db.query('ALTER TABLE sfu_room_away RENAME TO sfu_room');
    }
    await expect((await connect(one, 'bob')).join()).rejects.toThrow('room-locked');
  });

  it('[N3] goes on while nobody can say who has it, takes people in, and no other lesson begins', async () => {
    const [one] = await start(1);
    const ann = await enter(one, 'ann');
    const bob = await connect(one, 'bob');
    const cy = await connect(one, 'cy', { lessonId: 'lesson-2' });
    bus.away = true;
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS + 500));
    await bob.join();
    await expect(cy.join()).rejects.toThrow('media-unavailable');
    expect(ann.all('closed')).toEqual([]);
    bus.away = false;
    await cy.join();
    await expect.poll(() => bus.holder(leaseOf(LESSON))).not.toBeNull();
    expect(ann.all('closed')).toEqual([]);
    expect(leaves()).toEqual([]);
  });
});

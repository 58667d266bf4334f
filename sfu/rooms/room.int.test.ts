import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LessonRole } from '#events/access/roles.ts';
import type { MediaProducer } from '../media/types.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { Workers } from '../media/workers.server.ts';
import { Homes } from '../nodes/homes.server.ts';
import { RoomStates } from '../nodes/states.server.ts';
import { consumerReady } from '../signalling/consumer-ready.ts';
import type { Caller } from '../signalling/caller.ts';
import { NO_TRACE } from '../testing/no-trace.ts';
import { isProduce } from '../signalling/schema.ts';
import { setLayers } from '../signalling/set-layers.ts';
import { watch } from '../signalling/watch.ts';
import { AUDIO, quiet, tickets, VIDEO } from '../testing/fixture.server.ts';
import { Attendance } from './attendance.server.ts';
import { Peer, type Connection } from './peer.ts';
import { settle } from './receiving.ts';
import { Room } from './room.ts';
import { Rooms } from './rooms.server.ts';

let workers: Workers;
let db: Database;
let states: RoomStates;
beforeAll(async () => {
  db = await openPglite(null);
  states = await RoomStates.open(db, quiet);
  const started = await Workers.start({ address: '127.0.0.1', port: 0, workers: 1 }, quiet);
  if (started === null) throw new Error('These tests need a media worker');
  workers = started;
});
afterAll(async () => {
  await workers.close();
  await db.close();
});

const silent: Connection = { send: () => undefined, close: () => undefined };

async function enter(room: Room, personId: string, role: LessonRole = 'participant'): Promise<Peer> {
  const media = await room.createMedia(workers.rtpCapabilities, true);
  const seed = { personId, name: personId, role, connectionId: personId, resumeToken: 'r' };
  const peer = new Peer({ ...seed, ticketExpiresAt: Infinity }, media, silent, NO_TRACE, 0);
  room.peers.set(personId, peer);
  await room.consumeAll(peer);
  return peer;
}

async function produce(peer: Peer, what: typeof VIDEO): Promise<MediaProducer> {
  const { send } = peer.media;
  if (send === null || !isProduce(what)) throw new Error('This peer cannot send that');
  return send.produce({ kind: what.kind, rtpParameters: what.rtpParameters });
}

async function publish(room: Room, peer: Peer, what: typeof VIDEO): Promise<void> {
  await room.publish(peer, await produce(peer, what), what.source);
}

function callerFor(room: Room, peer: Peer): Caller {
  const clock = { now: () => 0, onJump: () => () => undefined };
  const nobody = (): never => {
    throw new Error('No fact is told here');
  };
  const attendance = { begin: nobody, media: nobody, end: nobody } as unknown as Attendance;
  const limits = { peersPerRoom: 9, rooms: 9, graceMs: 9, turn: null };
  return {
    rooms: new Rooms(workers, attendance, clock, quiet, limits, {
      homes: new Homes(createMemoryBus(), 'here ', quiet),
      states,
    }),
    tickets,
    connection: silent,
    trace: NO_TRACE,
    ticket: { lessonId: 'l', personId: peer.personId, name: 'x', role: 'participant', documents: {}, expiresAt: 9 },
    place: { room, peer },
    joining: false,
    gone: false,
    waiting: false,
  };
}

describe('a room', () => {
  it('[M1] keeps a consumer paused until its client is ready, [M6] and while nobody looks', async () => {
    const room = new Room('lesson', workers, quiet);
    const ann = await enter(room, 'ann');
    await publish(room, ann, VIDEO);
    const bob = await enter(room, 'bob');
    const [consumed] = [...bob.media.consumed.values()];
    if (consumed === undefined) throw new Error('Bob consumes nothing');
    const caller = callerFor(room, bob);
    const consumerId = consumed.consumer.id;
    expect(consumed.consumer.paused).toBe(true);
    await setLayers(caller, { consumerId, spatialLayer: 2 });
    expect(consumed.consumer.paused).toBe(true);
    await consumerReady(caller, { consumerIds: [consumerId] });
    expect(consumed.consumer.paused).toBe(false);
    await setLayers(caller, { consumerId, spatialLayer: null });
    expect(consumed.consumer.paused).toBe(true);
    await consumerReady(caller, { consumerIds: [consumerId] });
    expect(consumed.consumer.paused).toBe(true);
    await setLayers(caller, { consumerId, spatialLayer: 0 });
    expect(consumed.consumer.paused).toBe(false);
    room.close('left');
  });

  it('[S1] is opened on the worker that is measured to have room, and each is measured', async () => {
    const before = workers.loads;
    expect(before).toHaveLength(workers.count);
    await workers.measure();
    const routers = await Promise.all(Array.from({ length: 8 }, () => workers.openRouter()));
    const pids = routers.map(({ workerPid }) => workerPid);
    for (const pid of workers.pids) expect(pids.filter((one) => one === pid).length).toBe(8 / workers.count);
    for (const router of routers) router.close();
    // Its own clock counts whole ms, so it takes some work until anything is seen.
    await vi.waitFor(
      async () => {
        for (const router of await Promise.all(Array.from({ length: 8 }, () => workers.openRouter()))) router.close();
        await workers.measure();
        for (const share of workers.loads) expect(share).toBeGreaterThan(0);
      },
      { timeout: 20_000 },
    );
  });

  it('[M8] the last word about a tile holds, however quickly one turns pages back and forth', async () => {
    const room = new Room('lesson', workers, quiet);
    const ann = await enter(room, 'ann');
    await publish(room, ann, VIDEO);
    const bob = await enter(room, 'bob');
    const [consumed] = [...bob.media.consumed.values()];
    if (consumed === undefined) throw new Error('Bob consumes nothing');
    const { consumer } = consumed;
    const caller = callerFor(room, bob);
    await consumerReady(caller, { consumerIds: [consumer.id] });
    const say = (spatialLayer: number | null): ReturnType<typeof watch> =>
      watch(caller, { tiles: [{ consumerId: consumer.id, spatialLayer }] });
    await Promise.all([say(null), say(0), say(null), say(2)]);
    expect([consumer.paused, consumer.priority]).toEqual([false, 100]);
    await Promise.all([say(0), say(null)]);
    expect([consumer.paused, consumer.priority]).toEqual([true, 10]);
    // Without any wait between the two.
    consumed.watched = true;
    const first = settle(consumed);
    consumed.watched = false;
    await Promise.all([first, settle(consumed)]);
    expect(consumer.paused).toBe(true);
    room.close('left');
  });

  it('[V1] lets the hosts and those who spoke last be heard, and nobody else', async () => {
    const room = new Room('lesson', workers, quiet, undefined, 2);
    const bob = await enter(room, 'bob');
    const caller = callerFor(room, bob);
    const voices = new Map<string, MediaProducer>();
    for (const [personId, role] of [
      ['ann', 'host'],
      ['cy', 'participant'],
      ['dan', 'participant'],
      ['eve', 'participant'],
    ] as const) {
      const peer = await enter(room, personId, role);
      const producer = await produce(peer, AUDIO);
      voices.set(personId, producer);
      await room.publish(peer, producer, 'microphone');
    }
    await consumerReady(caller, { consumerIds: [...bob.media.consumed.keys()] });
    const heardBy = (peer: Peer): string[] =>
      [...peer.media.consumed.values()].filter(({ consumer }) => !consumer.paused).map(({ personId }) => personId);
    expect(heardBy(bob)).toEqual(['ann', 'dan', 'eve']);
    // Whoever opens their microphone is heard at once, and who was silent longest is not any more.
    await voices.get('cy')?.pause();
    await voices.get('cy')?.resume();
    await expect.poll(() => heardBy(bob)).toEqual(['ann', 'cy', 'eve']);
    await voices.get('eve')?.pause();
    await expect.poll(() => heardBy(bob)).toEqual(['ann', 'cy', 'dan']);
    await voices.get('eve')?.resume();
    await expect.poll(() => heardBy(bob)).toEqual(['ann', 'cy', 'eve']);
    // Who comes later hears the same.
    const zoe = await enter(room, 'zoe');
    await consumerReady(callerFor(room, zoe), { consumerIds: [...zoe.media.consumed.keys()] });
    expect(heardBy(zoe)).toEqual(['ann', 'cy', 'eve']);
    // A co-host is a host for the ears.
    room.change({ ...room.state, coHosts: ['dan'] });
    await expect.poll(() => heardBy(bob)).toEqual(['ann', 'cy', 'dan', 'eve']);
    room.close('left');
  });

  it('[M7] makes one consumer when a join and a publish ask for the same at once', async () => {
    const room = new Room('lesson', workers, quiet);
    const ann = await enter(room, 'ann');
    const bob = await enter(room, 'bob');
    await Promise.all([publish(room, ann, VIDEO), room.consumeAll(bob), room.consumeAll(bob)]);
    await Promise.all([room.consumeAll(bob), room.consumeAll(bob)]);
    expect(bob.media.consumed.size).toBe(1);
    room.close('left');
  });

  it('[L1] leaves nothing in the worker when its last person has left', async () => {
    const room = new Room('lesson', workers, quiet);
    const ann = await enter(room, 'ann');
    await publish(room, ann, AUDIO);
    const bob = await enter(room, 'bob');
    const opened = ann.media.part;
    expect((await opened.router.dump()).transportIds).toHaveLength(4);
    room.remove(bob);
    await expect.poll(async () => (await opened.router.dump()).transportIds.length).toBe(2);
    expect(bob.media.consumed.size).toBe(0);
    room.remove(ann);
    expect(opened.router.closed).toBe(true);
    expect(room.media.parts).toEqual([]);
    room.close('left');
  });

  it('does not publish for someone who left while the worker was asked', async () => {
    const room = new Room('lesson', workers, quiet);
    const ann = await enter(room, 'ann');
    const bob = await enter(room, 'bob');
    const producer = await produce(ann, AUDIO);
    room.remove(ann);
    await room.publish(ann, producer, 'microphone');
    expect(bob.media.consumed.size).toBe(0);
    room.close('left');
  });
});

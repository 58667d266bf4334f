import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaProducer } from '../media/types.ts';
import { Workers } from '../media/workers.server.ts';
import { consumerReady } from '../signalling/consumer-ready.ts';
import type { Caller } from '../signalling/caller.ts';
import { isProduce } from '../signalling/schema.ts';
import { setLayers } from '../signalling/set-layers.ts';
import { AUDIO, quiet, tickets, VIDEO } from '../testing/fixture.server.ts';
import { Attendance } from './attendance.server.ts';
import { Peer, type Connection } from './peer.ts';
import { Room } from './room.ts';
import { Rooms } from './rooms.server.ts';

let workers: Workers;
beforeAll(async () => {
  const started = await Workers.start({ address: '127.0.0.1', port: 0, workers: 1 }, quiet);
  if (started === null) throw new Error('These tests need a media worker');
  workers = started;
});
afterAll(() => workers.close());

const silent: Connection = { send: () => undefined, close: () => undefined };

async function enter(room: Room, personId: string): Promise<Peer> {
  const media = await room.createMedia(workers.rtpCapabilities, true);
  const seed = { personId, name: personId, role: 'participant', connectionId: personId, resumeToken: 'r' } as const;
  const peer = new Peer({ ...seed, ticketExpiresAt: Infinity }, media, silent, 0);
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
  const limits = { peersPerRoom: 9, rooms: 9, graceMs: 9 };
  return {
    rooms: new Rooms(workers, attendance, clock, quiet, limits),
    tickets,
    connection: silent,
    ticket: { lessonId: 'l', personId: peer.personId, name: 'x', role: 'participant', documents: {}, expiresAt: 9 },
    place: { room, peer },
    joining: false,
    waiting: false,
  };
}

describe('a room', () => {
  it('[M1] keeps a consumer paused until its client is ready, [M6] and while nobody looks', async () => {
    const room = new Room('lesson', await workers.openRouter(), quiet);
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

  it('[M7] makes one consumer when a join and a publish ask for the same at once', async () => {
    const room = new Room('lesson', await workers.openRouter(), quiet);
    const ann = await enter(room, 'ann');
    const bob = await enter(room, 'bob');
    await Promise.all([publish(room, ann, VIDEO), room.consumeAll(bob), room.consumeAll(bob)]);
    await Promise.all([room.consumeAll(bob), room.consumeAll(bob)]);
    expect(bob.media.consumed.size).toBe(1);
    room.close('left');
  });

  it('[L1] leaves nothing in the worker when its last person has left', async () => {
    const opened = await workers.openRouter();
    const room = new Room('lesson', opened, quiet);
    const ann = await enter(room, 'ann');
    await publish(room, ann, AUDIO);
    const bob = await enter(room, 'bob');
    expect((await opened.router.dump()).transportIds).toHaveLength(4);
    room.remove(bob);
    await expect.poll(async () => (await opened.router.dump()).transportIds.length).toBe(2);
    expect(bob.media.consumed.size).toBe(0);
    room.remove(ann);
    await expect.poll(async () => (await opened.router.dump()).transportIds.length).toBe(0);
    room.close('left');
    expect(opened.router.closed).toBe(true);
  });

  it('does not publish for someone who left while the worker was asked', async () => {
    const room = new Room('lesson', await workers.openRouter(), quiet);
    const ann = await enter(room, 'ann');
    const bob = await enter(room, 'bob');
    const producer = await produce(ann, AUDIO);
    room.remove(ann);
    await room.publish(ann, producer, 'microphone');
    expect(bob.media.consumed.size).toBe(0);
    room.close('left');
  });
});

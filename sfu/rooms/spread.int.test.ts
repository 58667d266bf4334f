/** A room on two workers: what is brought from one to the other, and that nothing of it stays. */
import { readdirSync, readlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import type { RoomRouter } from '../media/workers.server.ts';
import { Workers } from '../media/workers.server.ts';
import { AUDIO, quiet, startFixture, until, VIDEO, type Client, type Fixture } from '../testing/fixture.server.ts';
import { NO_TRACE } from '../testing/no-trace.ts';
import { isProduce } from '../signalling/schema.ts';
import { Peer, type Connection } from './peer.ts';
import { Room } from './room.ts';

const silent: Connection = { send: () => undefined, close: () => undefined };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a room on two workers', () => {
  let workers: Workers;
  let room: Room;
  beforeAll(async () => {
    const started = await Workers.start({ address: '127.0.0.1', port: 0, workers: 2, manyConsumers: 2 }, quiet);
    if (started === null) throw new Error('These tests need a media worker');
    workers = started;
  });
  afterEach(() => room.close('left'));
  afterAll(() => workers.close());

  async function enter(personId: string, connection = silent): Promise<Peer> {
    const media = await room.createMedia(workers.rtpCapabilities, true);
    const seed = { personId, name: personId, role: 'participant' as const, connectionId: personId, resumeToken: 'r' };
    const peer = new Peer({ ...seed, ticketExpiresAt: Infinity }, media, connection, NO_TRACE, 0);
    room.peers.set(personId, peer);
    await room.consumeAll(peer);
    return peer;
  }

  async function publish(peer: Peer, what: typeof VIDEO) {
    const { send } = peer.media;
    if (send === null || !isProduce(what)) throw new Error('This peer cannot send that');
    const producer = await send.produce({ kind: what.kind, rtpParameters: what.rtpParameters });
    await room.publish(peer, producer, what.source);
    return producer;
  }

  const heardBy = (peer: Peer) =>
    [...peer.media.consumed.values()].map(({ personId, source }) => `${personId} ${source}`);
  const producersOn = async ({ router }: RoomRouter): Promise<number> =>
    Object.keys((await router.dump()).mapProducerIdConsumerIds).length;
  /** Every socket that a worker has open, of all workers. */
  const sockets = (): number =>
    workers.pids.reduce((sum, pid) => {
      const fds = readdirSync(`/proc/${pid}/fd`).filter((fd) => {
        try {
          return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
        } catch {
          return false; // it was closed meanwhile
        }
      });
      return sum + fds.length;
    }, 0);

  it('[S3][S4] brings what is sent to the other worker once, on one way, [M5] with its pauses and its end', async () => {
    room = new Room('lesson', workers, quiet);
    const ann = await enter('ann');
    const bob = await enter('bob');
    const cy = await enter('cy');
    const dan = await enter('dan');
    const [here, there] = room.media.parts;
    if (here === undefined || there === undefined) throw new Error('The room is on one worker');
    expect([ann, bob, cy, dan].map(({ media }) => media.part === here)).toEqual([true, true, false, false]);
    expect(here.workerPid).not.toBe(there.workerPid);
    const camera = await publish(ann, VIDEO);
    const microphone = await publish(ann, AUDIO);
    await publish(cy, AUDIO);
    expect(heardBy(ann)).toEqual(['cy microphone']);
    expect(heardBy(bob).toSorted()).toEqual(['ann camera', 'ann microphone', 'cy microphone']);
    for (const peer of [cy, dan]) expect(heardBy(peer)).toContain('ann camera');
    // Two people there look at the same picture, and it came there once.
    expect([here.pipes.size, there.pipes.size]).toEqual([1, 1]);
    expect([await producersOn(here), await producersOn(there)]).toEqual([3, 3]);

    await microphone.pause();
    const far = [...dan.media.consumed.values()].find(({ consumer }) => consumer.producerId === microphone.id);
    await expect.poll(() => far?.consumer.producerPaused).toBe(true);
    await microphone.resume();
    await expect.poll(() => far?.consumer.producerPaused).toBe(false);

    camera.close();
    await expect.poll(() => heardBy(dan)).toEqual(['ann microphone', 'cy microphone']);
    await expect.poll(async () => [await producersOn(here), await producersOn(there)]).toEqual([2, 2]);
    // Nothing is sent any more, and everybody is still there.
    for (const peer of [ann, cy]) for (const { producer } of peer.media.published.values()) producer.close();
    await expect.poll(() => [here.pipes.size, there.pipes.size]).toEqual([0, 0]);
  });

  it('[S4] takes it back when nobody there wants it, and can bring it again at once', async () => {
    room = new Room('lesson', workers, quiet);
    const ann = await enter('ann');
    await enter('bob');
    const camera = await publish(ann, VIDEO);
    const here = ann.media.part;
    const there = await room.media.seat();
    expect(there).not.toBe(here);
    for (let times = 1; times <= 3; times += 1) {
      const [one, other] = await Promise.all([1, 2].map(() => room.media.bring(camera, here, there)));
      expect([await producersOn(there), here.pipes.size]).toEqual([1, 1]);
      one?.();
      one?.();
      expect([await producersOn(there), here.pipes.size]).toEqual([1, 1]);
      other?.();
      expect([here.pipes.size, there.pipes.size]).toEqual([0, 0]);
    }
    const microphone = await publish(ann, AUDIO);
    const stays = await room.media.bring(microphone, here, there);
    (await room.media.bring(camera, here, there))();
    await expect.poll(() => producersOn(there)).toBe(1);
    expect(here.pipes.size).toBe(1);
    stays();
    room.media.leave(there);
  });

  it('[S4] takes it back with the last who wants it, and closes the way', async () => {
    room = new Room('lesson', workers, quiet);
    const ann = await enter('ann');
    await enter('bob');
    const cy = await enter('cy');
    const dan = await enter('dan');
    await publish(ann, AUDIO);
    await publish(ann, VIDEO);
    const [here, there] = room.media.parts;
    if (here === undefined || there === undefined) throw new Error('The room is on one worker');
    room.remove(cy);
    await sleep(100);
    expect([here.pipes.size, there.pipes.size]).toEqual([1, 1]);
    // Back again while the last one goes: what is wanted is there.
    room.remove(dan);
    const eve = await enter('eve');
    expect(heardBy(eve).toSorted()).toEqual(['ann camera', 'ann microphone']);
    expect(eve.media.part).not.toBe(here);
    room.remove(eve);
    expect(here.pipes.size).toBe(0);
    expect(there.router.closed).toBe(true);
    expect(room.media.parts).toEqual([here]);
    await expect.poll(async () => (await here.router.dump()).transportIds.length).toBe(4);
  });

  it('[S4] brings one thing once, however many ask at the same time, and again after it was taken back', async () => {
    room = new Room('lesson', workers, quiet);
    const ann = await enter('ann');
    await enter('bob');
    await publish(ann, AUDIO);
    for (let times = 1; times <= 10; times += 1) {
      const all = await Promise.all(['cy', 'dan', 'eve'].map((personId) => enter(personId)));
      expect(all.filter(({ media }) => media.part !== ann.media.part).length).toBeGreaterThan(0);
      for (const peer of all) expect(heardBy(peer)).toEqual(['ann microphone']);
      for (const peer of all) room.remove(peer);
    }
    expect(ann.media.part.pipes.size).toBe(0);
  });

  it.each(['here', 'there'] as const)(
    '[S4][L1] makes a way anew for the next stream when its end %s could not be made, and nothing half made stays',
    async (where) => {
      room = new Room('lesson', workers, quiet);
      const ann = await enter('ann');
      await enter('bob');
      const camera = await publish(ann, VIDEO);
      const microphone = await publish(ann, AUDIO);
      const here = ann.media.part;
      const there = await room.media.seat();
      // What workers open for themselves with the first way is open from here on.
      (await room.media.bring(camera, here, there))();
      expect([here.pipes.size, there.pipes.size]).toEqual([0, 0]);
      // Workers close what was closed here, and of the test before, a moment later.
      await sleep(300);
      const before = sockets();
      vi.spyOn({ here, there }[where].router, 'createPipeTransport').mockRejectedValueOnce(
        new Error('No port is free'),
      );
      const failed = await Promise.allSettled(
        [camera, microphone].map((producer) => room.media.bring(producer, here, there)),
      );
      expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect([here.pipes.size, there.pipes.size]).toEqual([0, 0]);
      await expect.poll(sockets).toBe(before);

      const back = await room.media.bring(microphone, here, there);
      expect([here.pipes.size, there.pipes.size]).toEqual([1, 1]);
      expect(await producersOn(there)).toBe(1);
      back();
      expect([here.pipes.size, there.pipes.size]).toEqual([0, 0]);
      room.media.leave(there);
    },
  );

  it('[S4] brings what could not be brought a moment later, and tells whoever waits for it', async () => {
    room = new Room('lesson', workers, quiet);
    const ann = await enter('ann');
    await enter('bob');
    const told: string[] = [];
    const cy = await enter('cy', {
      send: (type, data) => {
        if (type === 'consumer-added' && 'source' in data) told.push(data.source);
      },
      close: () => undefined,
    });
    cy.media.known = 'yes';
    expect(cy.media.part).not.toBe(ann.media.part);
    const broken = vi
      .spyOn(cy.media.part.router, 'createPipeTransport')
      .mockRejectedValue(new Error('No port is free'));
    await publish(ann, AUDIO);
    expect(heardBy(cy)).toEqual([]);
    // A join or a resume meanwhile asks for it too, and it is made once.
    await room.consumeAll(cy);
    await sleep(700);
    expect(broken.mock.calls.length).toBeGreaterThan(1);
    broken.mockRestore();
    await expect.poll(() => heardBy(cy), { timeout: 4_000 }).toEqual(['ann microphone']);
    await sleep(500);
    expect(told).toEqual(['microphone']);
    expect(heardBy(cy)).toEqual(['ann microphone']);
  });

  it('[S4] tries no more for who left, or for what ended', async () => {
    room = new Room('lesson', workers, quiet);
    const ann = await enter('ann');
    await enter('bob');
    const [cy, dan] = [await enter('cy'), await enter('dan')];
    const there = cy.media.part;
    const broken = vi.spyOn(there.router, 'createPipeTransport').mockRejectedValue(new Error('No port is free'));
    const microphone = await publish(ann, AUDIO);
    room.remove(dan);
    microphone.close();
    const tries = broken.mock.calls.length;
    await sleep(1_200);
    expect(broken.mock.calls.length).toBe(tries);
    expect([cy.media.consuming.size, dan.media.consuming.size]).toEqual([0, 0]);
    broken.mockRestore();
  });

  it('[L1] leaves no router, transport or port on any worker after the last has left', async () => {
    // The first ways open what workers keep for themselves.
    for (const measured of [false, true]) {
      const before = sockets();
      room = new Room('lesson', workers, quiet);
      const people = await Promise.all(['ann', 'bob', 'cy', 'dan', 'eve', 'fay'].map((personId) => enter(personId)));
      await Promise.all(people.flatMap((peer) => [publish(peer, AUDIO), publish(peer, VIDEO)]));
      expect(room.media.parts).toHaveLength(2);
      for (const peer of people) expect(peer.media.consumed.size).toBe(10);
      expect(sockets()).toBeGreaterThan(before);
      for (const peer of people) room.remove(peer);
      expect(room.media.parts).toEqual([]);
      await expect.poll(() => workers.routerIds()).toEqual([]);
      if (measured) await expect.poll(sockets).toBe(before);
      room.close('left');
    }
  });
});

describe('one of two workers of a room dies', () => {
  let db: Database;
  let fixture: Fixture;
  beforeAll(async () => {
    db = await openPglite(null);
  });
  afterEach(() => fixture.close());
  afterAll(() => db.close());

  it('[P7][S4] whoever was there goes on elsewhere, the others keep what they have, and each has all of it once', async () => {
    fixture = await startFixture({ workers: 2, manyConsumers: 2 }, { db });
    const names = ['ann', 'bob', 'cy', 'dan'];
    const clients = new Map<string, Client>();
    const live = new Map<string, Map<string, string>>();
    for (const name of names) {
      const client = await fixture.connect(fixture.ticket(name));
      const consumers = new Map<string, string>();
      live.set(name, consumers);
      client.socket.on('consumer-added', (info) => consumers.set(info.consumerId, `${info.personId} ${info.source}`));
      client.socket.on('consumer-closed', ({ consumerId }) => consumers.delete(consumerId));
      client.socket.on('joined-anew', (joined) => {
        consumers.clear();
        for (const info of joined.consumers) consumers.set(info.consumerId, `${info.personId} ${info.source}`);
        void client.ask('produce', AUDIO).then(() => client.ask('produce', VIDEO));
      });
      clients.set(name, client);
      for (const info of (await client.join()).consumers)
        consumers.set(info.consumerId, `${info.personId} ${info.source}`);
      await client.ask('produce', AUDIO);
      await client.ask('produce', VIDEO);
    }
    const whole = (name: string): boolean => {
      const wanted = names
        .filter((other) => other !== name)
        .flatMap((other) => [`${other} camera`, `${other} microphone`]);
      return JSON.stringify([...(live.get(name)?.values() ?? [])].toSorted()) === JSON.stringify(wanted);
    };
    const allWhole = () => until('everything, once, at everyone', () => (names.every(whole) ? true : undefined));
    await allWhole();
    for (const index of [0, 1, 0]) {
      const moved = () => names.filter((name) => (clients.get(name)?.all('joined-anew').length ?? 0) > 0);
      for (const client of clients.values()) client.heard.length = 0;
      const pid = fixture.sfu.workerPids()[index];
      if (pid === undefined) throw new Error('There is no such worker');
      process.kill(pid, 'SIGKILL');
      await until('those who were there', () => (moved().length > 0 ? true : undefined));
      await allWhole();
      await until('both workers', () => (fixture.sfu.stats().workers === 2 ? true : undefined));
      await sleep(300);
      expect(names.every(whole)).toBe(true);
      for (const client of clients.values()) expect(client.all('peer-left')).toEqual([]);
    }
    for (const client of clients.values()) await client.ask('leave', {});
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
  });
});

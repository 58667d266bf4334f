import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ticket } from '#events/access/ticket.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import type { Joined } from '../signalling/protocol.ts';
import { AUDIO, startFixture, until, VIDEO, type Client, type Fixture } from '../testing/fixture.server.ts';

let db: Database;
let fixture: Fixture;
beforeAll(async () => {
  db = await openPglite(null);
});
afterAll(() => db.close());
afterEach(() => fixture.close());

const start = async (settings: Parameters<typeof startFixture>[0]): Promise<void> => {
  fixture = await startFixture(settings, { db });
};

type Entered = Client & { joined: Joined };

async function enter(person: string, options: Partial<Ticket> = {}): Promise<Entered> {
  const client = await fixture.connect(fixture.ticket(person, options));
  return Object.assign(client, { joined: await client.join() });
}

function kill(index = 0): void {
  const pid = fixture.sfu.workerPids()[index];
  if (pid === undefined) throw new Error('There is no such worker');
  process.kill(pid, 'SIGKILL');
}

const leaves = () => fixture.told.filter(({ command }) => command.type === 'LeaveLesson');
const joins = () => fixture.told.filter(({ command }) => command.type === 'JoinLesson');
/** Ids of transports, the sending one first. */
const transportsOf = ({ transports }: Joined) => [transports?.send?.id, transports?.receive.id];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a worker that dies', () => {
  it('[P7] is replaced under its room: nobody leaves, the room keeps its state, and each sends once', async () => {
    await start({ workers: 1 });
    const ann = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    const cy = await enter('cy');
    await ann.ask('promote', { personId: 'cy', role: 'co-host' });
    await bob.ask('raise-hand', {});
    await ann.ask('produce', AUDIO);
    await ann.ask('produce', VIDEO);
    await ann.ask('set-room', { admission: 'ask', mayShare: false });
    const dan = await fixture.connect(fixture.ticket('dan'));
    await expect(dan.join()).rejects.toThrow('waiting');
    const eve = await fixture.connect(fixture.ticket('eve'));
    await expect(eve.join()).rejects.toThrow('waiting');
    await ann.ask('turn-away', { personId: 'eve' });
    await eve.next('closed');
    for (const client of [ann, bob, cy]) client.heard.length = 0;

    kill();
    for (const [client, role] of [
      [ann, 'host'],
      [bob, 'participant'],
      [cy, 'co-host'],
    ] as const) {
      const anew = await client.next('joined-anew');
      expect(anew).toMatchObject({
        connectionId: client.joined.connectionId,
        resumeToken: client.joined.resumeToken,
        producers: [],
        consumers: [],
        you: { role, producers: [], connected: true },
        room: { admission: 'ask', mayShare: false },
      });
      expect(anew.peers.map(({ personId, connected }) => [personId, connected])).toHaveLength(2);
      const [before, after] = [transportsOf(client.joined), transportsOf(anew)];
      expect(after.every((id) => id !== undefined && !before.includes(id))).toBe(true);
    }
    const { room, peers } = await ann.next('joined-anew');
    expect(room.waiting).toMatchObject([{ personId: 'dan' }]);
    expect(room.out).toMatchObject([{ personId: 'eve', how: 'turned-away' }]);
    expect(peers.find(({ personId }) => personId === 'bob')).toMatchObject({ hand: 1 });

    // The same two slots are free again, once.
    expect(await ann.ask('produce', AUDIO)).toMatchObject({ ok: true });
    expect(await ann.ask('produce', VIDEO)).toMatchObject({ ok: true });
    expect(await ann.ask('produce', VIDEO)).toMatchObject({ ok: false, code: 'too-many' });
    for (const client of [bob, cy]) {
      await until('two consumers', () => (client.all('consumer-added').length === 2 ? true : undefined));
      const sources = client.all('consumer-added').map(({ source }) => source);
      expect(sources.toSorted()).toEqual(['camera', 'microphone']);
      expect(client.all('peer-left')).toEqual([]);
      expect(client.all('consumer-closed')).toEqual([]);
    }
    for (const client of [ann, bob, cy, dan]) expect(client.all('closed')).toEqual([]);
    // One visit each, and who waited waits.
    expect(leaves()).toEqual([]);
    expect(joins()).toHaveLength(3);
    await ann.ask('admit', { personId: 'dan' });
    await dan.next('admitted');
    expect((await dan.join()).consumers).toHaveLength(2);
  });

  it('[P7] costs other rooms nothing', async () => {
    await start({ workers: 2 });
    const rooms = await Promise.all(['one', 'two'].map((lessonId) => enter(`tutor-${lessonId}`, { lessonId })));
    for (const client of rooms) client.heard.length = 0;
    kill();
    await until('a room that is served elsewhere', () => rooms.find((one) => one.all('joined-anew').length > 0));
    await until('another worker', () => (fixture.sfu.stats().workers === 2 ? true : undefined));
    await sleep(300);
    const heard = rooms.map((client) => client.heard.map(({ type }) => type));
    expect(heard.toSorted((a, b) => a.length - b.length)).toEqual([[], ['joined-anew']]);
  });

  it('[P7] and then the one that took over, leaves each with one picture of what lives', async () => {
    await start({ workers: 2 });
    const ann = await enter('ann');
    const bob = await enter('bob');
    for (let times = 1; times <= 4; times += 1) {
      const before = ann.all('joined-anew').length;
      // Whichever of the two has the room, it dies.
      kill(0);
      kill(1);
      await until('a new place', () => (ann.all('joined-anew').length > before ? true : undefined));
      await until('both workers', () => (fixture.sfu.stats().workers === 2 ? true : undefined));
      await sleep(200);
      expect(await ann.ask('produce', VIDEO)).toMatchObject({ ok: true });
      await until('a consumer', () => (bob.all('consumer-added').length === times ? true : undefined));
    }
    expect(leaves()).toEqual([]);
    expect(await bob.ask('leave', {})).toMatchObject({ ok: true });
    expect(await ann.ask('leave', {})).toMatchObject({ ok: true });
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
  });

  it('[P1][P7] whoever was away meanwhile comes back as the same connection, with new transports', async () => {
    await start({ workers: 1, graceMs: 10_000 });
    const ann = await enter('ann');
    const bob = await enter('bob');
    await ann.ask('produce', AUDIO);
    bob.socket.disconnect();
    await ann.next('peer-changed', ({ connected }) => !connected);
    kill();
    await ann.next('joined-anew');
    const back = await fixture.connect(fixture.ticket('bob'));
    const joined = await back.join({ token: bob.joined.resumeToken, keepTransports: true });
    expect(joined.connectionId).toBe(bob.joined.connectionId);
    expect(joined.transports).not.toBeNull();
    expect(leaves()).toEqual([]);
  });

  it('[P7] whoever never heard of the new transports does not keep them', async () => {
    await start({ workers: 1, graceMs: 10_000 });
    const ann = await enter('ann');
    kill();
    await ann.next('joined-anew');
    // The word was lost with the connection, as far as the server can know.
    ann.socket.disconnect();
    const back = await fixture.connect(fixture.ticket('ann'));
    const joined = await back.join({ token: ann.joined.resumeToken, keepTransports: true });
    expect(joined.transports).not.toBeNull();
    expect(joined.connectionId).toBe(ann.joined.connectionId);
  });

  it('[P13] is stuck: it is ended, and nothing of it comes back when it could go on', async () => {
    await start({ workers: 1 });
    const ann = await enter('ann');
    const bob = await enter('bob');
    const [pid] = fixture.sfu.workerPids();
    if (pid === undefined) throw new Error('There is no worker');
    process.kill(pid, 'SIGSTOP');
    await sleep(3_000);
    // Whoever comes meanwhile comes in all the same.
    const coming = enter('cy');
    await expect.poll(() => ann.all('joined-anew').length).toBe(1);
    expect(() => process.kill(pid, 'SIGCONT')).toThrow('ESRCH');
    expect(fixture.sfu.workerPids()).not.toContain(pid);
    expect(await ann.ask('produce', VIDEO)).toMatchObject({ ok: true });
    await until('one consumer', () => (bob.all('consumer-added').length === 1 ? true : undefined));
    expect((await coming).joined.connectionId).toBeTruthy();
    expect(ann.all('joined-anew')).toHaveLength(1);
    expect(leaves()).toEqual([]);
  });

  it('[P7] in the middle of a join costs that join nothing', async () => {
    await start({ workers: 1 });
    const go = fixture.holdJoins();
    const client = await fixture.connect(fixture.ticket('ann'));
    const joining = client.join();
    await sleep(200);
    kill();
    await sleep(100);
    go();
    const joined = await joining;
    expect(joined.transports).not.toBeNull();
    expect(await client.ask('produce', VIDEO)).toMatchObject({ ok: true });
  });
});

/** Every media worker of a node is gone, and none comes up: what its rooms, and the lesson, are told. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ticket } from '#events/access/ticket.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import type { Joined } from '../signalling/protocol.ts';
import { AUDIO, startFixture, until, VIDEO, type Client, type Fixture } from '../testing/fixture.server.ts';
import { freeRow, holdPort, type Release } from '../testing/ports.server.ts';

/** Rooms wait 5 s for a worker; what is more is for the machine. */
const CLOSED_WITHIN_MS = 7_500;

let db: Database;
let fixture: Fixture;
let port: number;
let held: Release[] = [];
beforeAll(async () => {
  db = await openPglite(null);
});
afterAll(() => db.close());
afterEach(async () => {
  await giveBack();
  await fixture.close();
});

async function start(): Promise<void> {
  port = await freeRow(2);
  fixture = await startFixture({ workers: 2, mediaPort: port, manyConsumers: 2, graceMs: 60_000 }, { db });
  expect(fixture.sfu.stats().workers).toBe(2);
}

/** Both workers die, and their ports are somebody else's: none that is started can listen. */
async function loseAll(): Promise<void> {
  const taken = [port, port + 1].map((one) => holdPort(one));
  for (const pid of fixture.sfu.workerPids()) process.kill(pid, 'SIGKILL');
  held = await Promise.all(taken);
  await until('no worker at all', () => (fixture.sfu.stats().workers === 0 ? true : undefined));
}

async function giveBack(): Promise<void> {
  await Promise.all(held.map((release) => release()));
  held = [];
}

async function enter(person: string, options: Partial<Ticket> = {}): Promise<Client & { joined: Joined }> {
  const client = await fixture.connect(fixture.ticket(person, options));
  return Object.assign(client, { joined: await client.join() });
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const closedAs = (client: Client) => client.all('closed').map(({ reason }) => reason);
const leaves = () => fixture.told.flatMap(({ command }) => (command.type === 'LeaveLesson' ? [command.data] : []));
const rows = (): Promise<unknown[]> => db.query('SELECT 1 FROM presence');

describe('no media worker for longer than the wait', () => {
  it('[P7] closes the rooms with media-lost, tells the lesson once of each, and lets them come back', async () => {
    await start();
    const ann = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    const cy = await enter('cy');
    const other = await enter('eve', { lessonId: 'lesson-2' });
    await ann.ask('produce', AUDIO);
    await bob.ask('produce', VIDEO);
    await ann.ask('set-room', { admission: 'ask' });
    const dan = await fixture.connect(fixture.ticket('dan'));
    await expect(dan.join()).rejects.toThrow('waiting');
    cy.socket.disconnect();
    await ann.next('peer-changed', ({ connected }) => !connected);
    const awaySince = fixture.now();

    await loseAll();
    const since = performance.now();
    // Whoever comes meanwhile is told what is the matter, under a code of its own.
    const late = await fixture.connect(fixture.ticket('fay', { lessonId: 'lesson-3' }));
    await expect(late.join()).rejects.toThrow('media-unavailable');
    await sleep(4_000);
    for (const client of [ann, bob, other, dan]) expect(closedAs(client)).toEqual([]);
    await expect
      .poll(() => [ann, bob, other, dan].map(closedAs), { timeout: CLOSED_WITHIN_MS })
      .toEqual([['media-lost'], ['media-lost'], ['media-lost'], ['media-lost']]);
    expect(performance.now() - since).toBeLessThan(CLOSED_WITHIN_MS);
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 0, peers: 0, workers: 0 });
    await expect.poll(rows).toEqual([]);
    expect(
      leaves()
        .map(({ personId, reason }) => [personId, reason])
        .toSorted(),
    ).toEqual([
      ['ann', 'node-lost'],
      ['bob', 'node-lost'],
      ['cy', 'node-lost'],
      ['eve', 'node-lost'],
    ]);
    // Who was away had gone before.
    expect(leaves().find(({ personId }) => personId === 'cy')?.at).toBeLessThanOrEqual(awaySince);

    await giveBack();
    await expect.poll(() => fixture.sfu.stats().workers, { timeout: 10_000 }).toBe(2);
    const again = await enter('ann', { role: 'host' });
    expect(again.joined.room).toMatchObject({ admission: 'ask' });
    expect(await again.ask('produce', AUDIO)).toMatchObject({ ok: true });
    expect((await enter('bob')).joined.consumers).toHaveLength(1);
  }, 30_000);

  it('[P7] refuses who was on the way in with media-unavailable, and nothing of them stays', async () => {
    await start();
    const go = fixture.holdJoins();
    const ann = await fixture.connect(fixture.ticket('ann'));
    const { routerRtpCapabilities: rtpCapabilities } = await ann.next('welcome');
    // The answer takes as long as the wait.
    const joining = ann.socket.timeout(15_000).emitWithAck('join', { version: 1, rtpCapabilities, resume: null });
    await sleep(200);
    await loseAll();
    go();
    expect(await joining).toMatchObject({ ok: false, code: 'media-unavailable' });
    expect(closedAs(ann)).toEqual([]);
    await expect.poll(rows).toEqual([]);
    expect(leaves()).toHaveLength(1);
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
  }, 30_000);

  it('[P7] keeps who was away when a worker comes up again within their grace', async () => {
    await start();
    const ann = await enter('ann');
    ann.socket.disconnect();
    await sleep(100);
    await loseAll();
    await sleep(6_000);
    await giveBack();
    await expect.poll(() => fixture.sfu.stats().workers, { timeout: 10_000 }).toBe(2);
    const back = await fixture.connect(fixture.ticket('ann'));
    const joined = await back.join({ token: ann.joined.resumeToken, keepTransports: true });
    expect(joined.connectionId).toBe(ann.joined.connectionId);
    expect(joined.transports).not.toBeNull();
    expect(leaves()).toEqual([]);
  }, 30_000);
});

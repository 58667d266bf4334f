import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPglite } from '#platform/database/pglite.server.ts';
import type { Database } from '#platform/database/database.ts';
import { append, AUDIO, startFixture, until, type Client, type Fixture } from '../testing/fixture.server.ts';

let db: Database;
let fixtures: Fixture[] = [];
beforeAll(async () => {
  db = await openPglite(null);
});
afterAll(() => db.close());
afterEach(async () => {
  for (const fixture of fixtures.reverse()) await fixture.close();
  fixtures = [];
});

async function start(settings: Parameters<typeof startFixture>[0] = {}): Promise<Fixture> {
  const fixture = await startFixture(settings, { db });
  fixtures.push(fixture);
  return fixture;
}

const joins = ({ told }: Fixture) => told.filter(({ command }) => command.type === 'JoinLesson');
const leaves = ({ told }: Fixture) =>
  told.flatMap(({ command }) => (command.type === 'LeaveLesson' ? [command.data] : []));
const leftAs = (fixture: Fixture, reason: string) =>
  until(`a LeaveLesson with ${reason}`, () => leaves(fixture).find((data) => data.reason === reason));
const gone = (client: Client) => until('the end of the socket', () => (client.socket.connected ? undefined : true));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('presence', () => {
  it('[P1] a blip tells nobody anything and keeps the transports', async () => {
    const fixture = await start();
    const ann = await fixture.connect(fixture.ticket('ann'));
    await ann.join();
    const bob = await fixture.connect(fixture.ticket('bob'));
    const first = await bob.join();
    await bob.ask('produce', AUDIO);
    bob.socket.disconnect();
    await ann.next('peer-changed', ({ connected }) => !connected);
    const back = await fixture.connect(fixture.ticket('bob'));
    const second = await back.join({ token: first.resumeToken, keepTransports: true });
    expect(second.connectionId).toBe(first.connectionId);
    expect(second.transports).toBeNull();
    expect(second.producers).toMatchObject([{ source: 'microphone', paused: false }]);
    await ann.next('peer-changed', ({ connected, producers }) => connected && producers.length === 1);
    await sleep(600);
    expect(joins(fixture)).toHaveLength(2);
    expect(leaves(fixture)).toEqual([]);
  });

  it('[P1] comes back as the same connection with new transports after a reload', async () => {
    const fixture = await start();
    const bob = await fixture.connect(fixture.ticket('bob'));
    const first = await bob.join();
    await bob.ask('produce', AUDIO);
    bob.socket.disconnect();
    const back = await fixture.connect(fixture.ticket('bob'));
    const second = await back.join({ token: first.resumeToken, keepTransports: false });
    expect(second.connectionId).toBe(first.connectionId);
    expect(second.transports?.receive.id).not.toBe(first.transports?.receive.id);
    expect(second.producers).toEqual([]);
    expect(await back.ask('produce', AUDIO)).toMatchObject({ ok: true });
    expect(joins(fixture)).toHaveLength(1);
  });

  it('[P2] after the grace they left, at their last sign of life', async () => {
    const fixture = await start();
    const ann = await fixture.connect(fixture.ticket('ann'));
    await ann.join();
    const bob = await fixture.connect(fixture.ticket('bob'));
    const { connectionId } = await bob.join();
    const lastSign = fixture.now();
    bob.socket.disconnect();
    expect(leaves(fixture)).toEqual([]);
    const left = await leftAs(fixture, 'disconnected');
    expect(left).toMatchObject({ connectionId, personId: 'bob' });
    expect(left.at - lastSign).toBeLessThan(150);
    expect(await ann.next('peer-left')).toEqual({ personId: 'bob' });
  });

  it('[P2] a resume after the grace is a new connection', async () => {
    const fixture = await start({ graceMs: 50 });
    const bob = await fixture.connect(fixture.ticket('bob'));
    const first = await bob.join();
    bob.socket.disconnect();
    await leftAs(fixture, 'disconnected');
    const back = await fixture.connect(fixture.ticket('bob'));
    const second = await back.join({ token: first.resumeToken, keepTransports: true });
    expect(second.connectionId).not.toBe(first.connectionId);
    expect(second.transports).not.toBeNull();
  });

  it('[P3] a second connection takes over, and the first is told', async () => {
    const fixture = await start();
    const tab = await fixture.connect(fixture.ticket('bob'));
    const first = await tab.join();
    const phone = await fixture.connect(fixture.ticket('bob'));
    const second = await phone.join();
    expect(await tab.next('closed')).toEqual({ reason: 'replaced' });
    await gone(tab);
    expect(await leftAs(fixture, 'replaced')).toMatchObject({ connectionId: first.connectionId });
    expect(second.connectionId).not.toBe(first.connectionId);
    expect(second.peers).toEqual([]);
    expect(fixture.sfu.stats().peers).toBe(1);
  });

  it('[P3] many takeovers at once leave exactly one of them here', async () => {
    const fixture = await start();
    const tabs = await Promise.all(Array.from({ length: 6 }, () => fixture.connect(fixture.ticket('bob'))));
    await Promise.all(tabs.map((tab) => tab.join()));
    await until('five replaced', () => (leaves(fixture).length === 5 ? true : undefined));
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 1, peers: 1 });
    expect(tabs.filter((tab) => tab.socket.connected)).toHaveLength(1);
    const rows = await fixture.db.query('SELECT connection_id FROM presence');
    expect(rows).toHaveLength(1);
  });

  it('[P4] [L1] leaving is at once, and the last one takes the room along', async () => {
    const fixture = await start({ graceMs: 60_000 });
    const bob = await fixture.connect(fixture.ticket('bob'));
    await bob.join();
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 1, peers: 1 });
    expect(await bob.ask('leave', {})).toMatchObject({ ok: true });
    await leftAs(fixture, 'left');
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
    await expect.poll(() => fixture.db.query('SELECT 1 FROM presence')).toEqual([]);
  });

  it.each([
    ['LessonEnded', 'lesson-ended'],
    ['LessonCancelled', 'lesson-cancelled'],
  ] as const)('[P5] %s sends everyone away and tells the lesson nothing', async (type, reason) => {
    const fixture = await start();
    const clients = await Promise.all(['ann', 'bob'].map((name) => fixture.connect(fixture.ticket(name))));
    for (const client of clients) await client.join();
    const at = fixture.now();
    if (type === 'LessonEnded') await append(fixture, { type, data: { lessonId: 'lesson-1', at, by: 'host' } });
    else await append(fixture, { type, data: { lessonId: 'lesson-1', reason: 'ill' } });
    for (const client of clients) expect(await client.next('closed')).toEqual({ reason });
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
    await expect.poll(() => fixture.db.query('SELECT 1 FROM presence')).toEqual([]);
    expect(leaves(fixture)).toEqual([]);
  });

  it('[P5] a join under way when the lesson ends is refused, and nobody is left in a dead room', async () => {
    const fixture = await start();
    const bob = await fixture.connect(fixture.ticket('bob'));
    const release = fixture.holdJoins();
    const joining = bob.join();
    await until('the room', () => (fixture.sfu.stats().rooms === 1 ? true : undefined));
    await append(fixture, {
      type: 'LessonEnded',
      data: { lessonId: 'lesson-1', at: fixture.now(), by: 'host' },
    });
    await until('its end', () => (fixture.sfu.stats().rooms === 0 ? true : undefined));
    release();
    await expect(joining).rejects.toThrow('lesson-ended');
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
  });

  it('[P11] whoever is taken out is sent away and stays out, whatever ticket they have', async () => {
    const fixture = await start();
    const ann = await fixture.connect(fixture.ticket('ann'));
    await ann.join();
    const bob = await fixture.connect(fixture.ticket('bob'));
    const { connectionId } = await bob.join();
    const left = { lessonId: 'lesson-1', personId: 'bob', connectionId, at: fixture.now(), reason: 'removed' } as const;
    await append(fixture, { type: 'ParticipantLeft', data: left });
    expect(await bob.next('closed')).toEqual({ reason: 'removed' });
    expect(await ann.next('peer-left')).toEqual({ personId: 'bob' });
    const back = await fixture.connect(fixture.ticket('bob'));
    await expect(back.join()).rejects.toThrow('removed');
    expect(leaves(fixture)).toEqual([]);
  });

  it('[P11] whoever gives up their seat is sent away, here or not, until they take one again', async () => {
    const fixture = await start();
    const ann = await fixture.connect(fixture.ticket('ann'));
    await ann.join();
    const bob = await fixture.connect(fixture.ticket('bob'));
    await bob.join();
    for (const studentId of ['bob', 'cid'])
      await append(fixture, { type: 'SeatGivenUp', data: { lessonId: 'lesson-1', bookingId: studentId, studentId } });
    expect(await bob.next('closed')).toEqual({ reason: 'removed' });
    expect(await ann.next('peer-left')).toEqual({ personId: 'bob' });
    for (const name of ['bob', 'cid']) {
      const back = await fixture.connect(fixture.ticket(name));
      await expect(back.join()).rejects.toThrow('removed');
    }
    await append(fixture, {
      type: 'SeatTaken',
      data: { lessonId: 'lesson-1', bookingId: 'again', studentId: 'bob' },
    });
    await expect
      .poll(async () => {
        const back = await fixture.connect(fixture.ticket('bob'));
        return back.join().then(
          () => 'joined',
          (error: unknown) => String(error),
        );
      })
      .toBe('joined');
    expect(leaves(fixture)).toEqual([]);
  });

  it('[P11] a join under way when the seat is given up lets nobody in', async () => {
    const fixture = await start();
    const bob = await fixture.connect(fixture.ticket('bob'));
    const release = fixture.holdJoins();
    const joining = bob.join();
    await until('the room', () => (fixture.sfu.stats().rooms === 1 ? true : undefined));
    const data = { lessonId: 'lesson-1', bookingId: 'b', studentId: 'bob' };
    await append(fixture, { type: 'SeatGivenUp', data });
    await sleep(300);
    release();
    await expect(joining).rejects.toThrow('removed');
    expect(fixture.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
    await expect.poll(() => fixture.db.query('SELECT 1 FROM presence')).toEqual([]);
  });

  it('[P6] the next start ends what a crash left open, when it was last seen', async () => {
    const fixture = await start({ graceMs: 60_000 });
    const bob = await fixture.connect(fixture.ticket('bob'));
    const { connectionId } = await bob.join();
    fixture.moveClock(30 * 60_000);
    await expect
      .poll(() => fixture.db.query<{ last_seen: number }>('SELECT last_seen FROM presence'))
      .toMatchObject([{ last_seen: expect.closeTo(fixture.now(), -3) as number }]);
    const [seen] = await fixture.db.query<{ last_seen: number }>('SELECT last_seen FROM presence');
    const next = await fixture.another();
    fixtures.push(next);
    expect(leaves(next)).toEqual([
      { connectionId, personId: 'bob', lessonId: 'lesson-1', at: seen?.last_seen, reason: 'node-lost' },
    ]);
    expect(await next.db.query('SELECT 1 FROM presence')).toEqual([]);
  });

  it('[P12] a connection whose row another node took away is begun again, under the same id', async () => {
    const fixture = await start();
    const bob = await fixture.connect(fixture.ticket('bob'));
    const { connectionId } = await bob.join();
    await fixture.db.query('DELETE FROM presence');
    fixture.moveClock(1_000);
    await until('a second JoinLesson', () => (joins(fixture).length === 2 ? true : undefined));
    expect(joins(fixture).map(({ command }) => command.data)).toMatchObject([{ connectionId }, { connectionId }]);
    expect(new Set(joins(fixture).map(({ context }) => context.commandId)).size).toBe(2);
    expect(await fixture.db.query('SELECT connection_id FROM presence')).toEqual([{ connection_id: connectionId }]);
    fixture.moveClock(1_000);
    await sleep(200);
    expect(joins(fixture)).toHaveLength(2);
    expect(bob.socket.connected).toBe(true);
    expect(await bob.ask('leave', {})).toMatchObject({ ok: true });
    await leftAs(fixture, 'left');
    await expect.poll(() => fixture.db.query('SELECT 1 FROM presence')).toEqual([]);
  });

  it('[P8] a draining node sends everyone away and lets nobody in', async () => {
    const fixture = await start();
    const bob = await fixture.connect(fixture.ticket('bob'));
    await bob.join();
    await fixture.sfu.drain();
    expect(await bob.next('closed')).toEqual({ reason: 'node-draining' });
    expect(leaves(fixture)).toMatchObject([{ reason: 'node-lost' }]);
    await expect(fixture.connect(fixture.ticket('bob'))).rejects.toThrow('draining');
  });

  it('[P9] closes a connection whose ticket ran out', async () => {
    const fixture = await start();
    const bob = await fixture.connect(fixture.ticket('bob', { expiresAt: Date.now() + 1_000 }));
    await bob.join();
    await expect.poll(() => bob.all('closed')).toEqual([{ reason: 'ticket-expired' }]);
  });

  it('tells everyone when the business clock is moved', async () => {
    const fixture = await start();
    const bob = await fixture.connect(fixture.ticket('bob'));
    await bob.join();
    fixture.moveClock(3_600_000);
    const { now } = await bob.next('clock');
    expect(Math.abs(now - fixture.now())).toBeLessThan(1_000);
  });
});

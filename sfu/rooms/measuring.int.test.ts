import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RoomWord } from '#events/lesson/room.ts';
import { createMetrics } from '#platform/log/metrics.server.ts';
import { offerMetrics } from '../metrics.ts';
import type { Stats } from '../signalling/protocol.ts';
import { startFixture, until, type Client, type Fixture } from '../testing/fixture.server.ts';

const GOOD: Stats = {
  rttMs: 40,
  jitterMs: 5,
  lossUp: 0,
  lossDown: 0,
  framesDecoded: 125,
  outgoing: 900_000,
  faults: [],
};
const SLOW: Stats = { ...GOOD, rttMs: 420 };

let fixture: Fixture;
afterEach(async () => {
  vi.restoreAllMocks();
  await fixture.close();
});

async function people(...names: readonly string[]): Promise<Client[]> {
  fixture = await startFixture();
  const clients: Client[] = [];
  for (const name of names) {
    const client = await fixture.connect(fixture.ticket(name, { role: name === 'ann' ? 'host' : 'participant' }));
    await client.join();
    clients.push(client);
  }
  return clients;
}
const words = (): RoomWord[] =>
  fixture.told.flatMap(({ command }) => (command.type === 'NoteRoom' ? [command.data.word] : []));

/** Lets time pass for what measures. */
function passTime(): (ms: number) => void {
  const now = performance.now.bind(performance);
  let later = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now() + later);
  return (ms) => void (later += ms);
}

describe('what people’s own ends measure', () => {
  it('[W1] is told to the lesson when it is weak for 15 s, by the room itself', async () => {
    const [, bob] = await people('ann', 'bob');
    const pass = passTime();
    for (let n = 0; n < 5; n += 1) {
      expect(await bob?.ask('report-stats', SLOW)).toMatchObject({ ok: true });
      pass(5_000);
    }
    await until('the fact', () => words().length > 0);
    expect(words()).toEqual([
      { type: 'ConnectionWeakened', personId: 'bob', network: 'theirs', rttMs: 420, lossUp: 0, lossDown: 0 },
    ]);
    const [first] = fixture.told.filter(({ command }) => command.type === 'NoteRoom');
    expect(first?.context.actor).toEqual({ kind: 'system', id: 'sfu' });
  });

  it('[W2] tells everybody that the network is shared, and that it is not any more', async () => {
    const [ann, bob, cy] = await people('ann', 'bob', 'cy');
    await ann?.ask('report-stats', GOOD);
    await bob?.ask('report-stats', SLOW);
    await cy?.ask('report-stats', SLOW);
    const pass = passTime();
    expect(await ann?.next('room-changed', ({ network }) => network === 'shared')).toBeDefined();
    pass(5_000);
    await cy?.ask('report-stats', GOOD);
    expect(await bob?.next('room-changed', ({ network }) => network === 'theirs')).toBeDefined();
  });

  it('[W3] shows the others what is wrong with picture or sound, and tells the lesson when it begins and ends', async () => {
    const [ann, bob] = await people('ann', 'bob');
    const pass = passTime();
    const report = async (faults: Stats['faults']): Promise<void> => {
      await bob?.ask('report-stats', { ...GOOD, faults });
      pass(5_000);
    };
    await report(['camera-black', 'camera-black']);
    expect(await ann?.next('peer-changed', ({ faults }) => faults.length > 0)).toMatchObject({
      personId: 'bob',
      faults: ['camera-black'],
    });
    await report(['camera-black']);
    await report([]);
    expect(await ann?.next('peer-changed', ({ faults }) => faults.length === 0)).toMatchObject({ personId: 'bob' });
    await report([]);
    await until('both facts', () => words().length === 2);
    expect(words()).toEqual([
      { type: 'MediaFaultNoticed', personId: 'bob', fault: 'camera-black' },
      { type: 'MediaFaultEnded', personId: 'bob', fault: 'camera-black' },
    ]);
  });

  it('[W3] takes no more reports than are due, and tells no more of one connection than 30 facts', async () => {
    const [ann, bob] = await people('ann', 'bob');
    for (let n = 0; n < 20; n += 1)
      await bob?.ask('report-stats', { ...GOOD, faults: n % 2 === 0 ? ['camera-black'] : [] });
    expect(ann?.all('peer-changed')).toHaveLength(1);
    expect(words()).toEqual([]);
    const pass = passTime();
    for (let n = 0; n < 80; n += 1) {
      pass(5_000);
      await bob?.ask('report-stats', { ...GOOD, faults: Math.floor(n / 2) % 2 === 0 ? ['hears-nobody'] : [] });
    }
    await until('the facts', () => (words().length >= 30 ? true : undefined));
    expect(words()).toHaveLength(30);
  });

  it('[W4] is summed up on /metrics, without a name', async () => {
    const [ann, bob] = await people('ann', 'bob');
    await ann?.ask('report-stats', GOOD);
    const pass = passTime();
    for (let n = 0; n < 2; n += 1) {
      await bob?.ask('report-stats', { ...SLOW, lossUp: 0.1, faults: ['hears-nobody'] });
      pass(5_000);
    }
    const metrics = createMetrics();
    offerMetrics(metrics, () => fixture.sfu.stats());
    const { body } = await metrics.page();
    for (const line of [
      'nexused_sfu_peers 2',
      'nexused_sfu_weak_peers 1',
      'nexused_sfu_rtt_ms_p95 420',
      'nexused_sfu_loss_p95 0.1',
      'nexused_sfu_reports 3',
      'nexused_sfu_frames_decoded 375',
      'nexused_sfu_hears_nobody 1',
    ])
      expect(body).toContain(`${line}\n`);
    expect(body).not.toContain('bob');
  });
});

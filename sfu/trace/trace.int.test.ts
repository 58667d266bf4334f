import { afterEach, describe, expect, it, vi } from 'vitest';
import { openPglite } from '#platform/database/pglite.server.ts';
import { AUDIO, startFixture, type Fixture } from '../testing/fixture.server.ts';
import type { SdpPicture } from '../signalling/protocol.ts';
import { createTraceStore, KEPT_MS, type TraceStore } from './store.server.ts';
import type { StoredTrace } from './trace.ts';

let fixture: Fixture | null = null;
afterEach(async () => {
  await fixture?.close();
  fixture = null;
});

/** The trace as soon as it is stored with this in it. */
const storedWith = (store: TraceStore, code: string, event: string): Promise<StoredTrace> =>
  vi.waitFor(
    async () => {
      const found = await store.find(code);
      if (found === null || !found.entries.some((entry) => entry.event === event)) throw new Error(`No ${event} yet`);
      return found;
    },
    { timeout: 5_000 },
  );

const PICTURE: SdpPicture = {
  why: 'asked',
  transports: [
    {
      direction: 'send',
      connection: 'connected',
      ice: 'connected',
      gathering: 'complete',
      local: { sections: [], candidates: [{ type: 'host', protocol: 'udp', address: '192.0.2.0/24' }] },
      remote: null,
    },
  ],
};

describe('the trace of a visit', () => {
  it('[TR1] [TR3] tells of a join, of what was sent and refused, and of a picture, and is found by the code', async () => {
    fixture = await startFixture();
    const store = await createTraceStore(fixture.db);
    const ticket = fixture.ticket('bob');
    const bob = await fixture.connect(ticket);
    const { supportCode, resumeToken, transports } = await bob.join();
    expect(supportCode).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
    // Support looks while the lesson goes on.
    await storedWith(store, supportCode, 'joined');
    await bob.ask('produce', AUDIO);
    expect(await bob.ask('promote', { personId: 'bob', role: 'co-host' })).toMatchObject({ code: 'not-allowed' });
    expect(await bob.ask('report-sdp', PICTURE)).toMatchObject({ ok: true });
    expect(await bob.ask('report-sdp', PICTURE)).toMatchObject({ code: 'too-fast' });
    await bob.ask('leave', {});
    await storedWith(store, supportCode, 'leave');
    bob.socket.disconnect();
    const whole = await storedWith(store, supportCode.toLowerCase(), 'disconnect');
    expect(whole).toMatchObject({ lessonId: 'lesson-1', personId: 'bob', role: 'participant' });
    const of = (event: string) => whole.entries.filter((entry) => entry.event === event);
    expect(of('join')).toMatchObject([{ way: 'in', answer: 'ok', line: 1 }]);
    expect(of('joined')[0]?.summary).toContain('candidate host udp 127.0.0.0/24');
    expect(of('produce')[0]?.summary).toContain('audio/opus');
    expect(of('promote')).toMatchObject([{ answer: 'not-allowed' }]);
    expect(of('report-sdp')).toMatchObject([{ answer: 'ok' }, { answer: 'too-fast' }]);
    expect(of('report-sdp')[1]?.summary).toBe('');
    expect(of('report-sdp')[0]?.summary).toContain('local: candidate host udp 192.0.2.0/24');
    const text = JSON.stringify(whole);
    for (const secret of [ticket, resumeToken, transports?.receive.iceParameters.password ?? 'none'])
      expect(text).not.toContain(secret);
  });

  it('[TR3] is stored when they are sent away, with why', async () => {
    fixture = await startFixture();
    const store = await createTraceStore(fixture.db);
    const bob = await fixture.connect(fixture.ticket('bob'));
    const { supportCode } = await bob.join();
    await fixture.sfu.drain();
    const found = await storedWith(store, supportCode, 'disconnect');
    expect(found.entries.filter(({ event }) => event === 'closed')).toMatchObject([
      { way: 'out', summary: 'node-draining' },
    ]);
  });
});

describe('the table of traces', () => {
  const trace = (code: string, personId = 'bob'): StoredTrace => ({
    code,
    lessonId: 'lesson-1',
    personId,
    role: 'host',
    beganAt: 7,
    dropped: 2,
    entries: [],
  });

  it('[TR5] forgets after thirty days, and with the person', async () => {
    let now = 1_795_000_000_000;
    const db = await openPglite(null);
    const store = await createTraceStore(db, () => now);
    await store.save(trace('AAAAAAAA'));
    await store.save(trace('BBBBBBBB', 'eve'));
    expect(await store.find('aaaa-aaaa')).toEqual(trace('AAAAAAAA'));
    expect((await store.latest('lesson-1', 10)).map(({ code }) => code).sort()).toEqual(['AAAAAAAA', 'BBBBBBBB']);
    expect(await store.latest('lesson-2', 10)).toEqual([]);
    await store.forget('eve');
    expect(await store.find('BBBBBBBB')).toBeNull();
    // A node that still holds her visit stores it no more, under the same code or another.
    for (const code of ['BBBBBBBB', 'DDDDDDDD']) await store.save(trace(code, 'eve'));
    expect(await store.find('BBBBBBBB')).toBeNull();
    now += KEPT_MS + 1;
    expect(await store.find('AAAAAAAA')).toBeNull();
    await store.save(trace('CCCCCCCC'));
    expect(await db.query('SELECT code FROM signalling_trace')).toEqual([{ code: 'CCCCCCCC' }]);
    await db.close();
  });
});

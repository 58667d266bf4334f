import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuse } from '#events/shared/refusal.ts';
import { AUDIO, startFixture, tickets, until, VIDEO, type Fixture } from '../testing/fixture.server.ts';
import type { TransportParameters } from './protocol.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

let lessons = 0;
/** A lesson of its own for each test. */
const newLesson = (): string => `lesson-${(lessons += 1)}`;
const dtls = {
  role: 'client' as const,
  fingerprints: [{ algorithm: 'sha-256' as const, value: 'AA:'.repeat(31) + 'AA' }],
};
const sendId = (transports: { send: TransportParameters | null } | null): string => transports?.send?.id ?? '';

describe('joining', () => {
  it.each([
    ['no ticket', {}],
    ['a forged one', { ticket: 'forged' }],
    [
      'an expired one',
      { ticket: tickets.sign({ lessonId: 'l', personId: 'p', name: 'p', role: 'host', documents: {}, expiresAt: 1 }) },
    ],
    ['one that is no text', { ticket: { $ne: null } }],
  ])('[J1] refuses %s', async (_what, auth) => {
    const socket = io(fixture.url, {
      path: '/signalling',
      transports: ['websocket'],
      auth,
      reconnection: false,
      forceNew: true,
    });
    const message = await new Promise((resolve) => socket.once('connect_error', (error) => resolve(error.message)));
    socket.disconnect();
    expect(message).toBe('ticket-invalid');
  });

  it('[J1] does not read a ticket from the address', async () => {
    const socket = io(fixture.url, {
      path: '/signalling',
      transports: ['websocket'],
      query: { ticket: fixture.ticket('a') },
      reconnection: false,
      forceNew: true,
    });
    const message = await new Promise((resolve) => socket.once('connect_error', (error) => resolve(error.message)));
    socket.disconnect();
    expect(message).toBe('ticket-invalid');
  });

  it('[J2] answers one join with transports, peers and consumers', async () => {
    const lessonId = newLesson();
    const first = await fixture.connect(fixture.ticket('ann', { lessonId, role: 'host' }));
    await first.join();
    await first.ask('produce', AUDIO);
    await first.ask('produce', VIDEO);
    const second = await fixture.connect(fixture.ticket('bob', { lessonId }));
    const joined = await second.join();
    expect(joined.transports?.send?.iceCandidates.map(({ address, protocol }) => `${protocol} ${address}`)).toEqual([
      'udp 127.0.0.1',
      'tcp 127.0.0.1',
    ]);
    expect(joined.transports?.receive.id).toBeTruthy();
    expect(joined.peers).toMatchObject([{ personId: 'ann', role: 'host', connected: true }]);
    expect(joined.consumers.map(({ personId, source }) => `${personId} ${source}`).sort()).toEqual([
      'ann camera',
      'ann microphone',
    ]);
    expect(await first.next('peer-joined')).toMatchObject({ personId: 'bob', role: 'participant' });
  });

  it('[J5] keeps connections that have not joined yet, and of one person no more than their windows', async () => {
    const lessonId = newLesson();
    const windows = [];
    for (let index = 0; index < 11; index += 1)
      windows.push(await fixture.connect(fixture.ticket('ann', { lessonId })));
    const [oldest, ...others] = windows;
    await expect.poll(() => oldest?.all('closed')).toEqual([{ reason: 'join-timeout' }]);
    await (await fixture.connect(fixture.ticket('bob', { lessonId }))).join();
    for (const window of others) expect(window.socket.connected).toBe(true);
    await others[0]?.join();
    // Whoever has joined is not one of them any more.
    await fixture.connect(fixture.ticket('ann', { lessonId }));
    expect(others.every(({ socket }) => socket.connected)).toBe(true);
  });

  it('[J5] counts who is on the way in, and was refused', async () => {
    const lessonId = newLesson();
    fixture.refuseJoins(refuse('not-open-yet', 'Not yet.'));
    const refusals = [];
    const windows: Awaited<ReturnType<typeof fixture.connect>>[] = [];
    for (let index = 0; index < 11; index += 1) {
      const window = await fixture.connect(fixture.ticket('ann', { lessonId }));
      // The next one connects before the answer to this one.
      refusals.push(expect(window.join()).rejects.toThrow());
      windows.push(window);
    }
    await expect.poll(() => windows[0]?.all('closed')).toEqual([{ reason: 'join-timeout' }]);
    await Promise.all(refusals);
    fixture.refuseJoins(null);
  });

  it('[M4] refuses what was meant for a transport of before', async () => {
    const client = await fixture.connect(fixture.ticket('ann', { lessonId: newLesson() }));
    const { transports } = await client.join();
    expect(await client.ask('produce', { ...AUDIO, transportId: 'gone' })).toMatchObject({ code: 'unknown-id' });
    const transportId = transports?.send?.id ?? '';
    expect(await client.ask('produce', { ...AUDIO, transportId })).toMatchObject({ ok: true });
  });

  it('[J3] joins once a connection', async () => {
    const client = await fixture.connect(fixture.ticket('ann', { lessonId: newLesson() }));
    await client.join();
    const again = await client.ask('join', { version: 1, rtpCapabilities: { codecs: [] }, resume: null });
    expect(again).toMatchObject({ ok: false, code: 'already-joined' });
  });

  it('[J4] passes the lesson’s refusal on and leaves nothing behind', async () => {
    const lessonId = newLesson();
    const inside = await fixture.connect(fixture.ticket('ann', { lessonId }));
    await inside.join();
    fixture.refuseJoins(refuse('not-open-yet', 'Not yet.'));
    const client = await fixture.connect(fixture.ticket('bob', { lessonId }));
    await expect(client.join()).rejects.toThrow('not-open-yet');
    fixture.refuseJoins(null);
    expect(inside.all('peer-joined')).toEqual([]);
    const rows = await fixture.db.query('SELECT 1 FROM presence WHERE person_id = $1 AND lesson_id = $2', [
      'bob',
      lessonId,
    ]);
    expect(rows).toEqual([]);
  });

  it('[J6] knows who someone is from the ticket alone', async () => {
    const lessonId = newLesson();
    const ann = await fixture.connect(fixture.ticket('ann', { lessonId }));
    await ann.join();
    const client = await fixture.connect(fixture.ticket('bob', { lessonId }));
    const welcome = await client.next('welcome');
    await client.raw('join', {
      version: 1,
      rtpCapabilities: welcome.routerRtpCapabilities,
      resume: null,
      personId: 'ann',
      role: 'host',
      name: 'Ann',
    });
    expect(await ann.next('peer-joined')).toMatchObject({ personId: 'bob', name: 'bob', role: 'participant' });
  });
});

describe('media', () => {
  it('[M4] consumers are told what to do by the one who has them', async () => {
    const lessonId = newLesson();
    const ann = await fixture.connect(fixture.ticket('ann', { lessonId }));
    await ann.join();
    const bob = await fixture.connect(fixture.ticket('bob', { lessonId }));
    await bob.join();
    await ann.ask('produce', VIDEO);
    const { consumerId } = await bob.next('consumer-added');
    expect(await bob.ask('set-layers', { consumerId, spatialLayer: null })).toMatchObject({ ok: true });
    expect(await bob.ask('consumer-ready', { consumerIds: [consumerId] })).toMatchObject({ ok: true });
    expect(await bob.ask('set-layers', { consumerId, spatialLayer: 1 })).toMatchObject({ ok: true });
    expect(await ann.ask('set-layers', { consumerId, spatialLayer: 1 })).toMatchObject({ code: 'unknown-id' });
  });

  it('[M2] one microphone and one camera a person, even asked for at once', async () => {
    const client = await fixture.connect(fixture.ticket('ann', { lessonId: newLesson() }));
    await client.join();
    const answers = await Promise.all([client.ask('produce', VIDEO), client.ask('produce', VIDEO)]);
    expect(answers.map((answer) => (answer.ok ? 'made' : answer.code)).sort()).toEqual(['made', 'too-many']);
  });

  it('[M2] frees the place when the producer is closed', async () => {
    const client = await fixture.connect(fixture.ticket('ann', { lessonId: newLesson() }));
    await client.join();
    const made = await client.ask('produce', AUDIO);
    const producerId = made.ok ? made.data.producerId : '';
    expect(await client.ask('close-producer', { producerId })).toMatchObject({ ok: true });
    expect(await client.ask('produce', AUDIO)).toMatchObject({ ok: true });
  });

  it('[M3] an observer gets no sending transport and may not produce', async () => {
    const client = await fixture.connect(fixture.ticket('olga', { lessonId: newLesson(), role: 'observer' }));
    const joined = await client.join();
    expect(joined.transports?.send).toBeNull();
    expect(await client.ask('produce', VIDEO)).toMatchObject({ ok: false, code: 'not-allowed' });
  });

  it('[M4] ids of others do not exist', async () => {
    const lessonId = newLesson();
    const ann = await fixture.connect(fixture.ticket('ann', { lessonId }));
    const hers = await ann.join();
    const made = await ann.ask('produce', AUDIO);
    const producerId = made.ok ? made.data.producerId : '';
    const bob = await fixture.connect(fixture.ticket('bob', { lessonId }));
    await bob.join();
    const unknown = { ok: false, code: 'unknown-id' };
    expect(await bob.ask('pause-producer', { producerId })).toMatchObject(unknown);
    expect(await bob.ask('close-producer', { producerId })).toMatchObject(unknown);
    expect(await bob.ask('restart-ice', { transportId: sendId(hers.transports) })).toMatchObject(unknown);
    expect(
      await bob.ask('connect-transport', { transportId: sendId(hers.transports), dtlsParameters: dtls }),
    ).toMatchObject(unknown);
    expect(await bob.ask('consumer-ready', { consumerIds: ['none'] })).toMatchObject(unknown);
  });

  it('[M5] others see a pause, and lose the consumer of a closed producer', async () => {
    const lessonId = newLesson();
    const ann = await fixture.connect(fixture.ticket('ann', { lessonId }));
    await ann.join();
    const bob = await fixture.connect(fixture.ticket('bob', { lessonId }));
    await bob.join();
    const made = await ann.ask('produce', AUDIO);
    const producerId = made.ok ? made.data.producerId : '';
    const { consumerId } = await bob.next('consumer-added');
    await ann.ask('pause-producer', { producerId });
    await bob.next('peer-changed', ({ producers }) => producers[0]?.paused === true);
    await ann.ask('resume-producer', { producerId });
    await bob.next('peer-changed', ({ producers }) => producers[0]?.paused === false);
    await ann.ask('close-producer', { producerId });
    expect((await bob.next('consumer-closed')).consumerId).toBe(consumerId);
    await bob.next('peer-changed', ({ producers }) => producers.length === 0);
  });

  it('[M7] what is produced during a join reaches the newcomer exactly once', async () => {
    for (let round = 0; round < 8; round += 1) {
      const lessonId = newLesson();
      const ann = await fixture.connect(fixture.ticket('ann', { lessonId }));
      await ann.join();
      const bob = await fixture.connect(fixture.ticket('bob', { lessonId }));
      const [joined] = await Promise.all([bob.join(), ann.ask('produce', VIDEO), ann.ask('produce', AUDIO)]);
      const sources = (): string[] => [
        ...new Map([...joined.consumers, ...bob.all('consumer-added')].map((c) => [c.consumerId, c.source])).values(),
      ];
      await until('both sources', () => (sources().length >= 2 ? true : undefined));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(sources().sort()).toEqual(['camera', 'microphone']);
    }
  });

  it('gives new ICE credentials for the same transport', async () => {
    const client = await fixture.connect(fixture.ticket('ann', { lessonId: newLesson() }));
    const joined = await client.join();
    const answer = await client.ask('restart-ice', { transportId: sendId(joined.transports) });
    expect(answer.ok && answer.data.iceParameters.usernameFragment).not.toBe(
      joined.transports?.send?.iceParameters.usernameFragment,
    );
  });

  it('shows the others how good someone’s link is', async () => {
    const lessonId = newLesson();
    const ann = await fixture.connect(fixture.ticket('ann', { lessonId }));
    await ann.join();
    const bob = await fixture.connect(fixture.ticket('bob', { lessonId }));
    await bob.join();
    await ann.ask('report-link', { link: 'weak' });
    await bob.next('peer-changed', ({ link }) => link === 'weak');
  });
});

describe('limits', () => {
  it.each([
    ['join', { version: 1 }],
    ['produce', { kind: 'video' }],
    ['connect-transport', null],
    ['set-layers', { consumerId: 7, spatialLayer: 0 }],
    ['renew-ticket', 'ticket'],
    ['consumer-ready', { consumerIds: 'all' }],
    ['report-link', { link: 'splendid' }],
    ['report-page', { visible: 'hardly' }],
  ])('[A2] a %s of the wrong shape is refused', async (type, data) => {
    const client = await fixture.connect(fixture.ticket('ann', { lessonId: newLesson() }));
    expect(await client.raw(type, data)).toMatchObject({ ok: false, code: 'bad-request' });
  });

  it('[A2] parameters that do not fit together are the client’s mistake', async () => {
    const client = await fixture.connect(fixture.ticket('ann', { lessonId: newLesson() }));
    await client.join();
    const codecs = [{ mimeType: 'video/NONE', payloadType: 96, clockRate: 90_000, parameters: {}, rtcpFeedback: [] }];
    const answer = await client.ask('produce', { ...VIDEO, rtpParameters: { ...VIDEO.rtpParameters, codecs } });
    expect(answer).toMatchObject({ ok: false, code: 'bad-request' });
    expect(await client.ask('produce', VIDEO)).toMatchObject({ ok: true });
  });

  it('before the join nothing is possible', async () => {
    const client = await fixture.connect(fixture.ticket('ann', { lessonId: newLesson() }));
    expect(await client.ask('produce', VIDEO)).toMatchObject({ code: 'not-joined' });
    expect(await client.ask('report-link', { link: 'good' })).toMatchObject({ code: 'not-joined' });
    expect(await client.ask('leave', {})).toMatchObject({ code: 'not-joined' });
  });

  it('[P2] who closes the page while the join is under way is lost like anybody else', async () => {
    const { peers: before, rooms } = fixture.sfu.stats();
    const lessonId = newLesson();
    const client = await fixture.connect(fixture.ticket('ann', { lessonId }));
    const { routerRtpCapabilities: rtpCapabilities } = await client.next('welcome');
    const release = fixture.holdJoins();
    client.socket.emit('join', { version: 1, rtpCapabilities, resume: null }, () => undefined);
    await until('the room', () => (fixture.sfu.stats().rooms > rooms ? true : undefined));
    client.socket.disconnect();
    await new Promise((resolve) => setTimeout(resolve, 100));
    release();
    await until('the fact', () =>
      fixture.told.find(({ command }) => command.type === 'LeaveLesson' && command.data.lessonId === lessonId),
    );
    await until('the place to be free', () => (fixture.sfu.stats().peers === before ? true : undefined));
  });

  it('[A1] a flood is refused and then closed', async () => {
    const client = await fixture.connect(fixture.ticket('ann', { lessonId: newLesson() }));
    await client.join();
    const answers = Array.from({ length: 400 }, () =>
      client.ask('report-link', { link: 'good' }).then(
        (answer) => (answer.ok ? 'ok' : answer.code),
        () => 'gone',
      ),
    );
    expect(await client.next('closed')).toEqual({ reason: 'too-many-messages' });
    client.socket.disconnect();
    expect(await Promise.all(answers)).toContain('too-fast');
  });

  it('[A3] an oversized message closes the connection, and only that one', async () => {
    const lessonId = newLesson();
    const client = await fixture.connect(fixture.ticket('ann', { lessonId }));
    const other = await fixture.connect(fixture.ticket('bob', { lessonId }));
    const closed = new Promise((resolve) => client.socket.once('disconnect', resolve));
    client.socket.volatile.emit('renew-ticket', { ticket: 'x'.repeat(80_000) }, () => undefined);
    await closed;
    await other.join();
  });

  it('[P9] renews for the same person only', async () => {
    const lessonId = newLesson();
    const client = await fixture.connect(fixture.ticket('ann', { lessonId }));
    await client.join();
    const expiresAt = Date.now() + 500_000;
    expect(await client.ask('renew-ticket', { ticket: fixture.ticket('ann', { lessonId, expiresAt }) })).toEqual({
      ok: true,
      data: { expiresAt },
    });
    for (const foreign of [
      fixture.ticket('bob', { lessonId }),
      fixture.ticket('ann', { lessonId: 'other' }),
      fixture.ticket('ann', { lessonId, role: 'host' }),
      'forged',
    ])
      expect(await client.ask('renew-ticket', { ticket: foreign })).toMatchObject({ code: 'ticket-invalid' });
  });
});

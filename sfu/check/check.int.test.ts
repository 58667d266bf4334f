/** The namespace of connectivity tests, as a hostile client would use it. Media itself: tests/e2e/check.e2e.test.ts. */
import { io, type Socket } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { CHECK_MS, createCheckOffice } from '#events/access/check-ticket.server.ts';
import { startFixture, until, VIDEO, type Fixture } from '../testing/fixture.server.ts';
import type { CheckLimits } from './allowance.ts';
import { CHECK_NAMESPACE } from './protocol.ts';

const office = createCheckOffice(Buffer.alloc(32, 3));
const ticket = (code = 'ABCD2345') => office.sign({ code, expiresAt: Date.now() + CHECK_MS - 1_000 });

let fixture: Fixture | null = null;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect();
  await fixture?.close();
  fixture = null;
});
const start = async (checkLimits: Partial<CheckLimits> = {}): Promise<void> => {
  fixture = await startFixture({ checkLimits }, { checks: office });
};

/** The socket, or the code of the refusal. */
function connect(auth: unknown): Promise<Socket | string> {
  const socket = io(`${fixture?.url}${CHECK_NAMESPACE}`, {
    path: '/signalling',
    transports: ['websocket'],
    auth: auth as Record<string, unknown>,
    reconnection: false,
    forceNew: true,
  });
  sockets.push(socket);
  return new Promise((done) => {
    socket.once('welcome', () => done(socket));
    socket.once('connect_error', (error) => done(error.message));
  });
}
async function opened(code?: string): Promise<Socket> {
  const socket = await connect({ ticket: ticket(code) });
  if (typeof socket === 'string') throw new Error(socket);
  return socket;
}
const ask = (socket: Socket, type: string, data: unknown): Promise<{ ok: boolean; code?: string }> =>
  socket.timeout(5_000).emitWithAck(type, data);

describe('a connectivity test on the media server', () => {
  it('[CK1] opens for its ticket alone: not for none, a forged one, or a lesson’s', async () => {
    await start();
    expect(await connect({})).toBe('ticket-invalid');
    expect(await connect({ ticket: `${ticket()}x` })).toBe('ticket-invalid');
    expect(await connect({ ticket: fixture?.ticket('ann') })).toBe('ticket-invalid');
    expect(typeof (await connect({ ticket: ticket() }))).toBe('object');
    // And its ticket opens no lesson.
    await expect(fixture?.connect(ticket())).rejects.toThrow('ticket-invalid');
  });

  it('[CK2] opens one way at a time, with nobody else in it, and leaves no room and no fact', async () => {
    await start();
    const socket = await opened();
    expect(await ask(socket, 'open-way', { way: 'udp' })).toMatchObject({ ok: true, data: { iceServers: [] } });
    const answer = await ask(socket, 'open-way', { way: 'tcp' });
    const { receive } = (answer as unknown as { data: { receive: { iceCandidates: { protocol: string }[] } } }).data;
    expect(new Set(receive.iceCandidates.map(({ protocol }) => protocol))).toEqual(new Set(['tcp']));
    expect(fixture?.sfu.stats()).toMatchObject({ rooms: 0, peers: 0 });
    expect(fixture?.told).toEqual([]);
  });

  it('[CK2] refuses what it does not know, in words of a closed list, and stays up', async () => {
    await start();
    const socket = await opened();
    const code = async (type: string, data: unknown) => (await ask(socket, type, data)).code;
    expect(await code('open-way', { way: 'relay' })).toBe('no-relay');
    for (const data of [null, {}, { way: 'boat' }, 'udp', [1]])
      expect(await code('open-way', data)).toBe('bad-request');
    expect(await code('hear', {})).toBe('unknown-id');
    expect(
      await code('connect-transport', {
        transportId: 'x',
        dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'x' }] },
      }),
    ).toBe('unknown-id');
    const capabilities = { codecs: [], headerExtensions: [] };
    expect(await code('echo', { rtpParameters: VIDEO.rtpParameters, rtpCapabilities: capabilities })).toBe(
      'unknown-id',
    );
    expect(await code('echo', {})).toBe('bad-request');
    expect((await ask(socket, 'ping', {})).ok).toBe(true);
  });

  it('[CK2] ends when its time is over, and when it is begun again', async () => {
    await start({ sessionMs: 400 });
    const closes: string[] = [];
    const first = await opened();
    first.on('closed', ({ reason }: { reason: string }) => closes.push(reason));
    const second = await opened();
    second.on('closed', ({ reason }: { reason: string }) => closes.push(reason));
    await until('both closes', () => (closes.length === 2 ? true : undefined));
    expect(closes).toEqual(['again', 'time']);
  });

  it('[CK2] runs so many at once and so often a ticket, and a place is free again when one ends', async () => {
    await start({ atOnce: 2, begins: 2 });
    const [one] = [await opened('AAAAAAAA'), await opened('BBBBBBBB')];
    expect(await connect({ ticket: ticket('CCCCCCCC') })).toBe('busy');
    one?.disconnect();
    await expect.poll(async () => typeof (await connect({ ticket: ticket('CCCCCCCC') }))).toBe('object');
  });
});

/**
 * The shipped relay, asked for what it must not give (reference: an open relay into our own network). Debian's coturn
 * with `deploy/coturn/` on the loopback; the media server's part has the machine's own address, since coturn relays to
 * no loopback whatever it is told.
 */
import { spawnSync } from 'node:child_process';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CREDENTIAL_MS, iceServersFor } from '#sfu/turn/credentials.server.ts';
import { outerAddress } from '#sfu/media/addresses.ts';
import type { Child } from '../support/child.ts';
import {
  COTURN_START,
  coturnSettings,
  loopbackAddresses,
  makeCertificate,
  startCoturn,
  startEcho,
  type Certificate,
} from '../support/coturn.ts';
import { FINGERPRINT, SOFTWARE, TurnClient } from '../support/turn-client.ts';

const SECRET = 'a secret of thirty-two characters and more';
const TURN = { urls: ['turn:relay.test'], secret: SECRET };
const GRANTED = 0;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const OTHER_FAMILY = 443;
const OVER_QUOTA = 486;

let certificate: Certificate;
let coturn: Child;
const [relay] = loopbackAddresses();
const media = outerAddress() ?? '';
const clients: TurnClient[] = [];

const credential = (personId = 'ann', { secret = SECRET, now = Date.now() } = {}) => {
  const [server] = iceServersFor({ ...TURN, secret }, { lessonId: 'lesson-1', personId }, now);
  if (server === undefined) throw new Error('There is no credential');
  return server;
};
async function client(who: { username: string; credential: string } | null): Promise<TurnClient> {
  const opened = await TurnClient.open(relay, who);
  clients.push(opened);
  return opened;
}
async function allocated(personId: string): Promise<TurnClient> {
  const opened = await client(credential(personId));
  expect((await opened.allocate()).code).toBe(GRANTED);
  return opened;
}

beforeAll(async () => {
  if (media === '') throw new Error('The tests of the relay need an IPv4 address apart from the loopback.');
  certificate = makeCertificate([relay]);
  coturn = await startCoturn({ address: relay, mediaAddress: media, secret: SECRET, certificate });
});
afterAll(async () => {
  await coturn.end('SIGTERM');
  certificate.remove();
});
afterEach(async () => {
  for (const one of clients.splice(0)) await one.close();
});

describe('[T3] the shipped relay', () => {
  it('relays to the media address, there and back', async () => {
    const echo = await startEcho(media);
    const ann = await allocated('ann');
    expect((await ann.permit(media)).code).toBe(GRANTED);
    await expect
      .poll(() => {
        ann.send(media, echo.port, 'hello');
        return ann.received;
      })
      .toContain('hello');
    expect((await ann.bindChannel(media, echo.port)).code).toBe(GRANTED);
    await echo.close();
  });

  it('relays to nothing else', async () => {
    const eve = await allocated('eve');
    const v4 = [
      ['itself', relay],
      ['a neighbour of the media server', `${media.slice(0, media.lastIndexOf('.'))}.254`],
      ['the loopback', '127.0.0.1'],
      ['the loopback by another name', '127.1.2.3'],
      ['this machine', '0.0.0.0'],
      ['a private network', '10.0.0.1'],
      ['a private network', '172.16.0.1'],
      ['a private network', '192.168.1.1'],
      ['a shared one', '100.64.0.1'],
      ['the metadata service', '169.254.169.254'],
      ['multicast', '224.0.0.1'],
      ['broadcast', '255.255.255.255'],
      ['the internet', '8.8.8.8'],
    ] as const;
    for (const [what, address] of v4) {
      expect([what, address, (await eve.permit(address)).code]).toEqual([what, address, FORBIDDEN]);
      expect([what, address, (await eve.bindChannel(address, 80)).code]).toEqual([what, address, FORBIDDEN]);
    }
    const v6 = [
      '::1',
      '::',
      `::ffff:${media}`,
      '::ffff:127.0.0.1',
      '::ffff:169.254.169.254',
      'fe80::1',
      'fd00::1',
      'ff02::1',
    ];
    for (const address of v6)
      expect([address, (await eve.permit(address)).code]).toEqual([
        address,
        expect.toBeOneOf([FORBIDDEN, OTHER_FAMILY]),
      ]);
  });

  it('drops what is sent to somewhere else without asking', async () => {
    const echo = await startEcho(relay);
    const eve = await allocated('eve');
    for (let index = 0; index < 5; index += 1) eve.send(relay, echo.port, 'let me out');
    await new Promise((done) => setTimeout(done, 300));
    expect(eve.received).toEqual([]);
    await echo.close();
  });

  it('gives no relay of another kind: over TCP, or in IPv6', async () => {
    const tcp = await client(credential('bob'));
    expect((await tcp.allocate({ transport: 6 })).code).not.toBe(GRANTED);
    const v6 = await client(credential('bob'));
    expect((await v6.allocate({ family: 2 })).code).not.toBe(GRANTED);
  });

  it('serves nobody without a credential, with a forged one, or with one that has run out', async () => {
    const nobody = await client(null);
    expect((await nobody.allocate()).code).toBe(UNAUTHORIZED);
    const forger = await client(credential('ann', { secret: 'another secret of thirty-two characters' }));
    expect((await forger.allocate()).code).toBe(UNAUTHORIZED);
    const late = await client(credential('ann', { now: Date.now() - CREDENTIAL_MS - 2_000 }));
    expect((await late.allocate()).code).toBe(UNAUTHORIZED);
    // Somebody else's signature under one's own name.
    const thief = await client({ ...credential('ann'), username: credential('eve').username });
    expect((await thief.allocate()).code).toBe(UNAUTHORIZED);
    // A credential that is good for longer than ours is not ours.
    const { username } = credential('ann');
    const longer = await client({
      ...credential('ann'),
      username: `${Number(username.split(':')[0]) + 3_600}:lesson-1:ann`,
    });
    expect((await longer.allocate()).code).toBe(UNAUTHORIZED);
  });

  it('keeps a relay open whose credential has run out since', async () => {
    const ann = await client(credential('ann', { now: Date.now() - CREDENTIAL_MS + 2_000 }));
    expect((await ann.allocate()).code).toBe(GRANTED);
    await new Promise((done) => setTimeout(done, 3_500));
    expect((await ann.permit(media)).code).toBe(GRANTED);
    const anew = await client(credential('ann', { now: Date.now() - CREDENTIAL_MS - 1_500 }));
    expect((await anew.allocate()).code).toBe(UNAUTHORIZED);
  });

  it('counts the relays of one person in one lesson, however often their credential is renewed', async () => {
    const codes: number[] = [];
    for (let index = 0; index < 26; index += 1) {
      const one = await client(credential('greedy', { now: Date.now() - index * 1_000 }));
      codes.push((await one.allocate()).code);
    }
    expect(codes).toEqual([...Array<number>(24).fill(GRANTED), OVER_QUOTA, OVER_QUOTA]);
    await allocated('modest');
  });

  it('marks its messages, says nothing about itself, and answers no questions of strangers', async () => {
    const ann = await client(credential('ann'));
    const { attributes } = await ann.allocate();
    expect(attributes.has(FINGERPRINT)).toBe(true);
    expect(attributes.has(SOFTWARE)).toBe(false);
    const stranger = await client(null);
    expect((await stranger.askForMyAddress())?.code ?? UNAUTHORIZED).toBe(UNAUTHORIZED);
  });

  it('speaks TLS 1.2 or newer on 443, and nothing older', async () => {
    const version = (max: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string | null>((done) => {
        const options = { host: relay, port: 443, rejectUnauthorized: false, minVersion: 'TLSv1' as const };
        // Our own side must not be what refuses the old ones.
        const socket = connectTls({ ...options, maxVersion: max, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
          done(socket.getProtocol());
          socket.destroy();
        });
        socket.on('error', () => done(null));
        // It lets those whom it does not like wait.
        socket.setTimeout(1_500, () => {
          done(null);
          socket.destroy();
        });
      });
    expect(await version('TLSv1.1')).toBeNull();
    expect(await version('TLSv1.2')).toBe('TLSv1.2');
    expect(await version('TLSv1.3')).toMatch(/^TLSv1\.[23]$/);
  });
});

describe('the start of the relay', () => {
  it.each([
    ['TURN_SECRET', ''],
    ['TURN_SECRET', 'short'],
    ['MEDIA_ADDRESS', ''],
    ['TURN_CERT', '/nowhere.pem'],
  ])('stops with a word about %s when it is %j', (name, value) => {
    const settings = coturnSettings({ address: relay, mediaAddress: media, secret: SECRET, certificate });
    const done = spawnSync('/bin/sh', [COTURN_START], { env: { ...settings, [name]: value }, encoding: 'utf8' });
    expect(done.status).toBeGreaterThan(0);
    expect(done.stderr).toContain(value.startsWith('/') ? value : name);
  });
});

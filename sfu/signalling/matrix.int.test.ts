/** Every message of every role, and every message out of its order or shape: a cell without an expectation fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LESSON_ROLES, type LessonRole } from '#events/access/roles.ts';
import { mayAdmit, mayMuteOthers, mayRemove, maySendMedia, mayShareScreen } from '#events/access/permissions.ts';
import { AUDIO, startFixture, type Client, type Fixture } from '../testing/fixture.server.ts';
import { mayIn } from './permissions.ts';
import { CLIENT_TYPES, type ClientType, type Joined, type Stats } from './protocol.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

const DTLS = {
  role: 'client' as const,
  fingerprints: [{ algorithm: 'sha-256' as const, value: 'AA:'.repeat(31) + 'AA' }],
};

interface Scene {
  readonly lessonId: string;
  readonly actor: Client;
  readonly joined: Joined;
  readonly role: LessonRole;
}

let scenes = 0;
const ticketRole = (role: LessonRole): LessonRole => (role === 'co-host' ? 'participant' : role);

/** A room with a host, with `tim` who sends his voice, with `wim` at the door, and with `act`, who has the role. */
async function scene(role: LessonRole): Promise<Scene> {
  const lessonId = `matrix-${(scenes += 1)}`;
  const connect = async (person: string, as: LessonRole): Promise<[Client, Joined]> => {
    const client = await fixture.connect(fixture.ticket(person, { lessonId, role: as }));
    return [client, await client.join()];
  };
  const [host] = await connect('ann', 'host');
  const [tim] = await connect('tim', 'participant');
  await tim.ask('produce', AUDIO);
  // A second host in the same lesson stands for any host: the lesson itself allows one.
  const [actor, joined] = await connect('act', ticketRole(role));
  if (role === 'co-host') {
    await host.ask('promote', { personId: 'act', role: 'co-host' });
    await actor.next('you-changed', (you) => you.role === 'co-host');
  }
  await host.ask('set-room', { admission: 'ask' });
  const wim = await fixture.connect(fixture.ticket('wim', { lessonId }));
  await expect(wim.join()).rejects.toThrow('waiting');
  return { lessonId, actor, joined, role };
}

async function ownProducer({ actor }: Scene): Promise<string> {
  const made = await actor.ask('produce', AUDIO);
  return made.ok ? made.data.producerId : 'none';
}
const consumerId = ({ joined }: Scene): string => joined.consumers[0]?.consumerId ?? 'none';
const transportId = ({ joined }: Scene): string => joined.transports?.receive.id ?? 'none';

/** For each message: usable data, and what host, co-host, participant and observer are answered. */
const STATS: Stats = {
  rttMs: 12,
  jitterMs: null,
  lossUp: 0,
  lossDown: null,
  framesDecoded: 0,
  outgoing: 0,
  faults: [],
};
const TABLE: Readonly<Record<ClientType, readonly [(scene: Scene) => unknown, string, string, string, string]>> = {
  join: [
    () => ({ version: 1, rtpCapabilities: { codecs: [] }, resume: null }),
    'already-joined',
    'already-joined',
    'already-joined',
    'already-joined',
  ],
  'connect-transport': [(s) => ({ transportId: transportId(s), dtlsParameters: DTLS }), 'ok', 'ok', 'ok', 'ok'],
  produce: [() => AUDIO, 'ok', 'ok', 'ok', 'not-allowed'],
  'close-producer': [async (s) => ({ producerId: await ownProducer(s) }), 'ok', 'ok', 'ok', 'not-allowed'],
  'pause-producer': [async (s) => ({ producerId: await ownProducer(s) }), 'ok', 'ok', 'ok', 'not-allowed'],
  'resume-producer': [async (s) => ({ producerId: await ownProducer(s) }), 'ok', 'ok', 'ok', 'not-allowed'],
  'consumer-ready': [(s) => ({ consumerIds: [consumerId(s)] }), 'ok', 'ok', 'ok', 'ok'],
  'set-layers': [(s) => ({ consumerId: consumerId(s), spatialLayer: 1 }), 'ok', 'ok', 'ok', 'ok'],
  watch: [(s) => ({ tiles: [{ consumerId: consumerId(s), spatialLayer: null }] }), 'ok', 'ok', 'ok', 'ok'],
  'restart-ice': [(s) => ({ transportId: transportId(s) }), 'ok', 'ok', 'ok', 'ok'],
  'renew-ticket': [
    ({ lessonId, role }) => ({ ticket: fixture.ticket('act', { lessonId, role: ticketRole(role) }) }),
    'ok',
    'ok',
    'ok',
    'ok',
  ],
  'report-link': [() => ({ link: 'weak' }), 'ok', 'ok', 'ok', 'ok'],
  'report-stats': [() => STATS, 'ok', 'ok', 'ok', 'ok'],
  'report-sdp': [() => ({ why: 'asked', transports: [] }), 'ok', 'ok', 'ok', 'ok'],
  'report-page': [() => ({ visible: false }), 'ok', 'ok', 'ok', 'ok'],
  'raise-hand': [() => ({}), 'ok', 'ok', 'ok', 'not-allowed'],
  'lower-hand': [() => ({ personId: 'tim' }), 'ok', 'ok', 'not-allowed', 'not-allowed'],
  react: [() => ({ reaction: 'heart' }), 'ok', 'ok', 'ok', 'not-allowed'],
  admit: [() => ({ personId: 'wim' }), 'ok', 'ok', 'not-allowed', 'not-allowed'],
  'turn-away': [() => ({ personId: 'wim' }), 'ok', 'ok', 'not-allowed', 'not-allowed'],
  'set-room': [() => ({ locked: true, mayUnmute: false }), 'ok', 'ok', 'not-allowed', 'not-allowed'],
  quieten: [() => ({ personId: 'tim', source: 'microphone' }), 'ok', 'ok', 'not-allowed', 'not-allowed'],
  remove: [() => ({ personId: 'tim' }), 'ok', 'ok', 'not-allowed', 'not-allowed'],
  promote: [() => ({ personId: 'tim', role: 'co-host' }), 'ok', 'not-allowed', 'not-allowed', 'not-allowed'],
  leave: [() => ({}), 'ok', 'ok', 'ok', 'ok'],
};

const codeOf = (answer: unknown): string =>
  typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === true
    ? 'ok'
    : typeof answer === 'object' && answer !== null && 'code' in answer
      ? String(answer.code)
      : 'no answer';

/** What has no shape that could be wrong. */
const ANY_SHAPE: ReadonlySet<ClientType> = new Set(['leave']);
/** What makes sense for who is not in yet, or is checked before. */
const BEFORE_THE_JOIN: Partial<Record<ClientType, string>> = {
  join: 'ok',
  'connect-transport': 'unknown-id',
  'close-producer': 'unknown-id',
  'pause-producer': 'unknown-id',
  'resume-producer': 'unknown-id',
  'consumer-ready': 'unknown-id',
  'set-layers': 'unknown-id',
  watch: 'unknown-id',
  'restart-ice': 'unknown-id',
  'renew-ticket': 'ok',
};

describe('[R3] role × message', () => {
  let asserted = 0;

  it.each(LESSON_ROLES.flatMap((role, column) => CLIENT_TYPES.map((type) => [role, type, column] as const)))(
    '%s: %s',
    async (role, type, column) => {
      const here = await scene(role);
      const [data, ...expected] = TABLE[type];
      const answer = codeOf(await here.actor.raw(type, await data(here)));
      expect(answer).toBe(expected[column]);
      asserted += 1;
      here.actor.socket.disconnect();
    },
  );

  it('leaves no cell out', () => {
    expect(Object.keys(TABLE).sort()).toEqual([...CLIENT_TYPES].sort());
    expect(asserted).toBe(LESSON_ROLES.length * CLIENT_TYPES.length);
  });

  it('agrees with what the product says of roles', () => {
    for (const role of LESSON_ROLES) {
      expect(mayIn(role, 'admit')).toBe(mayAdmit(role));
      expect(mayIn(role, 'remove')).toBe(mayRemove(role));
      expect(mayIn(role, 'quieten')).toBe(mayMuteOthers(role));
      expect(mayIn(role, 'send-media')).toBe(maySendMedia(role));
      expect(mayIn(role, 'share-screen')).toBe(mayShareScreen(role));
    }
  });
});

describe('[R3] out of order and out of shape', () => {
  it.each(CLIENT_TYPES)('%s before the join', async (type) => {
    const lessonId = `matrix-${(scenes += 1)}`;
    const client = await fixture.connect(fixture.ticket('act', { lessonId, role: 'host' }));
    const { routerRtpCapabilities: rtpCapabilities } = await client.next('welcome');
    const joined: Joined = {
      connectionId: 'c',
      resumeToken: 'r',
      supportCode: 'ABCDEFGH',
      now: 0,
      routerRtpCapabilities: rtpCapabilities,
      transports: null,
      iceServers: [],
      producers: [],
      room: {
        locked: false,
        admission: 'open',
        mayUnmute: true,
        mayVideo: true,
        mayShare: true,
        waiting: [],
        out: [],
        network: 'theirs',
      },
      you: {
        personId: 'act',
        name: 'act',
        role: 'host',
        connected: true,
        link: 'good',
        producers: [],
        hand: null,
        recorded: true,
        faults: [],
      },
      peers: [],
      consumers: [],
      speaking: [],
    };
    const [data] = TABLE[type];
    const usable = await data({ lessonId, actor: client, joined, role: 'host' });
    expect(codeOf(await client.raw(type, usable))).toBe(BEFORE_THE_JOIN[type] ?? 'not-joined');
    client.socket.disconnect();
  });

  it.each(CLIENT_TYPES.filter((type) => !ANY_SHAPE.has(type)))('%s of a wrong shape', async (type) => {
    const { actor } = await scene('host');
    for (const data of [null, 'text', 7, [], { personId: 7 }, { locked: 'yes' }, { personId: 'x'.repeat(65) }]) {
      // An empty list is an object without fields, which is what this message has.
      if (type === 'raise-hand' && typeof data === 'object' && data !== null) continue;
      expect([data, codeOf(await actor.raw(type, data))]).toEqual([data, 'bad-request']);
    }
    actor.socket.disconnect();
  });
});

describe('[Q3] who stands above whom', () => {
  const EXPECTED: Readonly<Record<'host' | 'co-host', Readonly<Record<LessonRole | 'self', string>>>> = {
    host: { host: 'not-allowed', 'co-host': 'ok', participant: 'ok', observer: 'ok', self: 'not-allowed' },
    'co-host': {
      host: 'not-allowed',
      'co-host': 'not-allowed',
      participant: 'ok',
      observer: 'ok',
      self: 'not-allowed',
    },
  };

  it.each(
    (['host', 'co-host'] as const).flatMap((role) =>
      ([...LESSON_ROLES, 'self'] as const).map((target) => [role, target] as const),
    ),
  )('%s towards %s', async (role, target) => {
    const { actor, lessonId } = await scene(role);
    const name = target === 'self' ? 'act' : 'other';
    if (target !== 'self') {
      // The door asks by now: let them in first.
      const host = await fixture.connect(fixture.ticket('ann', { lessonId, role: 'host' }));
      await host.join();
      await host.ask('set-room', { admission: 'open' });
      const other = await fixture.connect(fixture.ticket('other', { lessonId, role: ticketRole(target) }));
      await other.join();
      if (target === 'co-host') await host.ask('promote', { personId: 'other', role: 'co-host' });
    }
    expect(codeOf(await actor.raw('quieten', { personId: name, source: 'camera' }))).toBe(EXPECTED[role][target]);
    expect(codeOf(await actor.raw('remove', { personId: name }))).toBe(EXPECTED[role][target]);
    actor.socket.disconnect();
  });
});

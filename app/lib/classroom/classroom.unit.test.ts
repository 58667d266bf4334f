import { describe, expect, it } from 'vitest';
import type { ConsumerInfo, Joined, PeerInfo, Stats } from '#sfu/signalling/protocol.ts';
import { attendedBy } from './attendance.ts';
import { backoff } from './backoff.ts';
import { gridFor } from './grid.ts';
import { beganLastMinutes, momentOf } from './lesson-clock.ts';
import { linkOf } from './link-quality.ts';
import { isMuted, peersOf, screensOf, withConsumer, withoutConsumer, withoutPeer, withPeer } from './peers.ts';

const peer = (personId: string, more: Partial<PeerInfo> = {}): PeerInfo => ({
  personId,
  name: personId,
  role: 'participant',
  connected: true,
  link: 'good',
  producers: [],
  hand: null,
  recorded: true,
  faults: [],
  ...more,
});
const consumer = (consumerId: string, personId: string, source: ConsumerInfo['source'] = 'camera'): ConsumerInfo => ({
  consumerId,
  producerId: `p-${consumerId}`,
  personId,
  source,
  kind: source === 'microphone' ? 'audio' : 'video',
  rtpParameters: { codecs: [] },
});
const joined = (peers: PeerInfo[], consumers: ConsumerInfo[] = []): Joined => ({
  connectionId: 'c',
  supportCode: 'ABCDEFGH',
  resumeToken: 'r',
  now: 0,
  routerRtpCapabilities: {},
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
  you: peer('me'),
  speaking: [],
  peers,
  consumers,
});
const names = (peers: readonly { personId: string }[]) => peers.map(({ personId }) => personId);

describe('the others in the room', () => {
  it('are listed with the tutor first and then by name', () => {
    const peers = peersOf(joined([peer('zoe'), peer('bob'), peer('tom', { role: 'host' })]), 0);
    expect(names(peers)).toEqual(['tom', 'bob', 'zoe']);
    expect(names(withPeer(peers, peer('abe'), 0))).toEqual(['tom', 'abe', 'bob', 'zoe']);
  });

  it('keep their tracks and their place when something about them changes', () => {
    const before = peersOf(joined([peer('ann'), peer('bob')], [consumer('1', 'ann')]), 0);
    const after = withPeer(before, peer('ann', { link: 'weak' }), 0);
    expect(after[0]).toMatchObject({ link: 'weak', consumers: [{ consumerId: '1' }] });
  });

  it('count how long they are away from the first message that said so', () => {
    const gone = withPeer(peersOf(joined([peer('ann')]), 0), peer('ann', { connected: false }), 1_000);
    expect(withPeer(gone, peer('ann', { connected: false }), 5_000)[0]?.awaySince).toBe(1_000);
    expect(withPeer(gone, peer('ann'), 5_000)[0]?.awaySince).toBeNull();
  });

  it('gain and lose consumers, and a consumer of nobody is dropped', () => {
    const one = withConsumer(peersOf(joined([peer('ann')]), 0), consumer('1', 'ann'));
    expect(withConsumer(one, consumer('2', 'nobody'))).toEqual(one);
    expect(withConsumer(one, consumer('1', 'ann'))[0]?.consumers).toHaveLength(1);
    expect(withoutConsumer(one, '1')[0]?.consumers).toEqual([]);
    expect(withoutPeer(one, 'ann')).toEqual([]);
  });

  it('are muted without a microphone and with a paused one', () => {
    const [silent] = peersOf(joined([peer('ann')]), 0);
    const microphone = { producerId: 'p', source: 'microphone', kind: 'audio' } as const;
    const [paused] = peersOf(joined([peer('ann', { producers: [{ ...microphone, paused: true }] })]), 0);
    const [open] = peersOf(joined([peer('ann', { producers: [{ ...microphone, paused: false }] })]), 0);
    expect([silent, paused, open].map((one) => one && isMuted(one))).toEqual([true, true, false]);
  });

  it('share their screens, the last one at the end', () => {
    const peers = peersOf(
      joined([peer('ann'), peer('bob')], [consumer('1', 'ann'), consumer('2', 'bob', 'screen')]),
      0,
    );
    expect(screensOf(peers).map(({ peer: { personId } }) => personId)).toEqual(['bob']);
    expect(screensOf(withoutConsumer(peers, '2'))).toEqual([]);
  });
});

describe('the quality of a link', () => {
  const stats = (measured: Partial<Stats>): Stats => ({
    rttMs: 40,
    jitterMs: 5,
    lossUp: 0,
    lossDown: 0,
    framesDecoded: 75,
    outgoing: 900_000,
    faults: [],
    ...measured,
  });

  it.each([
    ['little is lost', stats({ lossUp: 0.025, lossDown: 0.05 }), true, 'good'],
    ['much is lost on the way here', stats({ lossDown: 0.09 }), true, 'weak'],
    ['much is lost on the way there, of the few packets that go', stats({ lossUp: 0.09 }), true, 'weak'],
    ['it is far away', stats({ rttMs: 420 }), true, 'weak'],
    ['too few packets came to say', stats({ rttMs: null, lossUp: null, lossDown: null }), true, 'good'],
    ['nothing was measured yet', null, true, 'good'],
    ['there is none', stats({}), false, 'lost'],
  ] as const)('[W1] %s', (_what, measured, connected, expected) => {
    expect(linkOf(measured, connected)).toBe(expected);
  });
});

describe('the lesson clock', () => {
  const lesson = { startsAt: 1_000_000, minutes: 30 };
  const minute = 60_000;

  it('names where the lesson stands', () => {
    expect(momentOf(lesson, 1_000_000 - minute)).toEqual({ kind: 'before', startsIn: minute });
    expect(momentOf(lesson, 1_000_000)).toEqual({ kind: 'running', left: 30 * minute });
    expect(momentOf(lesson, 1_000_000 + 33 * minute)).toEqual({ kind: 'over', by: 3 * minute });
  });

  it('says once that five minutes are left', () => {
    const at = (minutes: number) => 1_000_000 + minutes * minute;
    expect(beganLastMinutes(lesson, at(24), at(25))).toBe(true);
    expect(beganLastMinutes(lesson, at(25), at(26))).toBe(false);
    expect(beganLastMinutes(lesson, at(10), at(40))).toBe(false);
  });
});

describe('small choices', () => {
  it.each([
    [2, { width: 930, height: 680 }, 1],
    [2, { width: 1_200, height: 400 }, 2],
    [4, { width: 930, height: 680 }, 2],
    [3, { width: 360, height: 640 }, 1],
    [12, { width: 1_200, height: 680 }, 4],
    [1, { width: 0, height: 0 }, 1],
  ])('%i people in %o stand in %i columns', (count, space, columns) => {
    const shape = gridFor(count, space, 12);
    expect(shape.columns).toBe(columns);
    const rows = Math.ceil(count / shape.columns);
    expect(shape.width * columns + 12 * (columns - 1)).toBeLessThanOrEqual(Math.max(space.width, 12 * (columns - 1)));
    if (shape.width > 0) expect(shape.height * rows + 12 * (rows - 1)).toBeLessThanOrEqual(space.height);
  });

  it('tries again at once, then more slowly, never slower than three seconds', () => {
    expect(backoff(0, 1)).toBe(0);
    expect(backoff(1, 0)).toBe(125);
    expect(backoff(1, 1)).toBe(250);
    expect(backoff(20, 1)).toBe(3_000);
  });
});

describe('attendance after the lesson', () => {
  const minute = 60_000;
  const lesson = {
    tutorId: 'tom',
    tutorName: 'Tom',
    students: [
      { bookingId: 'b1', studentId: 'ann', name: 'Ann' },
      { bookingId: 'b2', studentId: 'bob', name: 'Bob' },
    ],
  };
  type Intervals = { from: number; to: number | null }[];
  const row = (personId: string, here: Intervals, away: Intervals = []) => ({
    personId,
    name: personId,
    role: 'participant',
    here,
    sent: [],
    received: [],
    away,
    workedMinutes: [],
    hereMs: 0,
    awayMs: 0,
  });
  const shown = { from: 0, to: 60 * minute };

  it('names everyone who has a place, there or not, and who else came', () => {
    const people = attendedBy(lesson, [row('ann', [{ from: 0, to: 30 * minute }]), row('olga', [])], shown);
    expect(people.map(({ personId, minutes }) => [personId, minutes])).toEqual([
      ['tom', 0],
      ['ann', 30],
      ['bob', 0],
      ['olga', 0],
    ]);
  });

  it('counts minutes on two devices once, leaves gaps out, and calls no reload a break', () => {
    const here = [
      { from: 0, to: 20 * minute },
      { from: 10 * minute, to: 30 * minute },
      { from: 30 * minute + 20_000, to: 40 * minute },
      { from: 50 * minute, to: null },
    ];
    const [, ann] = attendedBy(lesson, [row('ann', here)], shown);
    // 40 and 10 minutes, less the 20 seconds of the reload.
    expect(ann).toMatchObject({ minutes: 49, breaks: 1 });
    expect(ann?.spans).toEqual([
      { from: 0, width: 40 / 60 },
      { from: 50 / 60, width: 10 / 60 },
    ]);
  });

  it('counts the minutes with the page out of sight apart, and as minutes too', () => {
    const away = [
      { from: 5 * minute, to: 8 * minute },
      { from: 50 * minute, to: null },
    ];
    const [, ann, bob] = attendedBy(lesson, [row('ann', [{ from: 0, to: null }], away)], shown);
    expect(ann).toMatchObject({ minutes: 60, awayMinutes: 13, breaks: 0 });
    expect(bob).toMatchObject({ minutes: 0, awayMinutes: 0 });
  });

  it('draws only what lies in the time shown', () => {
    const [, ann] = attendedBy(lesson, [row('ann', [{ from: -30 * minute, to: 30 * minute }])], shown);
    expect(ann?.spans).toEqual([{ from: 0, width: 0.5 }]);
  });
});

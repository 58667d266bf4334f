import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConsumerInfo, PeerInfo } from '#sfu/signalling/protocol.ts';
import { gridFor, MOST_TILES, pagesOf, tilesPerPage } from './grid.ts';
import { layerFor, MOST_SMALL, planLayers, type Watched } from './layers.ts';
import { withPeer, type RemotePeer } from './peers.ts';
import { whoIsOn } from './speaker.ts';
import { Watching, type Tile } from './watching.ts';

const GAP = 12;

describe('a page of faces', () => {
  it.each([
    ['a desk', { width: 1_256, height: 656 }, MOST_TILES],
    ['beside a panel', { width: 920, height: 656 }, 42],
    ['a phone', { width: 366, height: 600 }, 15],
    ['a phone on its side', { width: 640, height: 180 }, 5],
    ['no room at all', { width: 0, height: 0 }, 1],
  ])('on %s holds as many as can be told apart', (_where, space, most) => {
    expect(tilesPerPage(space, GAP)).toBe(most);
  });

  it.each([
    { width: 1_256, height: 656 },
    { width: 366, height: 600 },
    { width: 700, height: 300 },
  ])('is filled without any being too small, in %o', (space) => {
    expect(gridFor(tilesPerPage(space, GAP), space, GAP).width).toBeGreaterThanOrEqual(112);
  });

  it('keeps a place for oneself on the first one only', () => {
    expect(pagesOf([], 4)).toEqual([[]]);
    expect(pagesOf(['a', 'b', 'c'], 4)).toEqual([['a', 'b', 'c']]);
    expect(pagesOf(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 4)).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e', 'f', 'g'],
      ['h'],
    ]);
    expect(pagesOf(['a', 'b'], 1)).toEqual([['a'], ['b'], []]);
  });

  it('of fifty people are two, and nobody is missing or shown twice', () => {
    const others = Array.from({ length: 49 }, (_, index) => index);
    const pages = pagesOf(others, MOST_TILES);
    expect(pages.map(({ length }) => length)).toEqual([48, 1]);
    expect(pages.flat()).toEqual(others);
  });
});

describe('the layer of a picture', () => {
  const picture = (consumerId: string, width: number, more: Partial<Watched> = {}): Watched => ({
    consumerId,
    width,
    source: 'camera',
    counts: false,
    ...more,
  });
  const planned = (pictures: Watched[], saving: Parameters<typeof planLayers>[1]) =>
    Object.fromEntries(planLayers(pictures, saving));

  it('is that of its size, and none when nobody sees it', () => {
    expect([0, 160, 320, 500, 1_200].map(layerFor)).toEqual([null, 0, 0, 1, 2]);
    expect(planned([picture('a', 1_200), picture('b', 0)], 'none')).toEqual({ a: 2, b: null });
  });

  it('is the smallest, of a few, where pictures are small', () => {
    const many = Array.from({ length: MOST_SMALL + 1 }, (_, index) => picture(`p${index}`, 200 + index));
    const plan = planned(
      [...many, picture('ann', 100, { counts: true }), picture('away', 0, { counts: true })],
      'small',
    );
    expect(plan['ann']).toBe(0);
    expect(plan['away']).toBeNull();
    expect(Object.values(plan).filter((layer) => layer === 0)).toHaveLength(MOST_SMALL);
    // The smallest tiles give way.
    expect([plan['p0'], plan['p1'], plan['p4']]).toEqual([null, null, 0]);
  });

  it('a shared screen comes small too, and always', () => {
    const pictures = [picture('screen', 900, { source: 'screen' }), picture('behind', 0, { source: 'screen' })];
    expect(planned(pictures, 'small')).toEqual({ screen: 0, behind: null });
  });

  it('is none where only sound is taken', () => {
    expect(planned([picture('a', 900, { counts: true }), picture('s', 900, { source: 'screen' })], 'sound')).toEqual({
      a: null,
      s: null,
    });
  });
});

describe('what is watched', () => {
  let told: (readonly Tile[])[] = [];
  const info = (consumerId: string, personId: string, kind: 'audio' | 'video' = 'video'): ConsumerInfo => ({
    consumerId,
    producerId: `p-${consumerId}`,
    personId,
    source: kind === 'audio' ? 'microphone' : 'camera',
    kind,
    rtpParameters: { codecs: [] },
  });
  const start = (counts: string[] = []): Watching =>
    new Watching(
      (tiles) => told.push(tiles),
      (personId) => counts.includes(personId),
    );
  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
  });
  afterEach(() => void vi.useRealTimers());

  it('begins small, and grows when the tile is there', () => {
    const watching = start();
    expect(watching.add([info('1', 'ann'), info('2', 'ann', 'audio')])).toEqual([{ consumerId: '1', spatialLayer: 0 }]);
    watching.viewer('ann', 'camera').see(1_200);
    vi.runAllTimers();
    expect(told).toEqual([[{ consumerId: '1', spatialLayer: 2 }]]);
  });

  it('a page that is turned is one message, of what changed', () => {
    const watching = start();
    const [ann, bob] = [watching.viewer('ann', 'camera'), watching.viewer('bob', 'camera')];
    ann.see(200);
    bob.see(200);
    watching.add([info('1', 'ann'), info('2', 'bob'), info('3', 'cy')]);
    ann.leave();
    watching.viewer('cy', 'camera').see(200);
    bob.see(210);
    vi.runAllTimers();
    expect(told).toEqual([
      [
        { consumerId: '1', spatialLayer: null },
        { consumerId: '3', spatialLayer: 0 },
      ],
    ]);
  });

  it('someone who comes to another page is not begun at all', () => {
    const watching = start();
    watching.viewer('ann', 'camera').see(200);
    expect(watching.add([info('1', 'zoe')])).toEqual([{ consumerId: '1', spatialLayer: null }]);
  });

  it('of two places that show someone the larger one decides', () => {
    const watching = start();
    const [small, large] = [watching.viewer('ann', 'camera'), watching.viewer('ann', 'camera')];
    small.see(100);
    large.see(900);
    expect(watching.add([info('1', 'ann')])).toEqual([{ consumerId: '1', spatialLayer: 2 }]);
    large.leave();
    vi.runAllTimers();
    expect(told).toEqual([[{ consumerId: '1', spatialLayer: 0 }]]);
  });

  it('everything is told again when the server may not have heard it', () => {
    const watching = start();
    watching.viewer('ann', 'camera').see(200);
    watching.add([info('1', 'ann')]);
    watching.anew();
    vi.runAllTimers();
    expect(told).toEqual([[{ consumerId: '1', spatialLayer: 0 }]]);
  });
});

describe('who is on the stage', () => {
  const info = (personId: string, role: PeerInfo['role'] = 'participant'): PeerInfo => ({
    personId,
    name: personId,
    role,
    connected: true,
    link: 'good',
    producers: [],
    hand: null,
    recorded: true,
    faults: [],
  });
  const peers = [info('tom', 'host'), info('ann'), info('bob')].reduce<readonly RemotePeer[]>(
    (all, one) => withPeer(all, one, 0),
    [],
  );
  const on = (pinned: string | null, before: string | null, speaking: string[]) =>
    whoIsOn(pinned, before, speaking, peers)?.personId ?? null;

  it.each([
    ['who leads, before anybody spoke', null, null, [], 'tom'],
    ['the loudest', null, null, ['bob', 'ann'], 'bob'],
    ['still them, while they go on', null, 'ann', ['bob', 'ann'], 'ann'],
    ['still them, when it is quiet', null, 'ann', [], 'ann'],
    ['somebody else, once they have stopped', null, 'ann', ['bob'], 'bob'],
    ['never oneself', null, null, ['me', 'ann'], 'ann'],
    ['who is pinned, whoever speaks', 'ann', 'bob', ['bob'], 'ann'],
    ['who speaks, when the pinned one has left', 'zoe', 'bob', ['ann'], 'ann'],
    ['who leads, when the one before has left', null, 'zoe', [], 'tom'],
  ] as const)('%s', (_what, pinned, before, speaking, expected) => {
    expect(on(pinned, before, [...speaking])).toBe(expected);
  });

  it('nobody, where nobody else is', () => {
    expect(whoIsOn('ann', 'ann', ['ann'], [])).toBeNull();
  });
});

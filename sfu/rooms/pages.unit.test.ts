import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GLANCE_MS, MOST_HIDINGS, Pages, SHOWN } from './pages.ts';
import type { Peer, Presence } from './peer.ts';
import type { Room } from './room.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const START = 1_000_000;

/** One person in one room; `told` is what the lesson is told, with ms since the start. */
function setUp() {
  let jumped = 0;
  const began = Date.now();
  const now = (): number => START + Date.now() - began + jumped;
  const told: [string, number][] = [];
  const attendance = {
    page: (_ids: unknown, _role: unknown, type: 'PageHidden' | 'PageShown', at: number): void =>
      void told.push([type, at - START]),
  };
  const presence: Presence = { kind: 'connected', connection: { send: () => undefined, close: () => undefined } };
  const peer = { personId: 'bob', connectionId: 'c', role: 'participant', page: SHOWN, presence };
  const peers = new Map<string, unknown>([['bob', peer]]);
  // Of a room and a peer no more is looked at.
  const [room, bob] = [{ lessonId: 'l', peers, hidings: new Map() } as unknown as Room, peer as unknown as Peer];
  const pages = new Pages(attendance, { now });
  return {
    told,
    pages,
    bob,
    room,
    peers,
    say: (visible: boolean) => pages.report(room, bob, visible),
    jump: (ms: number) => void (jumped += ms),
  };
}
const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

describe('[P14] a page out of sight', () => {
  it('[P14] is told after 5 s, since it was hidden, and shown again at once', () => {
    const { say, told } = setUp();
    say(false);
    pass(GLANCE_MS - 1);
    expect(told).toEqual([]);
    pass(1);
    expect(told).toEqual([['PageHidden', 0]]);
    pass(10_000);
    say(true);
    expect(told).toEqual([
      ['PageHidden', 0],
      ['PageShown', 15_000],
    ]);
  });

  it('[P14] for a glance is nothing, however many there are', () => {
    const { say, told } = setUp();
    for (let n = 0; n < 20; n += 1) {
      say(false);
      pass(GLANCE_MS - 1);
      say(true);
      pass(1);
    }
    pass(60_000);
    expect(told).toEqual([]);
  });

  it('[P14] said again changes nothing, neither the fact nor its time', () => {
    const { say, told } = setUp();
    say(true);
    say(false);
    pass(3_000);
    say(false);
    pass(2_000);
    say(false);
    pass(60_000);
    say(true);
    say(true);
    expect(told).toEqual([
      ['PageHidden', 0],
      ['PageShown', 65_000],
    ]);
  });

  it('[P14] is so by the business clock, though it is moved meanwhile', () => {
    const { say, told, jump } = setUp();
    say(false);
    jump(1_800_000);
    pass(GLANCE_MS);
    say(true);
    expect(told).toEqual([
      ['PageHidden', 0],
      ['PageShown', 1_805_000],
    ]);
  });

  it('[P14] is told of nobody who is gone, or away and not back', () => {
    const gone = setUp();
    gone.say(false);
    gone.peers.clear();
    pass(60_000);
    expect(gone.told).toEqual([]);

    const away = setUp();
    away.say(false);
    away.bob.presence = { kind: 'away', timer: setTimeout(() => undefined, 0) };
    pass(GLANCE_MS);
    expect(away.told).toEqual([]);
    away.bob.presence = { kind: 'connected', connection: { send: () => undefined, close: () => undefined } };
    away.say(false);
    pass(GLANCE_MS);
    expect(away.told).toEqual([['PageHidden', GLANCE_MS]]);
  });

  it('[P14] is told so often and no more, and never without its end', () => {
    const { say, told } = setUp();
    for (let n = 0; n < MOST_HIDINGS + 20; n += 1) {
      say(false);
      pass(GLANCE_MS);
      say(true);
    }
    expect(told.filter(([type]) => type === 'PageHidden')).toHaveLength(MOST_HIDINGS);
    expect(told.filter(([type]) => type === 'PageShown')).toHaveLength(MOST_HIDINGS);
    expect(told.at(-1)?.[0]).toBe('PageShown');
  });

  it('[P14] is told so often of one person and no more, though they join anew, and of others besides', () => {
    const { pages, room, peers, bob, told } = setUp();
    const hides = (personId: string, connectionId: string): void => {
      const peer = { ...bob, personId, connectionId, page: SHOWN } as Peer;
      peers.set(personId, peer);
      pages.report(room, peer, false);
      pass(GLANCE_MS);
      pages.report(room, peer, true);
    };
    for (let n = 0; n < MOST_HIDINGS + 20; n += 1) hides('bob', `c${n}`);
    expect(told.filter(([type]) => type === 'PageHidden')).toHaveLength(MOST_HIDINGS);
    hides('cy', 'd');
    expect(told.filter(([type]) => type === 'PageHidden')).toHaveLength(MOST_HIDINGS + 1);
  });

  it('[P12] [P14] is told anew over a connection that is begun again', () => {
    const { say, told, pages, room, bob } = setUp();
    pages.tellAnew(room, bob);
    say(false);
    pages.tellAnew(room, bob);
    expect(told).toEqual([]);
    pass(GLANCE_MS);
    pages.tellAnew(room, bob);
    expect(told).toEqual([
      ['PageHidden', 0],
      ['PageHidden', GLANCE_MS],
    ]);
  });
});

/** How a page comes into a lesson whose door first gives a ticket that opens no document. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Joined, ServerDataOf } from '#sfu/signalling/protocol.ts';
import type { Join } from '../../server/services.ts';
import type { LocalMedia } from './local-media.svelte.ts';
import { MediaSession } from './media-session.ts';
import { Room } from './room.svelte.ts';
import { RefusedError, Signalling } from './signalling.ts';

// Runes are compiled away in pages; here a plain value does.
vi.hoisted(() => {
  const plain = (value: unknown): unknown => value;
  Reflect.set(globalThis, '$state', Object.assign(plain, { raw: plain }));
});

type Role = 'observer' | 'participant';

/** More than any way in takes: whoever is not in by then goes round in a circle. */
const MOST_ASKS = 6;

let room: Room;
/** What the page asked of the lesson's door: `true` for a new ticket of who is connected. */
let asked: boolean[];
/** Who was opened to the media server, and what each of them asked. */
let connections: string[][];
let letIn: () => void;

/** @param opensAt the door's answer from which on its tickets open documents; @param waits whether the host's word is needed. */
function comesAs(role: Role, { opensAt, waits }: { opensAt: number; waits: boolean }): void {
  vi.stubGlobal('fetch', async (_url: string, { body }: { body: string }): Promise<Response> => {
    asked.push(Reflect.get(JSON.parse(body), 'renewing') === true);
    if (asked.length > MOST_ASKS) return new Promise(() => undefined);
    const documents = asked.length >= opensAt ? [{ name: 'board:l', clientIds: [] }] : [];
    const join: Join = {
      lessonId: 'l',
      role,
      ticket: `ticket ${asked.length}`,
      expiresAt: Date.now() + 600_000,
      sync: { url: 'wss://sync.test', documents },
      signalling: { url: 'https://media.test', path: '/signalling' },
    };
    return Response.json(join);
  });
  let inside = !waits;
  const admitted = new Promise<void>((resolve) => {
    letIn = () => {
      inside = true;
      resolve();
    };
  });
  const info = { personId: 'p', name: 'P', role, connected: true, link: 'good', producers: [], hand: null } as const;
  const switches = { locked: false, admission: 'ask', mayUnmute: true, mayVideo: true, mayShare: true } as const;
  const joined: Joined = {
    connectionId: 'c',
    resumeToken: 'r',
    supportCode: 's',
    now: 0,
    routerRtpCapabilities: { codecs: [], headerExtensions: [] },
    transports: null,
    iceServers: [],
    producers: [],
    room: { ...switches, waiting: [], out: [], network: 'theirs' },
    you: { ...info, recorded: true, faults: [] },
    peers: [],
    consumers: [],
    speaking: [],
  };
  vi.spyOn(Signalling, 'open').mockImplementation(async () => {
    const said: string[] = [];
    connections.push(said);
    const signalling = {
      on: () => undefined,
      onLost: () => undefined,
      close: () => undefined,
      admitted: () => admitted,
      ask: async (type: string): Promise<unknown> => {
        said.push(type);
        if (type === 'join' && !inside) throw new RefusedError('waiting', '');
        return type === 'join' ? joined : null;
      },
    };
    const welcome = { version: 1, routerRtpCapabilities: joined.routerRtpCapabilities };
    return {
      signalling: signalling as unknown as Signalling,
      welcome: welcome as unknown as ServerDataOf<'welcome'>,
    };
  });
  const local = { onChange: () => undefined, stop: () => undefined, camera: null, microphone: null, screen: null };
  room = new Room({
    code: 'nx-1',
    personId: 'p',
    local: local as unknown as LocalMedia,
    recordable: false,
    onClock: () => undefined,
  });
  void room.enter();
}
const joins = (): number => connections.flat().filter((type) => type === 'join').length;

beforeEach(() => {
  asked = [];
  connections = [];
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
  vi.spyOn(MediaSession.prototype, 'capabilities').mockResolvedValue({ codecs: [], headerExtensions: [] });
  vi.spyOn(MediaSession.prototype, 'library').mockReturnValue(new Promise(() => undefined));
});
afterEach(() => {
  room.destroy();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it('[AC13] an observer is in with the ticket that opens nothing yet: board and chat open once the lesson knows of them', async () => {
  comesAs('observer', { opensAt: Infinity, waits: false });
  await expect.poll(() => room.phase).toBe('live');
  expect([asked, connections.length, joins()]).toEqual([[false], 1, 1]);
});

it('[AC13] an observer whom the host lets in joins at once, and does not wait for what opens only after the join', async () => {
  comesAs('observer', { opensAt: Infinity, waits: true });
  await expect.poll(() => room.phase).toBe('knocking');
  letIn();
  await expect.poll(() => room.phase).toBe('live');
  expect([asked, connections.length, joins()]).toEqual([[false], 1, 2]);
});

it('whoever takes part joins with a ticket for board and chat, which the door gives once they are let in', async () => {
  comesAs('participant', { opensAt: 3, waits: true });
  await expect.poll(() => room.phase).toBe('knocking');
  expect(asked).toEqual([false]);
  letIn();
  await expect.poll(() => room.phase).toBe('live');
  expect(asked).toEqual([false, true, true]);
  expect(connections).toHaveLength(1);
  expect(connections[0]?.slice(0, 3)).toEqual(['join', 'renew-ticket', 'join']);
});

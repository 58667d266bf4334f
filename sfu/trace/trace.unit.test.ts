import { describe, expect, it, vi } from 'vitest';
import type { ClientType } from '../signalling/protocol.ts';
import { heardOf, Reports } from './heard.ts';
import { MOST_BYTES, MOST_ENTRIES, MOST_PICTURES, PICTURES_APART_MS, Trace, type StoredTrace } from './trace.ts';
import { Traces } from './traces.ts';
import { toldOf } from './told.ts';

const AUDIO = {
  kind: 'audio',
  source: 'microphone',
  paused: false,
  rtpParameters: { codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }] },
};
const WHO = { lessonId: 'lesson-1', personId: 'bob', role: 'participant' } as const;
const entry = (event: string, summary = '') =>
  ({ at: 1, line: 1, way: 'in', event, bytes: 0, answer: 'ok', summary }) as const;

describe('[TR1] a trace', () => {
  it('holds the last 300 entries and says how many gave way', () => {
    const trace = new Trace('ABCDEFGH', WHO, 0);
    for (let i = 0; i < MOST_ENTRIES + 5; i += 1) trace.add(entry(`e${i}`));
    const { entries, dropped } = trace.stored();
    expect(entries).toHaveLength(MOST_ENTRIES);
    expect(entries.map(({ event }) => event).slice(18, 22)).toEqual(['e18', 'e19', 'e25', 'e26']);
    expect([entries[0]?.event, entries.at(-1)?.event, dropped]).toEqual(['e0', 'e304', 5]);
  });

  it('holds no more than 64 KiB', () => {
    const trace = new Trace('ABCDEFGH', WHO, 0);
    for (let i = 0; i < 50; i += 1) trace.add(entry(`e${i}`, 'x'.repeat(3_000)));
    const { entries } = trace.stored();
    const bytes = Buffer.byteLength(JSON.stringify(entries));
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    expect(bytes).toBeGreaterThan(MOST_BYTES - 3_200);
    expect(entries.at(-1)?.event).toBe('e49');
  });

  it('[TR4] takes so many pictures a visit, and not all at once', () => {
    const trace = new Trace('ABCDEFGH', WHO, 0);
    expect([0, PICTURES_APART_MS - 1].map((now) => trace.takePicture(now))).toEqual(['pass', 'too-fast']);
    for (let i = 1; i < MOST_PICTURES; i += 1) expect(trace.takePicture(i * PICTURES_APART_MS)).toBe('pass');
    expect(trace.takePicture(1e9)).toBe('too-many');
  });
});

describe('[TR2] what is kept of a message', () => {
  it('names codec, stream and layer of what is sent', () => {
    const rtpParameters = {
      ...AUDIO.rtpParameters,
      mid: '3',
      encodings: [{ ssrc: 77, rid: 'h' }],
      rtcp: { cname: 'SECRET' },
    };
    const words = heardOf('produce', { ...AUDIO, rtpParameters });
    expect(words).toMatch(/^microphone, audio, mid 3, codecs audio\/opus\/48000, ssrc 77, rid h$/);
  });

  it.each<[ClientType, unknown]>([
    ['renew-ticket', { ticket: 'SECRET' }],
    ['join', { version: 1, rtpCapabilities: { codecs: [] }, resume: { token: 'SECRET', keepTransports: true } }],
    [
      'connect-transport',
      { transportId: 't', dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'SECRET' }] } },
    ],
    [
      'report-sdp',
      {
        why: 'asked',
        ufrag: 'SECRET',
        transports: [
          {
            direction: 'send',
            connection: 'connected',
            ice: 'connected',
            gathering: 'complete',
            pwd: 'SECRET',
            local: {
              sections: [],
              candidates: [
                { type: 'host', protocol: 'udp', address: '203.0.113.9', ufrag: 'SECRET' },
                { type: 'host', protocol: 'udp', address: 'secret.example' },
              ],
            },
            remote: null,
          },
        ],
      },
    ],
    ['join', { SECRET: 1 }],
  ])('%s keeps no secret and no whole address', (type, data) => {
    expect(heardOf(type, data)).not.toMatch(/secret|203\.0\.113\.9/i);
  });

  it('keeps no credential and no name of what a join is answered', () => {
    const transport = {
      id: 't',
      iceParameters: { usernameFragment: 'SECRET', password: 'SECRET' },
      iceCandidates: [
        {
          foundation: 'f',
          priority: 1,
          ip: '203.0.113.9',
          address: '203.0.113.9',
          protocol: 'udp' as const,
          port: 4_321,
          type: 'host' as const,
        },
      ],
      dtlsParameters: { fingerprints: [{ algorithm: 'sha-256' as const, value: 'SECRET' }] },
    };
    const you = {
      personId: 'bob',
      name: 'SECRET',
      role: 'participant' as const,
      connected: true,
      link: 'good' as const,
      producers: [],
      hand: null,
      recorded: true,
      faults: [],
    };
    const room = { locked: false, admission: 'open', mayUnmute: true, mayVideo: true, mayShare: true } as const;
    const words = toldOf({
      type: 'joined-anew',
      data: {
        connectionId: 'c',
        resumeToken: 'SECRET',
        supportCode: 'ABCDEFGH',
        now: 0,
        routerRtpCapabilities: { codecs: [] },
        transports: { send: null, receive: transport },
        iceServers: [{ urls: ['turn:relay'], username: 'SECRET', credential: 'SECRET' }],
        producers: [],
        room: { ...room, waiting: [], out: [], network: 'theirs' },
        you,
        peers: [you],
        consumers: [],
        speaking: [],
      },
    });
    expect(words).toContain('candidate host udp 203.0.113.0/24');
    expect(words).toContain('relays 1');
    expect(words).not.toMatch(/SECRET|203\.0\.113\.9|4321/);
    expect(toldOf({ type: 'peer-joined', data: you })).not.toContain('SECRET');
  });

  it('notes bad reports always, and one good one a minute', () => {
    const good = { rttMs: 10, jitterMs: 1, lossUp: 0, lossDown: 0, framesDecoded: 9, outgoing: 1, faults: [] };
    const reports = new Reports();
    expect(Array.from({ length: 24 }, () => reports.wants(good)).filter(Boolean)).toHaveLength(2);
    expect(reports.wants({ ...good, lossDown: 0.2 })).toBe(true);
    expect(reports.wants({ ...good, faults: ['hears-nobody'] })).toBe(true);
  });
});

describe('[TR3] a visit', () => {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const nothing = (): string => '';
  function started(save: (trace: StoredTrace) => Promise<void>, log = quiet) {
    return new Traces({ save }, log, () => 5, 10);
  }

  it('has one code for all its connections, is stored when one ends, and another code when it is over', async () => {
    const saved: StoredTrace[] = [];
    const traces = started((trace) => Promise.resolve(void saved.push(trace)));
    const [first, second] = [traces.enter(WHO), traces.enter(WHO)];
    expect(first.supportCode).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
    expect(second.supportCode).toBe(first.supportCode);
    expect(traces.enter({ ...WHO, personId: 'eve' }).supportCode).not.toBe(first.supportCode);
    first.note('in', 'join', { a: 1 }, nothing, 'room-full');
    first.end();
    await vi.waitFor(() => expect(saved).toHaveLength(1));
    expect(saved[0]?.entries).toEqual([
      { at: 5, line: 1, way: 'in', event: 'join', bytes: 7, answer: 'room-full', summary: '' },
    ]);
    second.end();
    await vi.waitFor(() => expect(traces.size).toBe(1));
    expect(traces.enter(WHO).supportCode).not.toBe(first.supportCode);
  });

  it('of who said nothing is stored nowhere', async () => {
    const save = vi.fn(() => Promise.resolve());
    const traces = started(save);
    const line = traces.enter(WHO);
    line.note('out', 'welcome', {}, nothing);
    line.note('in', 'disconnect', undefined, nothing);
    line.end();
    await traces.close();
    expect(save).not.toHaveBeenCalled();
  });

  it('a write that fails is logged, never thrown, and tried again', async () => {
    const error = vi.fn();
    let broken = true;
    const saved: string[] = [];
    const traces = started(
      (trace) => (broken ? Promise.reject(new Error('away')) : Promise.resolve(void saved.push(trace.code))),
      { ...quiet, error },
    );
    const line = traces.enter(WHO);
    line.note('in', 'join', {}, nothing);
    line.save();
    await vi.waitFor(() => expect(error).toHaveBeenCalledTimes(1));
    broken = false;
    await traces.close();
    expect(saved).toEqual([line.supportCode]);
  });

  it('[TR3] the end of a visit that could not be stored is stored later', async () => {
    const saved: string[] = [];
    let broken = true;
    const save = (trace: StoredTrace): Promise<void> =>
      broken ? Promise.reject(new Error('away')) : Promise.resolve(void saved.push(trace.code));
    const failed = vi.fn();
    const traces = new Traces({ save }, { ...quiet, error: failed }, () => 0, 50);
    const line = traces.enter(WHO);
    line.note('in', 'join', {}, nothing);
    line.end();
    // At the end, and once the visit is over.
    await vi.waitFor(() => expect(failed.mock.calls.length).toBeGreaterThanOrEqual(2));
    broken = false;
    await vi.waitFor(() => expect(saved).toEqual([line.supportCode]));
    await vi.waitFor(() => expect(traces.size).toBe(0));
  });

  it('what cannot be summed up is logged and missing, and nobody is told', () => {
    const warn = vi.fn();
    const traces = started(() => Promise.resolve(), { ...quiet, warn });
    traces.enter(WHO).note('in', 'join', {}, () => {
      throw new Error('no');
    });
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

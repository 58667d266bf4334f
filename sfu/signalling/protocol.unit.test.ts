import { describe, expect, it } from 'vitest';
import { refuse } from '#events/shared/refusal.ts';
import { LESSON_ROLES as ROLES } from '#events/access/roles.ts';
import { mayIn, PERMISSIONS } from './permissions.ts';
import { CLIENT_TYPES, FINAL_CLOSES, isFinalClose, PASSING_CLOSES, REFUSALS } from './protocol.ts';
import { Bucket } from './rate.ts';
import { refused, refusedByLesson } from './refused.ts';
import { isConnectTransport, isJoin, isProduce, isSetLayers } from './schema.ts';
import { HANDLERS } from './table.ts';

describe('permissions', () => {
  it('[M3] an observer receives and stays, and sends nothing', () => {
    expect(PERMISSIONS.filter((permission) => mayIn('observer', permission))).toEqual([
      'join',
      'receive-media',
      'stay',
    ]);
  });

  it('[M3] everyone else sends media, raises hands and reacts', () => {
    for (const role of ROLES.filter((name) => name !== 'observer'))
      for (const permission of ['send-media', 'share-screen', 'raise-hand', 'react'] as const)
        expect(mayIn(role, permission)).toBe(true);
  });

  it('[R3] the host may do everything, a co-host all but naming co-hosts, a participant nothing to others', () => {
    const lacks = (role: (typeof ROLES)[number]) => PERMISSIONS.filter((permission) => !mayIn(role, permission));
    expect(lacks('host')).toEqual([]);
    expect(lacks('co-host')).toEqual(['promote']);
    expect(lacks('participant')).toEqual(['admit', 'manage-room', 'quieten', 'remove', 'lower-hands', 'promote']);
  });
});

describe('the protocol', () => {
  it('has one handler for each client message', () => {
    expect(Object.keys(HANDLERS).sort()).toEqual([...CLIENT_TYPES].sort());
  });

  it('says of every close whether to come back', () => {
    expect(FINAL_CLOSES.every(isFinalClose)).toBe(true);
    expect(PASSING_CLOSES.some(isFinalClose)).toBe(false);
  });

  it('has words for every refusal', () => {
    for (const code of REFUSALS) expect(refused(code).message.length).toBeGreaterThan(5);
  });

  it('[J4] passes the lesson’s own code on, and hides one that the protocol does not know', () => {
    expect(refusedByLesson(refuse('not-open-yet', 'Later.'))).toEqual({
      ok: false,
      code: 'not-open-yet',
      message: 'Later.',
    });
    expect(refusedByLesson(refuse('something-new', 'No.')).code).toBe('lesson-refused');
  });
});

describe('[A2] shapes', () => {
  const rtpCapabilities = { codecs: [], headerExtensions: [] };

  it.each([
    [{ version: 1, rtpCapabilities, resume: null }, true],
    [{ version: 1, rtpCapabilities, resume: { token: 'abc', keepTransports: true } }, true],
    [{ version: 2, rtpCapabilities, resume: null }, false],
    [{ version: 1, rtpCapabilities, resume: { token: 'x'.repeat(65), keepTransports: true } }, false],
    [{ version: 1, rtpCapabilities: { codecs: Array(65).fill({}) }, resume: null }, false],
    [{ version: 1, resume: null }, false],
    [null, false],
    ['join', false],
  ])('join %#', (data, expected) => {
    expect(isJoin(data)).toBe(expected);
  });

  const codecs = [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }];

  it.each([
    [{ kind: 'video', source: 'camera', paused: false, rtpParameters: { codecs } }, true],
    [{ kind: 'video', source: 'camera', paused: false, rtpParameters: { codecs: [] } }, false],
    [{ kind: 'video', source: 'periscope', paused: false, rtpParameters: { codecs } }, false],
    [{ kind: 'smell', source: 'camera', paused: false, rtpParameters: { codecs } }, false],
    [
      { kind: 'video', source: 'camera', paused: false, rtpParameters: { codecs, encodings: Array(5).fill({}) } },
      false,
    ],
    [{ kind: 'video', source: 'camera', rtpParameters: { codecs } }, false],
  ])('produce %#', (data, expected) => {
    expect(isProduce(data)).toBe(expected);
  });

  it('connect-transport needs a fingerprint, set-layers a layer of three', () => {
    expect(isConnectTransport({ transportId: 't', dtlsParameters: { fingerprints: [] } })).toBe(false);
    expect(isSetLayers({ consumerId: 'c', spatialLayer: 2 })).toBe(true);
    expect(isSetLayers({ consumerId: 'c', spatialLayer: null })).toBe(true);
    expect(isSetLayers({ consumerId: 'c', spatialLayer: 3 })).toBe(false);
    expect(isSetLayers({ consumerId: 'c', spatialLayer: 0.5 })).toBe(false);
  });
});

describe('[A1] the rate of messages', () => {
  const rate = { burst: 3, perSecond: 2, patience: 2 };

  it('lets a burst pass and refills with time', () => {
    const bucket = new Bucket(rate, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual(['pass', 'pass', 'pass', 'over']);
    expect([1_000, 1_000, 1_000].map((now) => bucket.take(now))).toEqual(['pass', 'pass', 'over']);
  });

  it('calls it a flood when patience is spent', () => {
    const bucket = new Bucket(rate, 0);
    expect(Array.from({ length: 6 }, () => bucket.take(0)).at(-1)).toBe('flood');
  });
});

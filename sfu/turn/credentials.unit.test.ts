import { describe, expect, it } from 'vitest';
import { CREDENTIAL_MS, iceServersFor } from './credentials.server.ts';

const TURN = { urls: ['turn:a.test:3478?transport=udp', 'turns:b.test:443?transport=tcp'], secret: 'north' };
const ANN = { lessonId: 'lesson-1', personId: 'ann' };

describe('TURN credentials', () => {
  it('[T1] name the second at which they run out, the lesson and the person, and are signed as coturn expects', () => {
    const [server] = iceServersFor(TURN, ANN, 1_000_000_000_400);
    expect(CREDENTIAL_MS).toBe(900_000);
    expect(server?.username).toBe('1000000900:lesson-1:ann');
    // printf '1000000900:lesson-1:ann' | openssl dgst -sha1 -hmac north -binary | base64
    expect(server?.credential).toBe('y8sCjX16IfURj9Ik7geKOC74aU8=');
    expect(server?.urls).toEqual(TURN.urls);
  });

  it('[T1] differ by person, lesson, time and secret', () => {
    const of = (secret: string, who: typeof ANN, now: number) =>
      iceServersFor({ ...TURN, secret }, who, now)[0]?.credential;
    const all = [
      of('north', ANN, 0),
      of('south', ANN, 0),
      of('north', { ...ANN, personId: 'bob' }, 0),
      of('north', { ...ANN, lessonId: 'lesson-2' }, 0),
      of('north', ANN, 1_000),
    ];
    expect(new Set(all).size).toBe(5);
  });

  it('[T1] there are none without a server', () => {
    expect(iceServersFor(null, ANN, 0)).toEqual([]);
  });
});

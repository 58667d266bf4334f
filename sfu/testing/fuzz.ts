/** Messages that no client of ours would send: wrong, missing, foreign and oversized arguments, from one seed. */
import { CLIENT_TYPES, type ClientType } from '../signalling/protocol.ts';
import { AUDIO, VIDEO } from './fixture.server.ts';

/** Ids that exist somewhere, of whomever. */
export interface Ids {
  readonly producers: string[];
  readonly consumers: string[];
  readonly transports: string[];
  readonly people: string[];
  readonly tickets: string[];
}

type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];

function deep(levels: number): unknown {
  let value: unknown = 'x';
  for (let i = 0; i < levels; i += 1) value = i % 2 === 0 ? [value] : { value };
  return value;
}

const NONSENSE: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => undefined,
  () => '',
  () => 'x'.repeat(9_000),
  () => Number.NaN,
  () => -1,
  () => 1e308,
  () => true,
  () => [],
  () => ({}),
  () => deep(200),
  () => Buffer.from([0, 1, 2, 255]),
  () => JSON.parse('{"__proto__":{"ok":true},"constructor":{"prototype":{}}}') as unknown,
  () => Array.from({ length: 2_000 }, (_, i) => i),
  (random) => ({ personId: random() * 1e9, producerId: {}, consumerIds: [null], toString: 1 }),
];

const nonsense = (random: Random): unknown => pick(random, NONSENSE)?.(random);

/** What each type takes, with ids of anybody. */
function likely(type: ClientType, ids: Ids, random: Random): unknown {
  const personId = pick(random, [...ids.people, 'nobody', '', '__proto__']);
  const producerId = pick(random, [...ids.producers, 'none']);
  switch (type) {
    case 'join':
      return {
        version: 1,
        rtpCapabilities: { codecs: [] },
        resume: random() < 0.3 ? { token: 'x', keepTransports: true } : null,
      };
    case 'connect-transport':
      return {
        transportId: pick(random, ids.transports),
        dtlsParameters: {
          role: 'client',
          fingerprints: [{ algorithm: 'sha-256', value: random() < 0.5 ? 'AA' : 'zz:' }],
        },
      };
    case 'produce':
      return { ...(random() < 0.5 ? VIDEO : AUDIO), source: pick(random, ['camera', 'microphone', 'screen']) };
    case 'close-producer':
    case 'pause-producer':
    case 'resume-producer':
      return { producerId };
    case 'consumer-ready':
      return { consumerIds: [pick(random, ids.consumers), 'none'] };
    case 'set-layers':
      return { consumerId: pick(random, ids.consumers), spatialLayer: pick(random, [null, 0, 1, 2, 3, -1]) };
    case 'restart-ice':
      return { transportId: pick(random, ids.transports) };
    case 'renew-ticket':
      return { ticket: pick(random, ids.tickets) };
    case 'report-link':
      return { link: pick(random, ['good', 'weak', 'lost', 'splendid']) };
    case 'report-stats':
      return {
        rttMs: random() * 70_000,
        jitterMs: null,
        lossUp: random() * 1.2,
        lossDown: null,
        framesDecoded: Math.floor(random() * 200),
        outgoing: random() * 1e6,
        faults: random() < 0.1 ? ['camera-black'] : [],
      };
    case 'report-sdp':
      return {
        why: pick(random, ['failed', 'asked', 'bored']),
        transports: [
          {
            direction: 'send',
            connection: pick(random, ['connected', 'a=fingerprint:sha-256 AA']),
            ice: 'checking',
            gathering: 'complete',
            local: {
              sections: [
                { mid: '0', kind: 'audio', direction: 'sendonly', codecs: ['opus/48000'], ssrcs: [7, -1], rids: [] },
              ],
              candidates: [{ type: 'host', protocol: 'udp', address: pick(random, ['192.0.2.7', 'x'.repeat(90)]) }],
            },
            remote: null,
          },
        ],
      };
    case 'report-page':
      return { visible: pick(random, [true, false, 'yes']) };
    case 'lower-hand':
    case 'admit':
    case 'turn-away':
    case 'remove':
      return { personId };
    case 'promote':
      return { personId, role: 'co-host' };
    case 'quieten':
      return { personId: random() < 0.5 ? null : personId, source: 'microphone' };
    case 'set-room':
      return { locked: true, mayUnmute: random() < 0.5 };
    case 'react':
      return { reaction: 'heart' };
    default:
      return {};
  }
}

/** One message: its type, which may be none of ours, and its data. */
export function hostileMessage(random: Random, ids: Ids): { type: string; data: unknown } {
  if (random() < 0.03)
    return { type: pick(random, ['__proto__', 'constructor', 'hello', 'x'.repeat(500)]) ?? '', data: {} };
  const type = pick(random, CLIENT_TYPES) ?? 'join';
  if (random() < 0.3) return { type, data: nonsense(random) };
  const data = likely(type, ids, random);
  if (random() < 0.7 || typeof data !== 'object' || data === null) return { type, data };
  // One field is missing, wrong, or one too many.
  const key = pick(random, Object.keys(data));
  if (key === undefined || random() < 0.2) return { type, data: { ...data, more: nonsense(random) } };
  return { type, data: { ...data, [key]: random() < 0.5 ? undefined : nonsense(random) } };
}

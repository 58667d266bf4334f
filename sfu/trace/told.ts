/** What is noted of the server's messages. Only what is named here is kept. */
import { never } from '#events/shared/never.ts';
import type { ServerMessage, ServerType } from '../signalling/protocol.ts';
import { clean, codecs, joined, joinWords, many, peer, rtp, switches } from './words.ts';

/** Who speaks changes every second, and would push out what support looks for. */
const PASSED_OVER: ReadonlySet<ServerType> = new Set(['speaking', 'reaction']);
export const isNoted = (type: ServerType): boolean => !PASSED_OVER.has(type);

export function toldOf({ type, data }: ServerMessage): string {
  switch (type) {
    case 'welcome':
      return joinWords(`version ${data.version}`, codecs(data.routerRtpCapabilities.codecs ?? []));
    case 'joined-anew':
      return joined(data);
    case 'peer-joined':
    case 'peer-changed':
    case 'you-changed':
      return peer(data);
    case 'peer-left':
      return `person ${clean(data.personId)}`;
    case 'room-changed':
      return joinWords(switches(data), `network ${data.network}`, `waiting ${data.waiting.length}`);
    case 'waiting':
      return data.hostHere ? 'a host is here' : 'no host is here';
    case 'quietened':
      return joinWords(data.source, `by ${clean(data.by)}`);
    case 'consumer-added':
      return joinWords(`person ${clean(data.personId)}`, data.source, data.kind, rtp(data.rtpParameters));
    case 'consumer-closed':
      return many('consumer', [data.consumerId]) ?? '';
    case 'closed':
      return data.reason;
    case 'admitted':
    case 'clock':
    case 'speaking':
    case 'reaction':
      return '';
    default:
      return never(type);
  }
}

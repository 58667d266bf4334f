/** What is noted of a client's message. Only what is named here is kept: no ticket, key, fingerprint, credential or name. */
import { never } from '#events/shared/never.ts';
import { isWeak, type Answer, type ClientType, type Joined, type Stats } from '../signalling/protocol.ts';
import * as shape from '../signalling/schema.ts';
import type { TraceLine } from './traces.ts';
import { clean, codecs, joined, joinWords, many, picture, rtp, switches } from './words.ts';

const UNREADABLE = 'of another shape';
/** Reports that are good say nothing new: one of so many is noted. */
const ONE_OF = 12;

/** Which reports of statistics are noted: those that are weak or name a fault, and one a minute of the others. */
export class Reports {
  #good = 0;

  wants(data: unknown): boolean {
    if (!shape.isStats(data) || isWeak(data) || data.faults.length > 0) return true;
    this.#good += 1;
    return this.#good % ONE_OF === 1;
  }
}

const share = (value: number | null): string => (value === null ? '-' : `${(value * 100).toFixed(1)} %`);
const ms = (value: number | null): string => (value === null ? '-' : `${Math.round(value)} ms`);

const stats = (given: Stats): string =>
  joinWords(
    `rtt ${ms(given.rttMs)}`,
    `jitter ${ms(given.jitterMs)}`,
    `loss up ${share(given.lossUp)}`,
    `loss down ${share(given.lossDown)}`,
    `sends ${Math.round(given.outgoing / 1_000)} kbit/s`,
    `frames ${given.framesDecoded}`,
    many('faults', given.faults),
  );

/** @param data as it came: of any shape. */
export function heardOf(type: ClientType, data: unknown): string {
  switch (type) {
    case 'join': {
      if (!shape.isJoin(data)) return UNREADABLE;
      const { resume, recorded, rtpCapabilities } = data;
      const back = resume === null ? 'anew' : resume.keepTransports ? 'back, keeps transports' : 'back, new transports';
      return joinWords(back, recorded === false && 'not recorded', codecs(rtpCapabilities.codecs ?? []));
    }
    case 'connect-transport':
      if (!shape.isConnectTransport(data)) return UNREADABLE;
      return joinWords(`transport ${clean(data.transportId)}`, `dtls ${data.dtlsParameters.role ?? 'auto'}`);
    case 'produce':
      if (!shape.isProduce(data)) return UNREADABLE;
      return joinWords(data.source, data.kind, data.paused && 'paused', rtp(data.rtpParameters));
    case 'close-producer':
    case 'pause-producer':
    case 'resume-producer':
      return shape.isProducerId(data) ? `producer ${clean(data.producerId)}` : UNREADABLE;
    case 'consumer-ready':
      return shape.isConsumerIds(data) ? (many('consumers', data.consumerIds) ?? 'none') : UNREADABLE;
    case 'set-layers':
      return shape.isSetLayers(data)
        ? `consumer ${clean(data.consumerId)}, layer ${data.spatialLayer ?? 'none'}`
        : UNREADABLE;
    case 'watch': {
      if (!shape.isWatch(data)) return UNREADABLE;
      const seen = data.tiles.filter(({ spatialLayer }) => spatialLayer !== null).length;
      return `${data.tiles.length} tiles, ${seen} looked at`;
    }
    case 'restart-ice':
      return shape.isTransportId(data) ? `transport ${clean(data.transportId)}` : UNREADABLE;
    case 'report-link':
      return shape.isLink(data) ? data.link : UNREADABLE;
    case 'report-stats':
      return shape.isStats(data) ? stats(data) : UNREADABLE;
    case 'report-sdp':
      return shape.isSdpPicture(data) ? picture(data) : UNREADABLE;
    case 'report-page':
      if (!shape.isPage(data)) return UNREADABLE;
      return data.visible ? 'visible' : 'hidden';
    case 'set-room':
      return shape.isSwitches(data) ? switches(data) : UNREADABLE;
    case 'quieten':
      return shape.isQuieten(data) ? joinWords(data.source, `of ${clean(data.personId ?? 'all')}`) : UNREADABLE;
    case 'promote':
      return shape.isPromote(data) ? `person ${clean(data.personId)}, ${data.role}` : UNREADABLE;
    case 'lower-hand':
      return shape.isPersonOrAll(data) ? `of ${clean(data.personId ?? 'all')}` : UNREADABLE;
    case 'admit':
    case 'turn-away':
    case 'remove':
      return shape.isPerson(data) ? `person ${clean(data.personId)}` : UNREADABLE;
    // What somebody answers with a sign is said, and a ticket is noted nowhere.
    case 'react':
    case 'renew-ticket':
    case 'raise-hand':
    case 'leave':
      return '';
    default:
      return never(type);
  }
}

/** One message with its answer. What a join brings is noted with it. Some make the trace worth storing at once. */
export function noteMessage(trace: TraceLine, type: ClientType, data: unknown, answer: Answer<unknown>): void {
  const code = answer.ok ? 'ok' : answer.code;
  if (type === 'react' && answer.ok) return;
  // A picture that is too many must not push out what the others found.
  const summary = type === 'report-sdp' && !answer.ok ? '' : null;
  trace.note('in', type, data, () => summary ?? heardOf(type, data), code);
  // Of a join nothing else is answered.
  if (type === 'join' && answer.ok) trace.note('out', 'joined', undefined, () => joined(answer.data as Joined));
  if (answer.ok && (type === 'join' || type === 'leave' || type === 'report-sdp')) trace.save();
}

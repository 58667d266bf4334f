/** What of a browser's own session descriptions is worth sending to support. Pure; nothing in it lets anybody in. */
import { cutAddress } from '#events/shared/cut-address.ts';
import {
  CANDIDATE_TYPES,
  SDP_DIRECTIONS,
  SDP_KINDS,
  SDP_LIMITS,
  type SdpPicture,
  type SdpSection,
  type SdpSide,
} from '#sfu/signalling/protocol.ts';

/** What is read of an `RTCPeerConnection`. */
export interface Described {
  readonly connectionState: string;
  readonly iceConnectionState: string;
  readonly iceGatheringState: string;
  readonly localDescription: { readonly sdp: string } | null;
  readonly remoteDescription: { readonly sdp: string } | null;
}

/** What comes with every codec, and says nothing. */
const BESIDE = /^(?:rtx|red|ulpfec|flexfec|CN|telephone-event)/i;

const oneOf = <T extends string>(values: readonly T[], value: string | undefined): T | null =>
  values.find((one) => one === value) ?? null;

const all = (part: string, line: RegExp): readonly string[] => [
  ...new Set([...part.matchAll(line)].flatMap(([, value]) => (value === undefined ? [] : [value]))),
];

function sectionOf(part: string): SdpSection | null {
  const kind = oneOf(SDP_KINDS, /^m=(\w+)/.exec(part)?.[1]);
  if (kind === null) return null;
  const codecs = all(part, /^a=rtpmap:\d+ ([\w.-]{1,24}\/\d{1,8})/gm).filter((codec) => !BESIDE.test(codec));
  return {
    mid: /^a=mid:([\w-]{1,32})/m.exec(part)?.[1] ?? '',
    kind,
    direction: oneOf(SDP_DIRECTIONS, /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(part)?.[1]) ?? 'sendrecv',
    codecs: codecs.slice(0, SDP_LIMITS.codecs),
    ssrcs: all(part, /^a=ssrc:(\d{1,10})\b/gm)
      .map(Number)
      .filter((ssrc) => ssrc <= 0xff_ff_ff_ff)
      .slice(0, SDP_LIMITS.ssrcs),
    rids: all(part, /^a=rid:([\w-]{1,32}) /gm).slice(0, SDP_LIMITS.rids),
  };
}

/** `candidate:<foundation> <component> <protocol> <priority> <address> <port> typ <type>` */
const CANDIDATE = /^a=candidate:\S+ \d+ (\w+) \d+ (\S+) \d+ typ (\w+)/gm;

/** A description without keys, passwords and whole addresses. */
export function reduceSdp(sdp: string): SdpSide {
  const sections = sdp.split(/^(?=m=)/m).flatMap((part) => sectionOf(part) ?? []);
  const candidates = [...sdp.matchAll(CANDIDATE)].flatMap(([, protocol, address = '', kind]) => {
    const type = oneOf(CANDIDATE_TYPES, kind);
    const over = oneOf(['udp', 'tcp'] as const, protocol?.toLowerCase());
    return type === null || over === null ? [] : [{ type, protocol: over, address: cutAddress(address) }];
  });
  const key = ({ type, protocol, address }: SdpSide['candidates'][number]): string => `${type} ${protocol} ${address}`;
  return {
    sections: sections.slice(0, SDP_LIMITS.sections),
    // Every section repeats them.
    candidates: [...new Map(candidates.map((one) => [key(one), one])).values()].slice(0, SDP_LIMITS.candidates),
  };
}

const sideOf = (description: Described['localDescription']): SdpSide | null =>
  description === null ? null : reduceSdp(description.sdp);

export const pictureOf = (
  why: SdpPicture['why'],
  connections: readonly { readonly direction: 'send' | 'receive'; readonly connection: Described }[],
): SdpPicture => ({
  why,
  transports: connections.map(({ direction, connection }) => ({
    direction,
    connection: connection.connectionState,
    ice: connection.iceConnectionState,
    gathering: connection.iceGatheringState,
    local: sideOf(connection.localDescription),
    remote: sideOf(connection.remoteDescription),
  })),
});

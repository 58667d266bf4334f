/** How good a connection is, in three words, from what WebRTC measures. Pure. */
import type { Link } from '#sfu/signalling/protocol.ts';

/** One reading, a few seconds apart. Counters since the transport was made. */
export interface LinkReading {
  /** Round trip, ms; null while nothing was measured. */
  readonly rtt: number | null;
  /** Sent and received. */
  readonly packets: number;
  readonly lost: number;
}

const WEAK_RTT_MS = 300;
const WEAK_LOSS = 0.05;
/** Fewer packets than this between two readings say nothing about loss. */
const FEWEST_PACKETS = 20;

/** Compares two readings; `connected` is whether the transports are. */
export function linkOf(before: LinkReading | null, now: LinkReading, connected: boolean): Link {
  if (!connected) return 'lost';
  if (now.rtt !== null && now.rtt > WEAK_RTT_MS) return 'weak';
  // A counter below its last reading belongs to a new transport.
  const fresh = before === null || now.packets < before.packets;
  const packets = fresh ? now.packets : now.packets - before.packets;
  const lost = fresh ? now.lost : now.lost - before.lost;
  const all = packets + Math.max(0, lost);
  return all >= FEWEST_PACKETS && lost / all > WEAK_LOSS ? 'weak' : 'good';
}

interface Stat {
  readonly type: string;
  readonly roundTripTime?: number;
  readonly currentRoundTripTime?: number;
  readonly nominated?: boolean;
  readonly packetsReceived?: number;
  readonly packetsSent?: number;
  readonly packetsLost?: number;
}

/** Sums one or two reports (sending and receiving) into a reading. */
export function readLink(stats: Iterable<Stat>): LinkReading {
  let rtt: number | null = null;
  let packets = 0;
  let lost = 0;
  for (const stat of stats) {
    if (stat.type === 'candidate-pair' && stat.nominated === true && stat.currentRoundTripTime !== undefined)
      rtt = Math.max(rtt ?? 0, stat.currentRoundTripTime * 1_000);
    if (stat.type === 'inbound-rtp') {
      packets += stat.packetsReceived ?? 0;
      lost += stat.packetsLost ?? 0;
    }
    if (stat.type === 'outbound-rtp') packets += stat.packetsSent ?? 0;
    if (stat.type === 'remote-inbound-rtp') lost += Math.max(0, stat.packetsLost ?? 0);
  }
  return { rtt, packets, lost };
}

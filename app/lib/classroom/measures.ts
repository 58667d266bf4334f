/** What one's own end measures of its connection, for the server, which tells the lesson what lasts. Pure. */
import type { Stats } from '#sfu/signalling/protocol.ts';

/** What is read of WebRTC's statistics; counters since each transport was made. */
export interface Stat {
  readonly type: string;
  readonly kind?: string;
  readonly currentRoundTripTime?: number;
  readonly nominated?: boolean;
  readonly packetsReceived?: number;
  readonly packetsSent?: number;
  readonly packetsLost?: number;
  readonly jitter?: number;
  readonly framesDecoded?: number;
  readonly bytesSent?: number;
  readonly totalAudioEnergy?: number;
  readonly totalSamplesDuration?: number;
}

/** Counters summed up over all streams, at one moment. */
export interface Counters {
  /** Any clock, ms. */
  readonly at: number;
  readonly rttMs: number | null;
  readonly jitterMs: number | null;
  readonly sent: number;
  readonly lostUp: number;
  readonly received: number;
  readonly lostDown: number;
  readonly soundReceived: number;
  readonly framesDecoded: number;
  readonly bytesSent: number;
  /** Of the own microphone: energy, and over how many seconds of sound. */
  readonly energy: number;
  readonly soundFor: number;
}

/** What the page knows beside the counters. */
export interface Heard {
  /** The own microphone is to be heard. */
  readonly unmuted: boolean;
  /** Somebody else spoke, without a pause, since the reading before. */
  readonly othersSpoke: boolean;
  /** The own camera is on and gives a black picture. */
  readonly black: boolean;
}

/** Fewer packets than this between two readings say nothing about loss. */
const FEWEST_PACKETS = 20;
/** So much of a reading must have been sound before its silence means something, s. */
const ENOUGH_SOUND_S = 3;

const largest = (a: number | null, b: number): number => Math.max(a ?? 0, b);

export function countersOf(stats: Iterable<Stat>, at: number): Counters {
  let rttMs: number | null = null;
  let jitterMs: number | null = null;
  let [sent, lostUp, received, lostDown, soundReceived] = [0, 0, 0, 0, 0];
  let [framesDecoded, bytesSent, energy, soundFor] = [0, 0, 0, 0];
  for (const stat of stats)
    switch (stat.type) {
      case 'candidate-pair':
        if (stat.nominated === true && stat.currentRoundTripTime !== undefined)
          rttMs = largest(rttMs, stat.currentRoundTripTime * 1_000);
        break;
      case 'inbound-rtp':
        received += stat.packetsReceived ?? 0;
        lostDown += stat.packetsLost ?? 0;
        framesDecoded += stat.framesDecoded ?? 0;
        if (stat.kind === 'audio') soundReceived += stat.packetsReceived ?? 0;
        if (stat.jitter !== undefined) jitterMs = largest(jitterMs, stat.jitter * 1_000);
        break;
      case 'outbound-rtp':
        sent += stat.packetsSent ?? 0;
        bytesSent += stat.bytesSent ?? 0;
        break;
      case 'remote-inbound-rtp':
        lostUp += Math.max(0, stat.packetsLost ?? 0);
        break;
      case 'media-source':
        if (stat.kind !== 'audio') break;
        energy += stat.totalAudioEnergy ?? 0;
        soundFor += stat.totalSamplesDuration ?? 0;
        break;
      default:
    }
  return {
    at,
    rttMs,
    jitterMs,
    sent,
    lostUp,
    received,
    lostDown,
    soundReceived,
    framesDecoded,
    bytesSent,
    energy,
    soundFor,
  };
}

/** Lost of all that were sent in between; null for too few, and where a counter began anew. */
function lossOf(arrived: number, lost: number): number | null {
  const all = arrived + Math.max(0, lost);
  return arrived < 0 || all < FEWEST_PACKETS ? null : Math.min(1, Math.max(0, lost) / all);
}

/** What happened between two readings. Counters that were smaller before belong to new transports or streams. */
export function statsOf(before: Counters, now: Counters, heard: Heard): Stats {
  const [sent, lostUp] = [now.sent - before.sent, now.lostUp - before.lostUp];
  const received = now.received - before.received;
  const seconds = Math.max(0.001, (now.at - before.at) / 1_000);
  const soundFor = now.soundFor - before.soundFor;
  const silent = heard.unmuted && soundFor >= ENOUGH_SOUND_S && now.energy === before.energy;
  return {
    rttMs: now.rttMs,
    jitterMs: now.jitterMs,
    // What the other end reports as lost is among those that were sent.
    lossUp: lossOf(sent - Math.max(0, lostUp), lostUp),
    lossDown: lossOf(received, now.lostDown - before.lostDown),
    framesDecoded: Math.max(0, now.framesDecoded - before.framesDecoded),
    outgoing: Math.max(0, Math.round(((now.bytesSent - before.bytesSent) * 8) / seconds)),
    faults: [
      ...(heard.black ? (['camera-black'] as const) : []),
      ...(silent ? (['microphone-silent'] as const) : []),
      ...(heard.othersSpoke && now.soundReceived === before.soundReceived ? (['hears-nobody'] as const) : []),
    ],
  };
}

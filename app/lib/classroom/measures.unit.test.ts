import { describe, expect, it } from 'vitest';
import { countersOf, statsOf, type Counters, type Heard, type Stat } from './measures.ts';

const QUIET: Heard = { unmuted: false, othersSpoke: false, black: false };
const STATS: readonly Stat[] = [
  { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.12 },
  { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
  { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.08 },
  { type: 'inbound-rtp', kind: 'audio', packetsReceived: 100, packetsLost: 5, jitter: 0.01 },
  { type: 'inbound-rtp', kind: 'video', packetsReceived: 300, packetsLost: -2, jitter: 0.03, framesDecoded: 75 },
  { type: 'outbound-rtp', kind: 'video', packetsSent: 500, bytesSent: 250_000 },
  { type: 'remote-inbound-rtp', kind: 'video', packetsLost: 25 },
  { type: 'media-source', kind: 'audio', totalAudioEnergy: 0.5, totalSamplesDuration: 10 },
  { type: 'media-source', kind: 'video' },
];
const BEFORE = countersOf([], 0);
const NOW = countersOf(STATS, 5_000);
const after = (more: Partial<Counters>): Counters => ({ ...NOW, at: 10_000, ...more });

describe('what a page measures of its connection', () => {
  it('sums up all streams', () => {
    expect(NOW).toMatchObject({ rttMs: 120, jitterMs: 30, sent: 500, lostUp: 25, received: 400, lostDown: 3 });
    expect(statsOf(BEFORE, NOW, QUIET)).toEqual({
      rttMs: 120,
      jitterMs: 30,
      lossUp: 0.05,
      lossDown: 3 / 403,
      framesDecoded: 75,
      outgoing: 400_000,
      faults: [],
    });
  });

  it('says nothing of a loss where hardly anything was sent, or where counters began anew', () => {
    expect(statsOf(NOW, after({ received: 410, lostDown: 8 }), QUIET).lossDown).toBeNull();
    expect(statsOf(NOW, after({ received: 50, lostDown: 0 }), QUIET).lossDown).toBeNull();
    expect(statsOf(NOW, after({ sent: 20 }), QUIET).lossUp).toBeNull();
    expect(statsOf(NOW, after({ bytesSent: 0 }), QUIET).outgoing).toBe(0);
  });

  it('notices a microphone that gives no sound at all, unless it is muted or hardly measured', () => {
    const silent = after({ soundFor: 15 });
    expect(statsOf(NOW, silent, { ...QUIET, unmuted: true }).faults).toEqual(['microphone-silent']);
    expect(statsOf(NOW, silent, QUIET).faults).toEqual([]);
    expect(statsOf(NOW, after({ soundFor: 12 }), { ...QUIET, unmuted: true }).faults).toEqual([]);
    expect(statsOf(NOW, after({ soundFor: 15, energy: 0.500001 }), { ...QUIET, unmuted: true }).faults).toEqual([]);
  });

  it('notices that nothing is heard although others speak, and a black camera', () => {
    expect(statsOf(NOW, after({}), { ...QUIET, othersSpoke: true }).faults).toEqual(['hears-nobody']);
    expect(statsOf(NOW, after({ soundReceived: 101 }), { ...QUIET, othersSpoke: true }).faults).toEqual([]);
    expect(statsOf(NOW, after({}), { ...QUIET, black: true }).faults).toEqual(['camera-black']);
  });
});

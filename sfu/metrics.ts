/** What `/metrics` says of live media. Names nobody. */
import { MEDIA_FAULTS } from '#events/lesson/room.ts';
import type { Metrics } from '#platform/log/metrics.server.ts';
import type { SfuStats } from './create-sfu.server.ts';

/** @param stats null on a node without live media. */
export function offerMetrics(metrics: Metrics, stats: () => SfuStats | null): void {
  const gauge = (name: string, help: string, read: (stats: SfuStats) => number): void => {
    metrics.gauge(`nexused_sfu_${name}`, help, () => {
      const now = stats();
      return now ? read(now) : 0;
    });
  };
  gauge('rooms', 'Lessons with media', ({ rooms }) => rooms);
  gauge('peers', 'People with media', ({ peers }) => peers);
  gauge('busiest_worker', 'Share of its core', ({ loads }) => Math.max(0, ...loads));
  gauge('broadcasts', 'Rooms marked for broadcast', ({ broadcasts }) => broadcasts);
  gauge('weak_peers', 'People whose connection is weak now', ({ quality }) => quality.weak);
  gauge('rtt_ms_p95', 'There and back, ms', ({ quality }) => quality.rttMsP95);
  gauge('jitter_ms_p95', 'Jitter, ms', ({ quality }) => quality.jitterMsP95);
  gauge('loss_p95', 'Share of packets lost', ({ quality }) => quality.lossP95);
  gauge('sent_bits', 'What people send now, bits a second', ({ quality }) => quality.outgoing);
  gauge('reports', 'Reports since the start', ({ measured }) => measured.reports);
  gauge('frames_decoded', 'Frames that people saw since the start', ({ measured }) => measured.framesDecoded);
  gauge('weakened', 'Connections that were weak for 15 s, since the start', ({ measured }) => measured.weakened);
  for (const fault of MEDIA_FAULTS)
    gauge(fault.replaceAll('-', '_'), 'Times noticed since the start', ({ measured }) => measured.faults[fault]);
}

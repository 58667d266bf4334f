/** What is wrong with one's own picture and sound, and the report of one's connection, from reading to reading. */
import type { MediaFault, Stats } from '#sfu/signalling/protocol.ts';
import { Brightness, isBlack } from './black.ts';
import { countersOf, statsOf, type Counters, type Stat } from './measures.ts';

export interface Local {
  readonly camera: MediaStreamTrack | null;
  readonly microphone: MediaStreamTrack | null;
  readonly muted: boolean;
}

/** In a row, before it is believed: a camera starts dark, and a call may begin in silence. */
const READINGS = 2;

export class Health {
  private before: Counters | null = null;
  private readonly brightness = new Brightness();
  /** In how many readings in a row each was there. */
  private readonly rows = new Map<MediaFault, number>();
  /** Since when others have been speaking without a pause, page ms. */
  private spokeSince: number | null = null;

  /** New transports count from zero. */
  begin(): void {
    this.before = null;
    this.rows.clear();
    this.spokeSince = null;
  }

  /** The room is left: nothing is looked at any more. */
  end(): void {
    this.begin();
    this.brightness.of(null);
  }

  /** Others speak now, or nobody does. */
  hear(others: boolean, now = performance.now()): void {
    this.spokeSince = others ? (this.spokeSince ?? now) : null;
  }

  /** The next report; null for the first reading, which has nothing to compare with. */
  read(stats: Iterable<Stat>, local: Local, now = performance.now()): Stats | null {
    const counters = countersOf(stats, now);
    const { before } = this;
    this.before = counters;
    if (!before) return null;
    const report = statsOf(before, counters, {
      unmuted: local.microphone !== null && !local.muted,
      othersSpoke: this.spokeSince !== null && this.spokeSince <= before.at,
      black: isBlack(this.brightness.of(local.camera)),
    });
    return { ...report, faults: this.believed(report.faults) };
  }

  private believed(seen: readonly MediaFault[]): MediaFault[] {
    for (const fault of [...this.rows.keys()]) if (!seen.includes(fault)) this.rows.delete(fault);
    for (const fault of seen) this.rows.set(fault, (this.rows.get(fault) ?? 0) + 1);
    return seen.filter((fault) => (this.rows.get(fault) ?? 0) >= READINGS);
  }
}

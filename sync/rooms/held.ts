/** Updates that cannot enter yet: they build on something unknown, or bring what somebody else wrote. Bounded. */
import type { Peer } from './peer.ts';
import type { Writer } from './writer.ts';

interface Waiting {
  readonly peer: Peer;
  readonly n: number;
  readonly update: Uint8Array;
  /** Wall ms. */
  readonly since: number;
}

interface Orphan {
  readonly peer: Peer;
  readonly writer: Writer;
  readonly update: Uint8Array;
  readonly since: number;
}

export class Held {
  private waiting: Waiting[] = [];
  private orphans: Orphan[] = [];
  private readonly most: number;

  /** @param most bytes, for each peer and for all orphans. */
  constructor(most: number) {
    this.most = most;
  }

  /** False when this peer has too much waiting already. */
  wait(waiting: Waiting): boolean {
    const own = this.waiting.filter(({ peer }) => peer === waiting.peer);
    if (own.reduce((sum, { update }) => sum + update.length, waiting.update.length) > this.most) return false;
    this.waiting.push(waiting);
    return true;
  }

  takeWaiting(): Waiting[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  /** The oldest make room. */
  adopt(orphan: Orphan): void {
    this.orphans.push(orphan);
    let bytes = this.orphans.reduce((sum, { update }) => sum + update.length, 0);
    while (bytes > this.most) bytes -= this.orphans.shift()?.update.length ?? bytes;
  }

  /** Those that came before `time`. */
  takeOrphans(time: number): Orphan[] {
    const due = this.orphans.filter(({ since }) => since <= time);
    this.orphans = this.orphans.filter(({ since }) => since > time);
    return due;
  }

  get size(): number {
    return this.waiting.length + this.orphans.length;
  }
}

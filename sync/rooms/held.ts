/** Updates that cannot enter yet: they build on something unknown, or bring what somebody else wrote. Bounded. */
import type { Peer } from './peer.ts';
import type { Writer } from './writer.ts';

interface Waiting {
  readonly peer: Peer;
  readonly n: number;
  readonly update: Uint8Array;
  /** Wall ms. */
  readonly since: number;
  /** Ids in it that nobody owns yet; without any it waits for what it builds on. */
  readonly strangers: readonly number[];
}

interface Orphan {
  readonly peer: Peer;
  readonly writer: Writer;
  readonly update: Uint8Array;
  readonly since: number;
}

export class Held {
  private waiting: Waiting[] = [];
  /** Apart from the others: nothing but an answer about their ids lets them in. */
  private unowned: Waiting[] = [];
  private orphans: Orphan[] = [];
  private readonly bytes = new Map<Peer, number>();
  private readonly most: number;

  /** @param most bytes, for each peer and for all orphans. */
  constructor(most: number) {
    this.most = most;
  }

  /** False when this peer has too much waiting already. */
  wait(waiting: Waiting): boolean {
    const bytes = (this.bytes.get(waiting.peer) ?? 0) + waiting.update.length;
    if (bytes > this.most) return false;
    this.bytes.set(waiting.peer, bytes);
    (waiting.strangers.length > 0 ? this.unowned : this.waiting).push(waiting);
    return true;
  }

  /** What waits for something that it builds on. */
  takeWaiting(): Waiting[] {
    const taken = this.waiting;
    this.waiting = [];
    return this.taken(taken);
  }

  /** What waited for nothing but these owners, or came before `oldest`. */
  takeOwned(isOwned: (client: number) => boolean, oldest: number): Waiting[] {
    const taken: Waiting[] = [];
    this.unowned = this.unowned.filter((one) => {
      const stays = one.since > oldest && !one.strangers.every(isOwned);
      if (!stays) taken.push(one);
      return stays;
    });
    return this.taken(taken);
  }

  private taken(taken: Waiting[]): Waiting[] {
    for (const { peer, update } of taken) {
      const bytes = (this.bytes.get(peer) ?? 0) - update.length;
      if (bytes > 0) this.bytes.set(peer, bytes);
      else this.bytes.delete(peer);
    }
    return taken;
  }

  /** The oldest make room; gives those that are not held any more. */
  adopt(orphan: Orphan): Orphan[] {
    this.orphans.push(orphan);
    const dropped: Orphan[] = [];
    let bytes = this.orphans.reduce((sum, { update }) => sum + update.length, 0);
    while (bytes > this.most) {
      const oldest = this.orphans.shift();
      if (!oldest) break;
      bytes -= oldest.update.length;
      dropped.push(oldest);
    }
    return dropped;
  }

  /** Those that came before `time`. */
  takeOrphans(time: number): Orphan[] {
    const due = this.orphans.filter(({ since }) => since <= time);
    this.orphans = this.orphans.filter(({ since }) => since > time);
    return due;
  }

  get size(): number {
    return this.waiting.length + this.unowned.length + this.orphans.length;
  }
}

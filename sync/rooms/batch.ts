/** What waits to be stored: everything that a room accepted since its last rows were made, a row for each who wrote. */
import type { NewUpdate } from '../storage/journal.server.ts';
import type { Peer } from './peer.ts';
import type { Part, Tick } from './tick.ts';

export class Batch {
  /** The last update of each peer that is in it, or was looked at. */
  readonly covers = new Map<Peer, number>();
  /** Updates that had to wait and are in at last. */
  readonly late = new Map<Peer, number[]>();
  /** Of structs. */
  bytes = 0;
  /** Business time of the last tick in it, ms. */
  businessAt = 0;
  private wallAt = 0;
  readonly parts: Part[] = [];
  private readonly current = new Map<string, Part>();

  add(tick: Tick, wallAt: number, businessAt: number): void {
    this.wallAt = wallAt;
    this.businessAt = businessAt;
    for (const part of tick.parts) {
      if (part.assembly.empty) continue;
      this.bytes += part.assembly.bytes;
      // Not where there is a gap, because in between somebody else stored what this client wrote.
      if (this.current.get(part.key)?.absorb(part)) continue;
      this.current.set(part.key, part);
      this.parts.push(part);
    }
    for (const [peer, n] of tick.covers) this.covers.set(peer, Math.max(n, this.covers.get(peer) ?? 0));
    for (const [peer, late] of tick.late) this.late.set(peer, [...(this.late.get(peer) ?? []), ...late]);
  }

  /** Its rows, in the order in which their authors began. */
  rows(): NewUpdate[] {
    const { wallAt, businessAt } = this;
    return this.parts.map(({ personId, brought, assembly }) => ({
      body: assembly.encode(),
      personId,
      brought,
      wallAt,
      businessAt,
    }));
  }
}

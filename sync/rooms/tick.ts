/** What gathers in a room between two frames. */
import { Assembly } from '../wire/assemble.ts';
import type { Admitted, Ruled } from './admit.ts';
import type { Peer } from './peer.ts';

const keyOf = (personId: string, brought: boolean): string => `${brought ? 'brought' : 'own'} ${personId}`;

/** What one person wrote. */
export class Part {
  readonly personId: string;
  readonly brought: boolean;
  readonly assembly = new Assembly();
  /** What they said of rights. */
  readonly ruled: Ruled[] = [];
  /** Whether there is work in it, and not only what is left of the refused. */
  wrote = false;

  constructor(personId: string, brought: boolean) {
    this.personId = personId;
    this.brought = brought;
  }

  /** The same of all that one person wrote, or brought. */
  get key(): string {
    return keyOf(this.personId, this.brought);
  }

  take({ wrote, ruled }: Pick<Admitted, 'wrote' | 'ruled'>): void {
    this.wrote ||= wrote;
    this.ruled.push(...ruled);
  }

  /** Whether `ownerOf` says of all of it whose it is. */
  isPlain(ownerOf: (client: number) => string | undefined): boolean {
    if (this.brought) return false;
    for (const client of this.assembly.deletedClients()) if (ownerOf(client) !== this.personId) return false;
    return true;
  }

  /** Takes in what they wrote next; false, and nothing happens, where it does not follow. */
  absorb(next: Part): boolean {
    if (!this.assembly.absorb(next.assembly)) return false;
    this.take(next);
    return true;
  }
}

export class Tick {
  /** Everything that is new, for the peers. */
  readonly all = new Assembly();
  /** What is to be stored: mostly a row for each who wrote. */
  readonly parts: Part[] = [];
  /** Those of them that may grow. */
  private readonly open = new Map<string, Part>();
  /** The last update of each peer that was looked at. */
  readonly covers = new Map<Peer, number>();
  /** Something in `all` was said by another process, and is in no part. */
  mixed = false;
  /** Updates that had to wait and are in at last. */
  readonly late = new Map<Peer, number[]>();

  /** Of one person. What came another way in between stands between two rows of theirs: a row has no gaps. */
  part(personId: string, brought: boolean): Part {
    let part = this.open.get(keyOf(personId, brought));
    if (!part?.assembly.isAbreast(this.all)) {
      part = new Part(personId, brought);
      this.open.set(part.key, part);
      this.parts.push(part);
    }
    return part;
  }

  cover(peer: Peer, n: number): void {
    this.covers.set(peer, Math.max(n, this.covers.get(peer) ?? 0));
  }

  settle(peer: Peer, n: number): void {
    const late = this.late.get(peer);
    if (late) late.push(n);
    else this.late.set(peer, [n]);
  }

  get empty(): boolean {
    return this.all.empty && this.covers.size === 0;
  }
}

/**
 * Takes the parts of an update that may enter a document: known ones are passed over, others' are cut out, forbidden ones
 * leave a tombstone, and what builds on something unknown is left for later. Pure but for the index that it keeps.
 */
import type { Block, Id, Scan, Struct } from '../wire/scan.ts';
import { tombstone, type Assembly } from '../wire/assemble.ts';
import type { Denial } from '../close-codes.ts';
import type { RightsChange } from '../documents/rights.ts';
import { GONE, isWork, refusedFor, type Container, type Containers } from './containers.ts';
import type { Guard } from './guard.ts';
import type { StructIndex } from './index.ts';
import { mayDelete, mayWrite } from './rules.ts';
import type { Moment, Writer } from './writer.ts';

/**
 * `own`: from a socket. `brought`: from a socket too, in place of an author who did not come back. `trusted`: from the
 * database or another process, checked there.
 */
export type Way = 'own' | 'brought' | 'trusted';

/** What a host said of rights, in one struct. */
export interface Ruled extends Id {
  readonly change: RightsChange;
}

/** What became of one update, while it is looked at. */
interface Outcome {
  denied: Denial | null;
  wrote: boolean;
  readonly ruled: Ruled[];
  readonly workers: number[];
  /** What stays, because what was to replace it was refused. */
  readonly kept: Id[];
}

export interface Admitted {
  readonly changed: boolean;
  /** Something entered that is work: no tombstone, name or mark of how far one has read. */
  readonly wrote: boolean;
  /** Why something of it was refused; the first reason. */
  readonly denied: Denial | null;
  readonly ruled: readonly Ruled[];
  /** Client ids under which there is such work; of what was trusted only. */
  readonly workers: readonly number[];
  /** Something of the writer's own builds on what is not here yet. */
  readonly waits: boolean;
  /** Others' structs that are not here yet were cut out. */
  readonly foreign: boolean;
  /** A struct is half known: cut the update with Yjs (`diffUpdate`) and come again. */
  readonly overlaps: boolean;
}

type Step = 'passed' | 'added' | 'foreign' | 'missing' | 'overlap';

export class Admission {
  private readonly index: StructIndex;
  private readonly containers: Containers;
  private readonly ownerOf: (client: number) => string | undefined;
  private readonly isHere: (personId: string) => boolean;
  private readonly guard: Guard;
  private readonly wall: () => number;

  /**
   * @param isHere whether a person has the document open: then nobody else brings what they wrote.
   * @param wall ms.
   */
  constructor(
    index: StructIndex,
    containers: Containers,
    ownerOf: (client: number) => string | undefined,
    isHere: (personId: string) => boolean,
    wall: () => number,
    guard: Guard,
  ) {
    this.wall = wall;
    this.index = index;
    this.containers = containers;
    this.guard = guard;
    this.ownerOf = ownerOf;
    this.isHere = isHere;
  }

  /** Whether an update says anything new that is this person's to say. */
  isNews(scan: Scan, personId: string): boolean {
    const mine = (client: number): boolean => (this.ownerOf(client) ?? personId) === personId;
    return (
      scan.blocks.some(({ client, structs }) => {
        const last = structs.at(-1);
        return mine(client) && last !== undefined && last.clock + last.length > this.index.next(client);
      }) ||
      scan.deletes.some(
        ({ client, clock, length }) => mine(client) && !this.index.isDeleted(client, clock, clock + length),
      )
    );
  }

  /** Adds what may enter to each of `into`. */
  admit(scan: Scan, writer: Writer, way: Way, into: readonly Assembly[]): Admitted {
    const at = scan.blocks.map(() => 0);
    const stopped: Step[] = scan.blocks.map(() => 'passed');
    const outcome: Outcome = { denied: null, wrote: false, ruled: [], workers: [], kept: [] };
    let changed = false;
    let moved = true;
    // Blocks may build on one another in any order, so go round until nothing moves.
    while (moved) {
      moved = false;
      for (const [i, block] of scan.blocks.entries()) {
        for (;;) {
          const struct = block.structs[at[i] ?? 0];
          if (!struct) break;
          const step = this.step(block, struct, writer, way, into, outcome);
          stopped[i] = step;
          if (step !== 'passed' && step !== 'added') break;
          at[i] = (at[i] ?? 0) + 1;
          moved = true;
          if (step === 'added') changed = true;
        }
      }
    }
    if (this.deletes(scan, writer, way, into, outcome)) changed = true;
    const { denied, wrote, ruled, workers } = outcome;
    return {
      changed,
      wrote,
      denied,
      ruled,
      workers,
      waits:
        scan.blocks.some((block, i) => stopped[i] === 'missing' && this.isFor(block.client, writer, way)) ||
        scan.deletes.some(
          ({ client, clock, length }) => clock + length > this.index.next(client) && this.isFor(client, writer, way),
        ),
      foreign: stopped.includes('foreign'),
      overlaps: stopped.includes('overlap'),
    };
  }

  /** Whether what is missing of this client is worth waiting for. */
  private isFor(client: number, writer: Writer, way: Way): boolean {
    return way !== 'own' || this.ownerOf(client) === writer.personId;
  }

  private step(
    block: Block,
    struct: Struct,
    writer: Writer,
    way: Way,
    into: readonly Assembly[],
    outcome: Outcome,
  ): Step {
    const { client } = block;
    const next = this.index.next(client);
    if (struct.clock + struct.length <= next || struct.kind === 'skip') return 'passed';
    if (struct.clock < next) return 'overlap';
    const owner = this.ownerOf(client);
    const foreign = way !== 'trusted' && owner !== writer.personId;
    // An id that never wrote anything is not one that a peer could bring back from a lost process.
    if (foreign && (way === 'own' || owner === undefined || next === 0 || this.isHere(owner))) return 'foreign';
    if (struct.clock > next) return 'missing';
    const place = this.place(struct);
    if (place === null) return 'missing';
    // Whoever they were: it was checked when they sent it, and a board would come apart without it.
    if (foreign && !this.guard.mayBring(struct, place, writer, owner ?? '')) return 'foreign';
    const author = foreign ? { personId: owner ?? '', name: null, host: true } : writer;
    const denied = way === 'trusted' ? null : this.whyNot(client, struct, place, author);
    // What hangs on something that is gone says nothing to anybody.
    const enters = way === 'trusted' || (denied === null && place.kind !== 'gone');
    const bytes = enters ? struct.bytes : tombstone(struct.length);
    this.index.add(client, struct.length, denied === null ? place : refusedFor(denied));
    for (const assembly of into) assembly.struct(client, struct.clock, struct.length, bytes);
    if (enters) this.entered(client, struct, place, way, outcome);
    else if (denied !== null) {
      outcome.denied ??= denied;
      this.guard.learnRefused(struct, place);
      if (struct.origin) outcome.kept.push(struct.origin);
    }
    return 'added';
  }

  private whyNot(client: number, struct: Struct, place: Container, author: Writer): Denial | null {
    if (place.kind === 'gone') return place.because ?? null;
    if (!mayWrite(struct, place, author, this.ownerOf, this.momentOf(client, place))) return 'not-allowed';
    if (this.guard.strays(struct, place)) return 'not-allowed';
    return (
      this.guard.whyNot(struct, place, author) ??
      (this.guard.addsTooMuch(struct, place, author) ? 'too-many-pages' : null)
    );
  }

  private entered(client: number, struct: Struct, place: Container, way: Way, outcome: Outcome): void {
    if (isWork(place)) {
      outcome.wrote = true;
      if (way === 'trusted' && outcome.workers.at(-1) !== client) outcome.workers.push(client);
    }
    const change = this.guard.learn(struct, place);
    if (change) outcome.ruled.push({ client, clock: struct.clock, change });
  }

  private momentOf(client: number, place: Container): Moment {
    return { client, again: this.index.hasWritten(client, place), now: this.wall() };
  }

  /** Null when what it hangs on is unknown. */
  private place(struct: Struct): Container | null {
    if (struct.kind === 'gone') return GONE;
    if (typeof struct.parent === 'string') return this.containers.inRoot(struct.parent, struct.key);
    if (struct.parent) {
      const parent = this.index.container(struct.parent);
      return parent && this.containers.inType(parent);
    }
    return this.between(struct.origin, struct.rightOrigin);
  }

  private between(left: Id | null, right: Id | null): Container | null {
    const leftOf = left && this.index.container(left);
    const rightOf = right && this.index.container(right);
    if ((left && !leftOf) || (right && !rightOf)) return null;
    if (!leftOf || !rightOf || leftOf === rightOf) return leftOf ?? rightOf;
    // A neighbour that was collected no longer says where it stood; Yjs lets such an item go, too.
    if (leftOf.kind === 'gone') return leftOf;
    return rightOf.kind === 'gone' ? rightOf : { kind: 'misplaced' };
  }

  private deletes(scan: Scan, writer: Writer, way: Way, into: readonly Assembly[], outcome: Outcome): boolean {
    let changed = false;
    for (const { client, clock, length } of scan.deletes) {
      const owner = this.ownerOf(client);
      for (const { from, to, container } of this.index.spans(client, clock, length)) {
        if (way !== 'trusted' && !mayDelete(container, writer.personId, owner)) continue;
        if (way !== 'trusted' && this.stays(client, from, to, container, writer, outcome)) continue;
        for (const [start, end] of this.index.delete(client, from, to)) {
          for (const assembly of into) assembly.delete(client, start, end - start);
          this.guard.learnDelete(container);
          changed = true;
          outcome.wrote ||= isWork(container);
        }
      }
    }
    return changed;
  }

  /** Whether these clocks are not to be deleted: the host forbids it, or what was to replace them was refused. */
  private stays(
    client: number,
    from: number,
    to: number,
    container: Container,
    writer: Writer,
    outcome: Outcome,
  ): boolean {
    if (outcome.kept.some((id) => id.client === client && id.clock >= from && id.clock < to)) return true;
    const denied = this.guard.whyNotDelete(container, writer);
    // Clients repeat all that they ever deleted.
    if (denied === null || this.index.isDeleted(client, from, to)) return false;
    outcome.denied ??= denied;
    return true;
  }
}

/**
 * What the validator knows of a document without its Y.Doc: which clocks of each client exist, in which container they
 * live, and which are deleted.
 */
import { Ranges } from '../wire/ranges.ts';
import type { Id } from '../wire/scan.ts';
import { isKept, type Container } from './containers.ts';

interface Run {
  /** The first clock; a run reaches to the next one's. */
  readonly from: number;
  readonly container: Container;
}

interface Known {
  next: number;
  readonly runs: Run[];
  readonly deleted: Ranges;
}

export class StructIndex {
  private readonly clients = new Map<number, Known>();
  /** Who wrote to places that a client writes to once. */
  private readonly once = new Map<Container, Set<number>>();

  private of(client: number): Known {
    let known = this.clients.get(client);
    if (!known) this.clients.set(client, (known = { next: 0, runs: [], deleted: new Ranges() }));
    return known;
  }

  /** How many clients are known. */
  get size(): number {
    return this.clients.size;
  }

  /** The client's next clock. */
  next(client: number): number {
    return this.clients.get(client)?.next ?? 0;
  }

  /** Each client's next clock, of those who wrote something. */
  *heads(): Generator<readonly [number, number]> {
    for (const [client, { next }] of this.clients) if (next > 0) yield [client, next];
  }

  /** Must continue where the client stands. */
  add(client: number, length: number, container: Container): void {
    const known = this.of(client);
    if (known.runs.at(-1)?.container !== container) known.runs.push({ from: known.next, container });
    known.next += length;
    if (!isKept(container)) return;
    const writers = this.once.get(container);
    if (writers) writers.add(client);
    else this.once.set(container, new Set([client]));
  }

  /** Whether this client wrote what is kept for good in this place. */
  hasWritten(client: number, container: Container): boolean {
    return this.once.get(container)?.has(client) ?? false;
  }

  container(id: Id): Container | null {
    const known = this.clients.get(id.client);
    if (!known || id.clock >= known.next) return null;
    return known.runs[this.runAt(known, id.clock)]?.container ?? null;
  }

  private runAt(known: Known, clock: number): number {
    let low = 0;
    let high = known.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((known.runs[middle]?.from ?? 0) <= clock) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The known part of [clock, clock + length) of a client, cut where the container changes. */
  *spans(client: number, clock: number, length: number): Generator<{ from: number; to: number; container: Container }> {
    const known = this.clients.get(client);
    if (!known) return;
    const end = Math.min(clock + length, known.next);
    let at = clock;
    for (let i = this.runAt(known, clock); at < end; i += 1) {
      const run = known.runs[i];
      if (!run) return;
      const to = Math.min(end, known.runs[i + 1]?.from ?? end);
      if (to > at) yield { from: at, to, container: run.container };
      at = Math.max(at, to);
    }
  }

  isDeleted(client: number, from: number, to: number): boolean {
    return this.clients.get(client)?.deleted.covers(from, to) ?? false;
  }

  /** Marks clocks as deleted and gives those that were not before. */
  delete(client: number, from: number, to: number): [number, number][] {
    return this.of(client).deleted.add(from, to);
  }
}

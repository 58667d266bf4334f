/** Puts an update together from structs that were accepted in order. */
import { Ranges } from './ranges.ts';
import type { Id, Scan } from './scan.ts';
import { Writer } from './writer.ts';

interface Open {
  clock: number;
  count: number;
  next: number;
  parts: Uint8Array[];
}

/** What a struct that may not enter leaves behind: as many clocks, no content. */
export const tombstone = (length: number): Uint8Array => new Writer().byte(0).varUint(length).finish();

export class Assembly {
  private readonly clients = new Map<number, Open>();
  private readonly deletes = new Map<number, Ranges>();
  /** Bytes of structs so far. */
  bytes = 0;

  /** @param first what it begins with. */
  constructor(first?: Assembly) {
    if (first) this.absorb(first);
  }

  /** Each client's structs must follow one another without a gap. */
  struct(client: number, clock: number, length: number, bytes: Uint8Array): void {
    let open = this.clients.get(client);
    if (!open) this.clients.set(client, (open = { clock, count: 0, next: clock, parts: [] }));
    if (open.next !== clock) throw new Error(`A gap in what client ${client} wrote: ${clock} after ${open.next}`);
    open.count += 1;
    open.next = clock + length;
    open.parts.push(bytes);
    this.bytes += bytes.length;
  }

  /** Takes in what follows; false, and nothing happens, where it does not follow without a gap. */
  absorb(next: Assembly): boolean {
    for (const [client, { clock }] of next.clients) {
      const own = this.clients.get(client);
      if (own && own.next !== clock) return false;
    }
    for (const [client, open] of next.clients) {
      const own = this.clients.get(client);
      if (own) {
        for (const part of open.parts) own.parts.push(part);
        own.count += open.count;
        own.next = open.next;
      } else this.clients.set(client, { ...open, parts: [...open.parts] });
    }
    for (const [client, ranges] of next.deletes) for (const [from, to] of ranges) this.delete(client, from, to - from);
    this.bytes += next.bytes;
    return true;
  }

  delete(client: number, clock: number, length: number): void {
    let ranges = this.deletes.get(client);
    if (!ranges) this.deletes.set(client, (ranges = new Ranges()));
    ranges.add(clock, clock + length);
  }

  /** Whether nothing of the clients in it stands in `other` behind what is here. */
  isAbreast(other: Assembly): boolean {
    for (const [client, { next }] of this.clients) if (other.clients.get(client)?.next !== next) return false;
    return true;
  }

  /** Whether something of `scan` stands on what is here, or behind it, or deletes it. */
  meets({ blocks, deletes }: Scan): boolean {
    if (this.clients.size === 0) return false;
    const isHere = (id: Id | string | null): boolean =>
      id !== null && typeof id !== 'string' && id.clock >= (this.clients.get(id.client)?.clock ?? Infinity);
    return (
      blocks.some(
        ({ client, structs }) =>
          this.clients.has(client) ||
          structs.some(({ origin, rightOrigin, parent }) => isHere(origin) || isHere(rightOrigin) || isHere(parent)),
      ) || deletes.some(({ client, clock, length }) => isHere({ client, clock: clock + length - 1 }))
    );
  }

  /** Of whom something is deleted. */
  deletedClients(): Iterable<number> {
    return this.deletes.keys();
  }

  get empty(): boolean {
    return this.clients.size === 0 && this.deletes.size === 0;
  }

  /** The update in encoding V1; clients descend, as Yjs writes them and its merge expects them. */
  encode(): Buffer {
    const writer = new Writer();
    const clients = [...this.clients].sort(([a], [b]) => b - a);
    writer.varUint(clients.length);
    for (const [client, { clock, count, parts }] of clients) {
      writer.varUint(count).varUint(client).varUint(clock);
      for (const part of parts) writer.raw(part);
    }
    const deletes = [...this.deletes].sort(([a], [b]) => b - a);
    writer.varUint(deletes.length);
    for (const [client, ranges] of deletes) {
      writer.varUint(client).varUint(ranges.size);
      for (const [from, to] of ranges) writer.varUint(from).varUint(to - from);
    }
    return writer.finish();
  }
}

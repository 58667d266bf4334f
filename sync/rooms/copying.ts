/**
 * Writes a document down as one update, or in parts, while it goes on being written: what `Y.encodeStateAsUpdate` does in
 * one go, which holds everything up as long as the document is large. What the copy holds is at least what stood when it
 * began; with every update since then it is whole.
 */
import { length as lengthOf } from 'lib0/encoding';
import * as Y from 'yjs';
import { Writer } from '../wire/writer.ts';

/** Structs in one step: about half a millisecond. Those that are only passed over cost less. */
const STRUCTS = 200;
const PASSED = 1 / 16;
/** Bytes of a part: a page takes one within a few ms. */
const PART_BYTES = 32 * 1024;

/** Structs of one client that follow one another. */
interface Piece {
  readonly client: number;
  readonly clock: number;
  count: number;
  readonly encoder: Y.UpdateEncoderV1;
}

interface Client {
  readonly client: number;
  /** Behind the last clock that is written. */
  readonly end: number;
  /** What comes before is known already: of that only the deletions are written. */
  readonly known: number;
  clock: number;
  /** From, to; in order and apart. */
  readonly deleted: [number, number][];
}

export class Copying {
  private readonly doc: Y.Doc;
  private readonly clients: readonly Client[];
  private readonly parts: Piece[][] = [[]];
  /** Of the last part. */
  private bytes = 0;
  private at = 0;

  /** @param known each client's next clock, as far as it is to be left out. */
  constructor(doc: Y.Doc, known: ReadonlyMap<number, number> = new Map()) {
    this.doc = doc;
    this.clients = [...doc.store.clients.keys()]
      .sort((a, b) => b - a)
      .map((client) => ({
        client,
        end: Y.getState(doc.store, client),
        known: known.get(client) ?? 0,
        clock: 0,
        deleted: [],
      }));
  }

  /** True when all is written. */
  step(): boolean {
    for (let left = STRUCTS; left > 0;) {
      const client = this.clients[this.at];
      if (!client) return true;
      left -= this.write(client, left);
      if (client.clock >= client.end) this.at += 1;
    }
    return this.at >= this.clients.length;
  }

  /** Once all is written: the whole. */
  encode(): Uint8Array {
    return updateOf(this.parts.flat(), this.deletions());
  }

  /** The same as updates that are applied one by one, each small; deletions are in the last one. */
  encodeParts(): Uint8Array[] {
    const last = this.parts.length - 1;
    return this.parts.map((pieces, i) => updateOf(pieces, i === last ? this.deletions() : []));
  }

  /** Since the last step structs may have been joined, cut or collected, so it goes on from a clock. Gives what it cost. */
  private write(of: Client, most: number): number {
    const structs = this.doc.store.clients.get(of.client) ?? [];
    let piece: Piece | null = null;
    let cost = 0;
    for (let i = Y.findIndexSS(structs, of.clock); of.clock < of.end && cost < most; i += 1) {
      const struct = structs[i];
      if (!struct) break;
      const next = struct.id.clock + struct.length;
      if (struct.deleted) note(of.deleted, of.clock, next);
      of.clock = Math.max(of.clock, Math.min(next, of.known));
      cost += PASSED;
      if (of.clock >= next) continue;
      cost += 1;
      piece ??= this.begin(of);
      struct.write(piece.encoder, of.clock - struct.id.clock);
      piece.count += 1;
      of.clock = next;
      const { restEncoder } = piece.encoder;
      if (this.bytes + lengthOf(restEncoder) < PART_BYTES) continue;
      this.parts.push([]);
      this.bytes = 0;
      piece = null;
    }
    if (piece) this.bytes += lengthOf(piece.encoder.restEncoder);
    return Math.max(cost, PASSED);
  }

  private begin({ client, clock }: Client): Piece {
    const piece = { client, clock, count: 0, encoder: new Y.UpdateEncoderV1() };
    this.parts.at(-1)?.push(piece);
    return piece;
  }

  private deletions(): readonly Client[] {
    return this.clients.filter(({ deleted }) => deleted.length > 0);
  }
}

function updateOf(pieces: readonly Piece[], deleting: readonly Client[]): Uint8Array {
  // Pieces of one client stand behind each other, and go on where the one before ends.
  const clients = new Map<number, Piece[]>();
  for (const piece of pieces) {
    const own = clients.get(piece.client);
    if (own) own.push(piece);
    else clients.set(piece.client, [piece]);
  }
  const writer = new Writer().varUint(clients.size);
  for (const [client, own] of clients) {
    const count = own.reduce((sum, piece) => sum + piece.count, 0);
    writer
      .varUint(count)
      .varUint(client)
      .varUint(own[0]?.clock ?? 0);
    for (const { encoder } of own) writer.raw(encoder.toUint8Array());
  }
  writer.varUint(deleting.length);
  for (const { client, deleted } of deleting) {
    writer.varUint(client).varUint(deleted.length);
    for (const [from, to] of deleted) writer.varUint(from).varUint(to - from);
  }
  return new Uint8Array(writer.finish());
}

function note(deleted: [number, number][], from: number, to: number): void {
  const last = deleted.at(-1);
  if (last?.[1] === from) last[1] = to;
  else deleted.push([from, to]);
}

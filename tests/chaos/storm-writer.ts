/**
 * One of a large class that draws: real ink under a client id of its own, kept until the server says that it is safe, and
 * a socket that costs next to nothing. It goes on drawing while it is cut off, and comes back at another node.
 */
import * as Y from 'yjs';
import { Reader } from '#sync/wire/reader.ts';
import { CONTENT, type Struct } from '#sync/wire/scan.ts';
import { Writer } from '#sync/wire/writer.ts';
import { Pen } from '../../bench/sync/points.ts';
import { ThinSocket, maskedFrame } from '../../bench/sync/thin-socket.ts';
import { ticketFor } from './board-client.ts';

const ACK = 100;
/** As the stock client's. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_500;
/** Bytes of a piece of ink, which say whose it is and how many there were before. */
const PIECE = 6;

/** Of the n-th piece of ink of a writer. */
export type PieceKey = number;
const keyOf = (writer: number, n: number): PieceKey => writer * 2 ** 32 + n;

/** The pieces in a stroke's ink. */
export function piecesIn(ink: Uint8Array): PieceKey[] {
  const bytes = Buffer.from(ink.buffer, ink.byteOffset, ink.length);
  return Array.from({ length: Math.floor(ink.length / PIECE) }, (_, i) =>
    keyOf(bytes.readUInt16BE(i * PIECE), bytes.readUInt32BE(i * PIECE + 2)),
  );
}

/** The piece that a struct of a writer brings, if it brings one: each ends with it. */
export const pieceOf = ({ content, bytes }: Struct): PieceKey | null =>
  content === CONTENT.binary || content === CONTENT.any ? (piecesIn(bytes.subarray(-PIECE))[0] ?? null) : null;

export interface StormPlace {
  /** Of the document. */
  readonly name: string;
  /** Of the nodes; a client that is cut off tries the next one. */
  readonly ports: readonly number[];
  /** What a page that comes back would say that it has. */
  vector(): Uint8Array;
}

export class StormWriter {
  readonly client: number;
  /** Of the node where it is, or tries to be. */
  port: number;
  /** Pieces of ink that it drew, and of them those that are safe, which are the first ones. */
  drawn = 0;
  safe = 0;
  /** From the kill of its node to the first ack through another one, ms; null while it waits, or was not there. */
  resumedAfter: number | null = null;
  private readonly place: StormPlace;
  private readonly number: number;
  private readonly person: { readonly personId: string; readonly name: string };
  private readonly pen: Pen;
  private socket: ThinSocket | null = null;
  private open = false;
  /** Drawn and not known to be safe, in order. */
  private unsafe: { readonly n: number; readonly update: Uint8Array }[] = [];
  /** What each message of this connection that counts brought at the latest. */
  private counted: number[] = [];
  private retries = 0;
  private retry: NodeJS.Timeout | null = null;
  private killedAt: number | null = null;
  /** It has found another node since. */
  private elsewhere = false;
  private left = false;

  /** @param number unlike any other's on this board. */
  constructor(place: StormPlace, number: number) {
    this.place = place;
    this.number = number;
    this.client = number + 1;
    this.person = { personId: `p-storm-${number}`, name: `Storm ${number}` };
    this.pen = new Pen(this.client, { id: this.person.personId, name: this.person.name }, number * 7);
    this.port = place.ports[number % place.ports.length] ?? 0;
    this.connect();
  }

  get in(): boolean {
    return this.open;
  }

  get settled(): boolean {
    return this.open && this.unsafe.length === 0;
  }

  get waitsForAnother(): boolean {
    return this.killedAt !== null;
  }

  /** Keys of what the server said is safe, from the n-th on. */
  promised(from = 0): PieceKey[] {
    return Array.from({ length: this.safe - from }, (_, i) => keyOf(this.number, from + i + 1));
  }

  draw(): void {
    this.drawn += 1;
    const update = this.pen.next({ writer: this.number, at: this.drawn });
    this.unsafe.push({ n: this.drawn, update });
    if (this.open) this.say(update, this.drawn);
  }

  /** Its node is about to die: from now on the time counts. */
  expectDeath(at: number): void {
    this.resumedAfter = null;
    this.elsewhere = false;
    this.killedAt = at;
  }

  /** Goes to another node of its own accord, as when a node is back and takes its share. */
  move(port: number): void {
    const { socket } = this;
    this.cut();
    socket?.end();
    this.port = port;
    this.connect();
  }

  end(): void {
    this.left = true;
    if (this.retry) clearTimeout(this.retry);
    this.socket?.end();
  }

  private connect(): void {
    const { name } = this.place;
    const ticket = ticketFor(this.person, name, 'participant');
    const path = `/sync/${encodeURIComponent(name)}?ticket=${encodeURIComponent(ticket)}&ack=1`;
    const socket: ThinSocket = new ThinSocket(
      this.port,
      path,
      {
        onFrame: (payload) => {
          // One that was left may have something under way, in counts of its own.
          if (this.socket === socket) this.hear(payload);
        },
        onEnd: () => {
          if (this.socket === socket) this.comeBack();
        },
      },
      () => {
        if (this.socket === socket) this.enter();
      },
    );
    this.socket = socket;
  }

  /** Asks for what it lacks and says what is not safe, in one message, as a page does. */
  private enter(): void {
    this.open = true;
    this.elsewhere = true;
    this.retries = 0;
    this.send(new Writer().varUint(0).varUint(0).varBytes(this.place.vector()).finish());
    const last = this.unsafe.at(-1);
    if (last) this.say(Y.mergeUpdates(this.unsafe.map(({ update }) => update)), last.n);
  }

  private cut(): void {
    this.open = false;
    this.socket = null;
    this.counted = [];
  }

  private comeBack(): void {
    this.cut();
    if (this.left) return;
    const { ports } = this.place;
    this.port = ports[(ports.indexOf(this.port) + 1) % ports.length] ?? this.port;
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.retries);
    this.retries += 1;
    this.retry = setTimeout(() => this.connect(), wait);
  }

  private say(update: Uint8Array, n: number): void {
    this.counted.push(n);
    this.send(new Writer().varUint(0).varUint(2).varBytes(update).finish());
  }

  private send(message: Uint8Array): void {
    this.socket?.send(maskedFrame(message));
  }

  private hear(payload: Buffer): void {
    if (payload[0] !== ACK) return;
    const reader = new Reader(payload);
    reader.varUint();
    const n = this.counted[reader.varUint() - 1] ?? 0;
    if (n <= this.safe) return;
    this.safe = n;
    const kept = this.unsafe.findIndex((one) => one.n > n);
    this.unsafe = kept < 0 ? [] : this.unsafe.slice(kept);
    if (this.killedAt === null || !this.elsewhere) return;
    this.resumedAfter = performance.now() - this.killedAt;
    this.killedAt = null;
  }
}

/** What a room knows of a socket. */
import type { Close, ReadOnlyReason } from '../close-codes.ts';

export interface Peer {
  readonly personId: string;
  /** The name on the ticket. */
  readonly name: string;
  /** Asked for messages from 100 on. */
  readonly acks: boolean;
  /** May change what others drew. */
  readonly host: boolean;
  /** Observers read. */
  readonly observer: boolean;
  /** Reads a student's own board, as long as the host shows it. */
  readonly viewer: boolean;
  /** A server-side author, who may write a message little by little. */
  readonly streams?: boolean;
  /** An answer that it asked for is still on its way: it gets no other before. */
  readonly busy?: boolean;
  /** Writes a ready frame, and one behind it, or drops the socket when too much waits already. */
  write(frame: Buffer, then?: Buffer): void;
  /** Writes a frame that may as well be left out; it is, when the socket is behind. */
  offer(frame: Buffer): void;
  /** The same for an answer of any size that this socket asked for. */
  answer(frame: Buffer): void;
  close(close: Close): void;
}

/** Which of a peer's updates are durable. They are counted from 1 as they arrive. */
export class Receipts {
  private received = 0;
  private durable = 0;
  private acknowledged = 0;
  /** Updates that were not taken yet, or never will be: nothing from the first of them on is acknowledged. */
  private readonly open = new Set<number>();

  /** Counts an update in. */
  next(): number {
    this.received += 1;
    return this.received;
  }

  hold(n: number): void {
    this.open.add(n);
  }

  /** All up to `n` that are not held are durable, and so are those in `late`. The new count to acknowledge, or null. */
  settle(n: number, late: readonly number[]): number | null {
    this.durable = Math.max(this.durable, n);
    for (const number of late) this.open.delete(number);
    let count = this.durable;
    for (const number of this.open) count = Math.min(count, number - 1);
    if (count <= this.acknowledged) return null;
    this.acknowledged = count;
    return count;
  }
}

/** Why this peer may not write, or null. */
export const readOnlyFor = (peer: Peer, ended: ReadOnlyReason | null): ReadOnlyReason | null =>
  ended ?? (peer.observer || peer.viewer ? 'observer' : null);

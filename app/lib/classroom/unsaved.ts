/**
 * Counts the page's own changes that the server has not yet said to be durable. The server acknowledges by counting the
 * update messages of one connection (sync/PROTOCOL.md), so each message remembers how many changes it and those before
 * it carry, and how far the page had written by then.
 */
import type { Clocks } from './kept/contract.ts';

interface Cover {
  readonly made: number;
  readonly clocks: Clocks | null;
}

export class Unsaved {
  private made = 0;
  private saved = 0;
  /** Of the messages after the first `dropped`, which need not be remembered. */
  private covers: Cover[] = [];
  private dropped = 0;
  private whole = false;

  get count(): number {
    return this.made - this.saved;
  }

  /** The page changed the document; or so many changes of an earlier page are in it that may not be on the server. */
  change(count = 1): void {
    this.made += count;
  }

  /** A new connection counts from the start. */
  connect(): void {
    this.covers = [];
    this.dropped = 0;
    this.whole = false;
  }

  /**
   * An update message leaves. Only the answer to the server's step 1 carries what was made while there was no connection;
   * before it a message says nothing about the earlier changes.
   */
  send(kind: 'step2' | 'update', clocks: () => Clocks = () => new Map()): void {
    if (kind === 'step2') this.whole = true;
    this.covers.push(this.whole ? { made: this.made, clocks: clocks() } : { made: this.saved, clocks: null });
  }

  /** How many messages wait for their acknowledgement. */
  get remembered(): number {
    return this.covers.length;
  }

  /** The first `count` messages of this connection are durable. How far that reaches, where it says something new. */
  acknowledge(count: number): Clocks | null {
    const cover = this.covers[count - 1 - this.dropped];
    const done = Math.max(0, Math.min(count - this.dropped, this.covers.length));
    this.covers.splice(0, done);
    this.dropped += done;
    if (!cover || cover.made <= this.saved) return null;
    this.saved = cover.made;
    return cover.clocks;
  }
}

/**
 * Counts the page's own changes that the server has not yet said to be durable. The server acknowledges by counting the
 * update messages of one connection (sync/PROTOCOL.md), so each message remembers how many changes it and those before
 * it carry.
 */
export class Unsaved {
  private made = 0;
  private saved = 0;
  private covers: number[] = [];
  private whole = false;

  get count(): number {
    return this.made - this.saved;
  }

  /** Changes so far that are durable. */
  get durable(): number {
    return this.saved;
  }

  /** The page changed the document. Gives how often it did. */
  change(): number {
    this.made += 1;
    return this.made;
  }

  /** A new connection counts from the start. */
  connect(): void {
    this.covers = [];
    this.whole = false;
  }

  /**
   * An update message leaves. Only the answer to the server's step 1 carries what was made while there was no connection;
   * before it a message says nothing about the earlier changes.
   */
  send(kind: 'step2' | 'update'): void {
    if (kind === 'step2') this.whole = true;
    this.covers.push(this.whole ? this.made : this.saved);
  }

  /** The first `count` messages of this connection are durable. */
  acknowledge(count: number): void {
    this.saved = Math.max(this.saved, this.covers[count - 1] ?? 0);
  }
}

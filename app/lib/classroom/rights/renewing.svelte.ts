/**
 * A document that starts over when the server did not take a part of what this page wrote: Yjs has no way back, so the page
 * takes a new, empty document with another client id, and shows what everybody sees (sync/PROTOCOL.md).
 */
import type { ConnectedDocument } from '../sync.ts';

/** Opens the document; `onDenied` hears why something was not taken. */
export type Opens = (clientIds: readonly number[], onDenied: (reason: string) => void) => ConnectedDocument;

/** What else was sent is stored by then; and the new document is here by then. Wall ms. */
const STORED_MS = 2_000;
const THERE_MS = 8_000;
const LOOK_MS = 40;

export class Renewing {
  /** Another one after each start. */
  current: ConnectedDocument;
  private readonly open: Opens;
  private readonly onRenewed: (reason: string) => void;
  private readonly onOpen: (document: ConnectedDocument) => void;
  private ids: readonly number[];
  private next: ConnectedDocument | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private gone = false;

  /**
   * @param clientIds of the door; one for each start, and then those that Yjs makes up.
   * @param onOpen called with each document before it is shown.
   * @param onRenewed called after each start with the reason of the denial.
   */
  constructor(
    open: Opens,
    clientIds: readonly number[],
    onOpen: (document: ConnectedDocument) => void,
    onRenewed: (reason: string) => void,
  ) {
    this.open = open;
    this.ids = clientIds;
    this.onOpen = onOpen;
    this.onRenewed = onRenewed;
    this.current = $state.raw(this.start());
    onOpen(this.current);
  }

  destroy(): void {
    this.gone = true;
    clearTimeout(this.timer);
    this.next?.destroy();
    this.current.destroy();
  }

  private start(): ConnectedDocument {
    const mine = this.ids.slice(0, 1);
    this.ids = this.ids.slice(1);
    return this.open(mine, (reason) => this.renew(reason));
  }

  /** What is still under way arrives first; then the new document takes the old one's place. */
  private renew(reason: string): void {
    if (this.next || this.timer !== undefined || this.gone) return;
    const began = Date.now();
    const old = this.current;
    const step = (): void => {
      const waited = Date.now() - began;
      if (!this.next && (old.unsaved === 0 || waited > STORED_MS)) this.next = this.start();
      const there = this.next !== null && (this.next.status !== 'connecting' || waited > THERE_MS);
      if (!there || !this.next) {
        this.timer = setTimeout(step, LOOK_MS);
        return;
      }
      const next = this.next;
      this.next = null;
      this.timer = undefined;
      this.onOpen(next);
      this.current = next;
      old.destroy();
      this.onRenewed(reason);
    };
    this.timer = setTimeout(step, LOOK_MS);
  }
}

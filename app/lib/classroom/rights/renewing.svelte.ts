/**
 * A document that starts over when the server did not take a part of what this page wrote: Yjs has no way back, so the page
 * takes a new, empty document with another client id, and shows what everybody sees (sync/PROTOCOL.md).
 */
import type { ConnectedDocument } from '../sync.ts';

/** Opens the document; `onDenied` hears why something was not taken. */
export type Opens = (clientIds: readonly number[], onDenied: (reason: string) => void) => ConnectedDocument;

/** What else was sent is stored by then; and after a start at the latest by then. Wall ms. */
const STORED_MS = 2_000;
const LAST_STORED_MS = 10_000;
const LOOK_MS = 40;

export class Renewing {
  /** Another one after each start. */
  current: ConnectedDocument;
  private readonly open: Opens;
  private readonly onRenewed: (reason: string) => void;
  private readonly onOpen: (document: ConnectedDocument) => void;
  /** The current one, the next one while it comes, and those whose last words are being stored. */
  private all: readonly ConnectedDocument[] = [];
  private ids: readonly number[];
  private busy = false;
  private leaving = false;
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
    for (const document of this.all) document.destroy();
    this.all = [];
  }

  /** Nobody looks at it any more: it goes once the server has what this page wrote, or will take nothing. */
  async leave(): Promise<void> {
    this.leaving = true;
    await this.until(() => this.current.unsaved === 0 || !this.current.writable);
    this.destroy();
  }

  private start(): ConnectedDocument {
    const mine = this.ids.slice(0, 1);
    this.ids = this.ids.slice(1);
    const document = this.open(mine, (reason) => {
      if (document === this.current) void this.renew(reason);
    });
    this.all = [...this.all, document];
    return document;
  }

  /** What is still under way arrives first; then the new document takes the old one's place. */
  private async renew(reason: string): Promise<void> {
    if (this.busy || this.leaving || this.gone) return;
    this.busy = true;
    const old = this.current;
    const sent = (): boolean => old.status !== 'offline';
    // Without a connection nothing can be taken back, and what waits for one must not go.
    const stored = await this.until(() => sent() && old.unsaved === 0, STORED_MS);
    if (!stored && !(await this.until(sent))) return;
    const next = this.start();
    if (!(await this.until(() => next.status !== 'connecting' && next.status !== 'offline'))) return;
    if (this.leaving) return this.drop(next);
    this.busy = false;
    this.onOpen(next);
    this.current = next;
    this.onRenewed(reason);
    // Its last words may have been sent and not stored.
    await this.until(() => old.unsaved === 0, LAST_STORED_MS);
    this.drop(old);
  }

  private drop(document: ConnectedDocument): void {
    document.destroy();
    this.all = this.all.filter((one) => one !== document);
  }

  /** Whether it came true, within `patience` ms or while this is open. */
  private async until(isSo: () => boolean, patience = Infinity): Promise<boolean> {
    const last = Date.now() + patience;
    while (!this.gone && Date.now() < last) {
      if (isSo()) return true;
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
    return false;
  }
}

/**
 * A document that starts over when the server did not take a part of what this page wrote: Yjs has no way back, so the page
 * takes a new, empty document with another client id, and shows what everybody sees (sync/PROTOCOL.md).
 */
import type { OwnDocument } from '../sync.ts';

/** Opens the document, after another one without what this device has of it; `onDenied` hears why something was not taken. */
export type Opens = (onDenied: (reason: string) => void, after: OwnDocument | null) => Promise<OwnDocument>;

/** What else was sent is stored by then; and after a start at the latest by then. Wall ms. */
const STORED_MS = 2_000;
const LAST_STORED_MS = 10_000;
const LOOK_MS = 40;

export class Renewing {
  /** Another one after each start. */
  current: OwnDocument;
  private readonly open: Opens;
  private readonly onRenewed: (reason: string) => void;
  private readonly onOpen: (document: OwnDocument) => void;
  /** The current one, the next one while it comes, and those whose last words are being stored. */
  private all: readonly OwnDocument[] = [];
  private busy = false;
  private leaving = false;
  private gone = false;
  private url: string | null = null;

  private constructor(
    first: OwnDocument,
    open: Opens,
    onOpen: (document: OwnDocument) => void,
    onRenewed: (reason: string) => void,
  ) {
    this.open = open;
    this.onOpen = onOpen;
    this.onRenewed = onRenewed;
    this.current = $state.raw(first);
    this.all = [first];
    onOpen(first);
  }

  /**
   * @param onOpen called with each document before it is shown.
   * @param onRenewed called after each start with the reason of the denial.
   */
  static async begin(
    open: Opens,
    onOpen: (document: OwnDocument) => void,
    onRenewed: (reason: string) => void,
  ): Promise<Renewing> {
    let renewing: Renewing | null = null;
    const first: OwnDocument = await open((reason) => renewing?.denied(first, reason), null);
    renewing = new Renewing(first, open, onOpen, onRenewed);
    return renewing;
  }

  /** The door has answered, where it was opened without. */
  arrive(url: string): void {
    this.url = url;
    for (const document of this.all) document.arrive(url);
  }

  /** Nobody looks at it any more: it goes once the server has what this page wrote, or will take nothing. */
  async leave(): Promise<void> {
    this.leaving = true;
    await this.until(() => (this.current.unsaved === 0 && this.current.settled) || !this.current.writable);
    this.destroy();
  }

  destroy(): void {
    this.gone = true;
    for (const document of this.all) document.destroy();
  }

  private denied(document: OwnDocument, reason: string): void {
    if (document === this.current) void this.renew(reason);
  }

  /** What is still under way arrives first; then the new document takes the old one's place. */
  private async renew(reason: string): Promise<void> {
    if (this.busy || this.leaving || this.gone) return;
    this.busy = true;
    const old = this.current;
    const sent = (): boolean => old.status !== 'offline' && old.settled;
    // Without a connection nothing can be taken back, and what waits for one must not go.
    const stored = await this.until(() => sent() && old.unsaved === 0, STORED_MS);
    if (!stored && !(await this.until(sent))) return;
    const next: OwnDocument = await this.open((again) => this.denied(next, again), old);
    this.all = [...this.all, next];
    if (this.gone) return next.destroy();
    if (this.url !== null) next.arrive(this.url);
    if (!(await this.until(() => next.status !== 'connecting' && next.status !== 'offline'))) return;
    if (this.leaving) return this.drop(next);
    this.busy = false;
    this.onOpen(next);
    this.current = next;
    this.onRenewed(reason);
    // Its last words may have been sent and not stored.
    const last = await this.until(() => old.unsaved === 0, LAST_STORED_MS);
    await this.drop(old);
    if (last && !this.gone && this.current === next) next.keepWhole();
  }

  private async drop(document: OwnDocument): Promise<void> {
    await document.close();
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

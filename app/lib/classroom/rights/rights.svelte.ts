/** What the host allows, as a component reads it, and the way to say it. */
import { FREE, RIGHTS, readRights, setRights, type Rights, type RightsChange } from '#sync/documents/rights.ts';
import type { Surface } from '#sync/documents/names.ts';
import type * as Y from 'yjs';

export class RightsView {
  now: Rights = $state.raw(FREE);
  /** Rises with each word that turns everybody to a page, the same page included. */
  turns = $state(0);
  /** The word of these that this page has followed; a board that is mounted anew goes on from there. */
  followed = -1;
  private readonly surface: Surface;
  private readonly onChange: (before: Rights, now: Rights) => void;
  private doc: Y.Doc | null = null;

  constructor(surface: Surface, onChange: (before: Rights, now: Rights) => void = () => undefined) {
    this.surface = surface;
    this.onChange = onChange;
  }

  /** Reads another document from now on. */
  attach(doc: Y.Doc): void {
    this.detach();
    this.doc = doc;
    doc.getMap<unknown>(RIGHTS).observe(this.look);
    // An empty one is on its way: what was said before holds until it is here.
    if (doc.getMap<unknown>(RIGHTS).size > 0) this.read();
  }

  detach(): void {
    this.doc?.getMap<unknown>(RIGHTS).unobserve(this.look);
    this.doc = null;
  }

  say(hostId: string, ...changes: readonly RightsChange[]): void {
    if (this.doc) setRights(this.doc, hostId, ...changes);
  }

  private readonly look = (event: Y.YMapEvent<unknown>): void => {
    if (event.keysChanged.has('turn')) this.turns += 1;
    this.read();
  };

  private read(): void {
    if (!this.doc) return;
    const before = this.now;
    this.now = readRights(this.doc, this.surface);
    this.onChange(before, this.now);
  }
}

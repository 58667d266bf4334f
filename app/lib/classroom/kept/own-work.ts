/**
 * What one person writes in one open document: what of it the server lacks, where this device keeps it, and what the server
 * did not take.
 */
import * as Y from 'yjs';
import type { Surface } from '#sync/documents/names.ts';
import { Unsaved } from '../unsaved.ts';
import { aside, joined, refusedOf } from './aside.ts';
import { furthest, isSent, type Clocks, type Kept, type Refused, type Stored } from './contract.ts';
import { OwnEntries, split, unsafeEntries } from './entries.ts';
import { Keeper } from './keeper.ts';

/** Where a document is kept. */
export interface Device {
  readonly kept: Kept;
  /** Of its lesson. */
  readonly code: string;
  /** What is there by now. */
  readonly stored: Stored | null;
  /**
   * Begins empty whatever is there, which stays until `keepWhole`: after a start over, with what was not taken by then. Null
   * for what begins with what is there.
   */
  readonly anew: { readonly lost: Refused | null } | null;
}

export interface OwnWorkPorts {
  readonly doc: Y.Doc;
  readonly name: string;
  readonly surface: Surface;
  readonly device: Device | null;
  /** Another document takes its place after a denial, and shows what was not taken. */
  readonly startsOver: boolean;
  /** Something that is shown of it has changed. */
  readonly onChange: () => void;
  /** Asks the server for all that it has; `asked` hears when the question left, and `answered` when the answer came. */
  readonly ask: () => void;
  /** Something was not taken, and nobody told this page: the document differs from everybody's. */
  readonly onRefused: (reason: string) => void;
}

/** What may have been refused, put aside before the server says so. */
interface Suspect {
  /** Null while nobody has said that anything was. */
  readonly reason: string | null;
  readonly ids: readonly string[];
  readonly update: Uint8Array;
}

/** Why, where the server told another page. */
const UNTOLD = 'not-allowed';
/** Origins of transactions that are not this page's acts. */
const DEVICE = 'device';
const OTHER_TAB = 'other-tab';
/** So long after the first word that something was not taken the server is asked what it has, ms. */
const LOOK_MS = 300;

export class OwnWork {
  readonly counts = new Unsaved();
  /** What the server did not take, until it is put away. */
  lost: Refused | null = null;
  /** That of it which is for this document to show. */
  shown: Refused | null = null;
  private readonly ports: OwnWorkPorts;
  private readonly own: OwnEntries;
  private readonly keeper: Keeper | null;
  /** Ids under which this person has written, from whichever page. */
  private mine: Clocks = new Map();
  /** Acts from before there was a connection, or of another tab: whoever did the others has seen what became of them. */
  private waited = new Set<string>();
  private suspect: Suspect | null = null;
  /** Acknowledged while it is not known what of it was refused: what is not said to be safe is looked at by the next page. */
  private held: Clocks | null = null;
  private looking: ReturnType<typeof setTimeout> | undefined;
  /** Questions and answers of this connection, and the answer that says what became of the suspect; 0 for none. */
  private asks = 0;
  private answers = 0;
  private needs = 0;

  constructor(ports: OwnWorkPorts) {
    this.ports = ports;
    this.own = new OwnEntries(ports.doc, ports.surface);
    this.keeper = ports.device ? this.restore(ports.device) : null;
  }

  /** Acts that the server has not said to have. */
  get entries(): number {
    return this.own.count;
  }

  /** Keys of the strokes or messages among them. */
  get unsafe(): readonly string[] {
    return this.own.count === 0 ? [] : split(this.ports.surface, this.own.ids).keys;
  }

  /** Whether what is written now outlives the page. */
  get keeps(): boolean {
    return this.keeper?.works === true;
  }

  /** False while it is being found out what was not taken. */
  get settled(): boolean {
    return this.needs === 0;
  }

  /** How far this person's ids have written by now, as far as this page knows. */
  readonly clocks = (): Clocks =>
    new Map(
      [...this.mine].map(([client, n]) => [client, client < 0 ? n : Y.getState(this.ports.doc.store, client)] as const),
    );

  /** The document has changed; `heard`: by what the server sent. */
  changed(update: Uint8Array, origin: unknown, heard: boolean, transaction: Y.Transaction): void {
    if (origin === DEVICE) return;
    if (origin === OTHER_TAB) {
      // Kept by it; here it only has to be sent on, and looked after as if it were this page's.
      for (const id of this.own.heard(transaction, this.mine)) this.waited.add(id);
      this.counts.change();
      return this.ports.onChange();
    }
    if (heard) return this.keeper?.heard(update);
    const own = this.own.wrote(transaction);
    this.mine = furthest(this.mine, own);
    this.keeper?.wrote(update, own);
    // Always: a connection may be gone for half a minute before this page hears of it.
    this.keeper?.tellTabs(update, own);
    this.counts.change();
    this.ports.onChange();
  }

  /** A connection begins. */
  connected(): void {
    this.counts.connect();
    [this.asks, this.answers] = [0, 0];
    if (this.needs > 0) this.needs = 1;
    this.waited = new Set(this.own.ids);
    // Another page may have sent it, and heard that it was refused: then the first answer says so.
    if (this.waited.size > 0) this.suspectAll(this.suspect?.reason ?? null);
  }

  /** The first `count` messages of the connection are durable. */
  acknowledged(count: number): void {
    const safe = this.counts.acknowledge(count);
    if (safe) {
      this.own.safe(safe);
      if (this.suspect) this.held = furthest(this.held ?? new Map(), safe);
      else this.keeper?.markSafe(safe);
    }
    this.ports.onChange();
  }

  /**
   * Something was not taken. What the server left out of what waited for a connection goes from this document with its next
   * whole answer: so it is put aside first, and then the server is asked.
   */
  denied(reason: string): void {
    this.suspectAll(reason);
    if (!this.suspect) return;
    // The question that is asked next: an answer that is under way may be from before.
    this.needs = this.asks + 1;
    this.looking ??= setTimeout(() => {
      this.looking = undefined;
      this.ports.ask();
    }, LOOK_MS);
  }

  /** A question left. */
  asked(): void {
    this.asks += 1;
  }

  /** The server has said what it has. */
  answered(): void {
    this.answers += 1;
    if (!this.suspect) return;
    this.putAside(this.suspect);
    if (this.answers < this.needs) return;
    this.needs = 0;
    this.suspect = null;
    if (this.held) this.keeper?.markSafe(this.held);
    this.held = null;
    this.ports.onChange();
  }

  forgetLost(): void {
    this.lost = null;
    this.shown = null;
    this.keeper?.forgetRefused();
    this.ports.onChange();
  }

  /** From now on this document alone is what is kept of it, as soon as the server has what was kept before. */
  keepWhole(): void {
    this.keeper?.replace(() => Y.encodeStateAsUpdate(this.ports.doc));
  }

  /** Asks this person's other tabs for what they have beyond this one. */
  askTabs(): void {
    if (this.ports.device?.anew === null) this.keeper?.askTabs(Y.encodeStateVector(this.ports.doc));
  }

  /** Writes what waits to be kept. */
  flush(): void {
    this.keeper?.flush();
  }

  /** The page leaves the document. Resolves when what is written is kept. */
  async close(): Promise<void> {
    clearTimeout(this.looking);
    // Another tab of this person may be the one that goes on.
    if (this.counts.count > 0 || this.suspect)
      this.keeper?.tellTabs(Y.encodeStateAsUpdate(this.ports.doc), this.clocks());
    await this.keeper?.close();
  }

  /** What this device has of the document, before anything else is heard or written. */
  private restore({ kept, code, stored, anew }: Device): Keeper {
    const { doc, name, surface, onChange } = this.ports;
    this.lost = anew ? anew.lost : (stored?.refused ?? null);
    this.shown = this.lost;
    if (stored && !anew) {
      doc.transact(() => {
        for (const update of stored.updates) this.apply(update, DEVICE);
      }, DEVICE);
      const { mine, safe } = stored.document;
      this.mine = mine;
      const unsafe = unsafeEntries(doc, surface, mine, safe);
      this.own.restore(unsafe);
      if (!isSent(stored.document)) this.counts.change(Math.max(1, unsafe.size));
    }
    return new Keeper({
      kept,
      name,
      code,
      onOtherTab: (update, own) => {
        this.mine = furthest(this.mine, own);
        this.apply(update, OTHER_TAB);
      },
      onAsked: (vector) => this.missing(vector),
      onRefused: (reason) => this.ports.onRefused(reason),
      onChange,
    });
  }

  /** Puts what waited for the server aside, as long as it is in the document. */
  private suspectAll(reason: string | null): void {
    const { doc, surface } = this.ports;
    const waits = this.own.ids.filter((id) => this.waited.has(id));
    const ids = [...new Set([...(this.suspect?.ids ?? []), ...waits])];
    if (ids.length > 0) this.suspect = { reason, ids, update: aside(doc, surface, ids) };
  }

  /** Those of it that the server has left out by now. */
  private putAside({ reason, ids, update }: Suspect): void {
    const { surface, startsOver, onRefused, onChange } = this.ports;
    const gone = this.own.gone(ids);
    if (gone.length === 0) return;
    this.own.forget(gone);
    this.suspect = { reason, ids: ids.filter((id) => !gone.includes(id)), update };
    const refused = refusedOf(surface, reason ?? UNTOLD, gone, update);
    this.lost = joined(surface, this.lost, refused);
    if (!startsOver) this.shown = this.lost;
    this.keeper?.refuse(refused);
    if (reason === null) onRefused(refused.reason);
    onChange();
  }

  /** What this page has beyond a state vector; null for nothing. */
  private missing(vector: Uint8Array): { update: Uint8Array; own: Clocks } | null {
    const { doc } = this.ports;
    const theirs = Y.decodeStateVector(vector);
    const more = [...Y.decodeStateVector(Y.encodeStateVector(doc))].some(
      ([client, clock]) => (theirs.get(client) ?? 0) < clock,
    );
    return more ? { update: Y.encodeStateAsUpdate(doc, vector), own: this.clocks() } : null;
  }

  private apply(update: Uint8Array, origin: string): void {
    try {
      Y.applyUpdate(this.ports.doc, update, origin);
    } catch (error) {
      // One that was half written must not cost the others.
      console.warn('Something that was kept of the classroom cannot be read:', error);
    }
  }
}

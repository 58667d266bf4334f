/**
 * The open documents. Each is loaded once, whoever asks at the same time, and forgotten after its last socket only when
 * everything in it is durable.
 */
import * as Y from 'yjs';
import type { ReadOnlyReason } from '../close-codes.ts';
import { addresseesOf, type Addressees } from '../documents/addressed.ts';
import { documentName, parseDocumentName, type DocumentName } from '../documents/names.ts';
import { standingRights, type StandingRight } from '../documents/rights.ts';
import type { Fanout, Hearer } from '../fanout/fanout.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { DocumentTable } from '../storage/documents.server.ts';
import type { HistoryTable } from '../storage/history.server.ts';
import type { Journal } from '../storage/journal.server.ts';
import type { Ruled } from './admit.ts';
import type { Leisure } from './leisure.ts';
import { Room } from './room.ts';
import { loadState, wholeOf } from './state.ts';

export interface RoomsPorts {
  readonly fanout: Fanout;
  readonly table: DocumentTable;
  readonly history: HistoryTable;
  readonly journal: Journal;
  /** This person's update changed the document, at this business time, ms. */
  readonly worked: (document: DocumentName, personId: string, at: number) => void;
  /** Something of this document is durable now, by this process. */
  readonly onStored: (document: DocumentName) => void;
  readonly ruled: (document: DocumentName, personId: string, ruled: readonly Ruled[], at: number) => void;
  /** What the host said before the document was opened here; the lesson knows most of it. */
  readonly ruledBefore: (document: DocumentName, standing: readonly StandingRight[], at: number) => void;
  readonly limits: Limits;
  readonly leisure: Leisure;
  readonly log: Log;
  readonly wall: () => number;
  readonly business: () => number;
  readonly ended: (lessonId: string) => Promise<ReadOnlyReason | null>;
}

interface Open {
  readonly room: Room;
  readonly stopHearing: () => Promise<void>;
  /** The sequence number of the last snapshot. */
  saved: number;
  /** The sequence number of the last state that is kept for good. */
  checkpoint: number;
  /** Wall ms since when nobody is here; null while somebody is. */
  empty: number | null;
  /** It is being looked after: a slow one delays no other. */
  tended: boolean;
}

/** The lesson's own document of the same surface. */
function parentOf({ surface, lessonId }: DocumentName): [string, DocumentName] {
  const parent = { surface, lessonId, personId: null };
  return [documentName(parent), parent];
}

export class Rooms {
  private readonly ports: RoomsPorts;
  private readonly rooms = new Map<string, Promise<Open>>();
  private readonly loaded = new Map<string, Open>();
  /** Rooms that were made so far. */
  private lives = 0;

  constructor(ports: RoomsPorts) {
    this.ports = ports;
  }

  get size(): number {
    return this.rooms.size;
  }

  *[Symbol.iterator](): Generator<Room> {
    for (const { room } of this.loaded.values()) yield room;
  }

  /** Loads the document unless it is here, and keeps it: the caller joins in the same turn. */
  async open(name: string, document: DocumentName): Promise<Room> {
    let opening = this.rooms.get(name);
    if (opening && this.loaded.get(name)?.room.broken) {
      await this.forget(name);
      opening = undefined;
    }
    if (!opening) {
      opening = this.load(name, document);
      this.rooms.set(name, opening);
      opening.catch(() => this.rooms.delete(name));
    }
    const open = await opening;
    open.empty = this.ports.wall();
    return open.room;
  }

  /** Whether the host shows this student's own board to everybody now. */
  async isRevealed(document: DocumentName): Promise<boolean> {
    if (document.surface !== 'board' || document.personId === null) return false;
    const parent = await this.open(...parentOf(document));
    return parent.rights.reveal === document.personId;
  }

  /** The lesson's open documents. */
  *ofLesson(lessonId: string): Generator<Room> {
    for (const room of this) if (room.document.lessonId === lessonId) yield room;
  }

  /** Of a conversation's chat: who has not seen what was said to them, and who has; null when nothing is there. */
  async addressees(name: string, direct: boolean): Promise<Addressees | null> {
    const open = this.loaded.get(name);
    if (open && !open.room.broken) return open.room.addressees(direct);
    const whole = await this.snapshot(name);
    if (!whole) return null;
    const doc = new Y.Doc();
    Y.applyUpdate(doc, whole);
    const found = addresseesOf(doc, direct);
    doc.destroy();
    return found;
  }

  /** The whole document as one update; null when nobody wrote anything, or there is no such document. */
  async snapshot(name: string): Promise<Uint8Array | null> {
    if (!parseDocumentName(name)) return null;
    const open = this.loaded.get(name);
    if (open && !open.room.broken) return open.room.seen === 0 && open.room.settled ? null : open.room.snapshot();
    return wholeOf(await this.ports.table.load(name), this.ports.log);
  }

  /**
   * Puts an update of the server's own making into a document, as brought by this person. Resolves when it is durable.
   * @param owners whose the ids are under which it is written.
   */
  async bring(name: string, update: Uint8Array, personId: string, owners: ReadonlyMap<number, string>): Promise<void> {
    const { table, journal, fanout, wall, business } = this.ports;
    await table.create(name);
    const row = { body: update, personId, brought: true, wallAt: wall(), businessAt: business() };
    journal.accept(update.length);
    const stored = await journal.append(name, () => ({ updates: [row], bytes: update.length }));
    if (!stored) throw new Error(`What was brought to ${name} could not be stored`);
    // Nobody heard it early: everybody reads it.
    const word = { kind: 'stored', life: 0, ...stored, from: 0, to: 0 } as const;
    const opening = this.rooms.get(name);
    if (opening) {
      const { room } = await opening;
      for (const [client, owner] of owners) room.own([client], owner);
      room.hear(word, '');
    }
    fanout.tell(name, word);
  }

  /** Looks after every room; called again and again. What fails or is slow in one is its own matter. */
  sweep(): void {
    const now = this.ports.wall();
    for (const [name, open] of this.loaded) {
      if (open.tended) continue;
      open.tended = true;
      this.tend(name, open, now)
        .catch((error: unknown) => {
          this.ports.log.warn({ err: error, document: name }, 'looking after a document failed');
        })
        .finally(() => {
          open.tended = false;
        });
    }
  }

  private async tend(name: string, open: Open, now: number): Promise<void> {
    const { room } = open;
    room.sweep();
    if (room.peers.size > 0 || room.children.size > 0) open.empty = null;
    else open.empty ??= now;
    if (open.empty !== null && now - open.empty >= this.ports.limits.lingerMs && room.settled) await this.forget(name);
    else if (room.settled && room.seen - open.saved >= this.ports.limits.snapshotEvery) await this.save(name, open);
  }

  /** Forgets everything that is settled; call it when no socket is left. */
  async clear(): Promise<void> {
    await Promise.all([...this.loaded.keys()].map((name) => this.forget(name)));
  }

  private async load(name: string, document: DocumentName): Promise<Open> {
    const { ports } = this;
    await ports.table.create(name);
    // Listen first, then read: what is stored in between is heard, and waits for its number's turn.
    const early: ((room: Room) => void)[] = [];
    let now = (then: (room: Room) => void): void => void early.push(then);
    const hearer: Hearer = {
      onListening: () => now((room) => room.listening()),
      onWord: (word, from) => now((room) => room.hear(word, from)),
    };
    const stopHearing = ports.fanout.hear(name, hearer);
    try {
      const [stored, owners, ended, checkpoint] = await Promise.all([
        ports.table.load(name),
        ports.table.owners(name),
        ports.ended(document.lessonId),
        ports.history.lastCheckpoint(name),
      ]);
      // Kept open as long as this one, so that what the host says there holds here in the same tick.
      const parent = document.personId === null ? null : await this.open(...parentOf(document));
      const state = loadState(document.surface, stored, ports.log);
      const said = standingRights(state.doc, document.surface);
      const room = new Room(name, document, state, owners, ended, {
        limits: ports.limits,
        leisure: ports.leisure,
        log: ports.log,
        wall: ports.wall,
        business: ports.business,
        append: async (take) => {
          const stored = await ports.journal.append(name, take);
          if (stored) ports.onStored(document);
          return stored;
        },
        accept: (bytes) => ports.journal.accept(bytes),
        unstored: () => ports.journal.unstored,
        updatesAfter: (seq) => ports.table.updatesAfter(name, seq),
        storeMissing: (seq, missing) => ports.table.storeMissing(name, seq, missing),
        life: (this.lives += 1),
        claim: (client, personId) => this.claim(name, client, personId),
        tell: (word) => ports.fanout.tell(name, word),
        answer: (node, word) => ports.fanout.answer(node, name, word),
        worked: (personId, at) => ports.worked(document, personId, at),
        ruled: (personId, ruled, at) => ports.ruled(document, personId, ruled, at),
        ...(parent ? { parent } : {}),
      });
      now = (then) => then(room);
      for (const then of early) then(room);
      const open: Open = {
        room,
        stopHearing,
        saved: stored.snapshot?.seq ?? 0,
        checkpoint,
        empty: ports.wall(),
        tended: false,
      };
      this.loaded.set(name, open);
      // A process may have died between storing the host's word and telling the lesson: told again, it is the same command.
      ports.ruledBefore(document, said, ports.business());
      return open;
    } catch (error) {
      await stopHearing();
      throw error;
    }
  }

  private async claim(name: string, client: number, personId: string): Promise<string> {
    for (let wait = 100; ; wait = Math.min(5_000, wait * 2)) {
      try {
        return await this.ports.table.claim(name, client, personId);
      } catch (error) {
        this.ports.log.warn({ err: error, document: name, retryInMs: wait }, 'a client id could not be bound yet');
        await new Promise((resolve) => setTimeout(resolve, wait).unref());
      }
    }
  }

  private async forget(name: string): Promise<void> {
    const open = this.loaded.get(name);
    if (!open) return;
    // Gone from the maps in one step: whoever comes now loads it anew, from rows that are all there.
    this.loaded.delete(name);
    this.rooms.delete(name);
    await open.stopHearing();
    await this.save(name, open);
    open.room.destroy();
  }

  private async save(name: string, open: Open): Promise<void> {
    const { room } = open;
    if (room.broken || room.seen === open.saved || !room.complete) return;
    const { seen, exact } = room;
    const { table, history, limits } = this.ports;
    const keep = exact && seen - open.checkpoint >= limits.checkpointEvery;
    try {
      const { version } = room;
      const { update: body, version: copied } = await room.copied();
      // Somebody wrote meanwhile: what is not stored yet may be in it. The next rest will do.
      if (copied !== version || room.version !== version || room.broken) return;
      await table.saveSnapshot(name, seen, body);
      open.saved = seen;
      if (keep) await history.keepCheckpoint(name, seen, body);
      if (keep) open.checkpoint = seen;
    } catch (error) {
      this.ports.log.warn({ err: error, document: name }, 'a snapshot could not be stored; the updates are');
    }
  }

  /** Asks the database for what the bus may have dropped. */
  async catchUp(): Promise<void> {
    const names = [...this.loaded]
      .filter(([, { room }]) => room.peers.size > 0 || room.children.size > 0)
      .map(([name]) => name);
    if (names.length === 0) return;
    const heads = await this.ports.table.heads(names);
    for (const [name, head] of heads) this.loaded.get(name)?.room.catchUp(head);
  }
}

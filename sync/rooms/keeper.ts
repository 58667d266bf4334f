/**
 * Keeps a room and the database in step: what the room accepted is told and stored, what others say is taken in at once
 * and followed by its numbers, and a gap in them is filled from the database. What is acknowledged is durable with all
 * that it may build on.
 */
import type { Said, Word } from '../fanout/fanout.ts';
import type { Log } from '../log.ts';
import type { StoredUpdate } from '../storage/documents.server.ts';
import type { NewUpdate, Stored, Take } from '../storage/journal.server.ts';
import { Assembly } from '../wire/assemble.ts';
import { scanUpdate } from '../wire/scan.ts';
import type { Admitted, Ruled } from './admit.ts';
import { Batch } from './batch.ts';
import { Early, type Heard } from './early.ts';
import { rowsOf } from './leftover.ts';
import type { DocumentState } from './state.ts';
import type { Tick } from './tick.ts';

/** How long a gap in the numbers may close by itself, wall ms. */
const GAP_MS = 50;
/** Updates that may wait for what they build on; that is stored too, so waits are short. */
const MOST_PARKED = 1_000;
/** How long what nobody waits for is remembered, wall ms: its process may yet say which numbers it has. */
const REMEMBERED_MS = 30_000;

type EarlyWord = Word & { readonly kind: 'early' };
type StoredWord = Word & { readonly kind: 'stored' };

/** What was heard before what it builds on. */
interface Parked {
  readonly update: Uint8Array;
  readonly heard: Heard | null;
}

export interface KeeperPorts {
  readonly log: Log;
  /** Wall and business time, ms. */
  readonly wall: () => number;
  readonly business: () => number;
  /** How long another process may take to store what it said, ms. */
  readonly limits: { readonly earlyMs: number };
  /** Tells the life of this room, in this process, from its others. */
  readonly life: number;
  /** Stores in order what is there when its turn comes; resolves when durable and never rejects. */
  readonly append: (take: Take) => Promise<Stored>;
  /** Counts bytes that are to be stored. */
  readonly accept: (bytes: number) => void;
  readonly updatesAfter: (seq: number) => Promise<StoredUpdate[]>;
  /** Stores in one go what is missing beside the rows after `seq`; no two processes store the same. */
  readonly storeMissing: (
    seq: number,
    missing: (rows: readonly StoredUpdate[], owners: ReadonlyMap<number, string>) => readonly NewUpdate[],
  ) => Promise<Stored>;
  /** To every other process that has the document open, and to one of them. */
  readonly tell: (word: Word) => void;
  readonly answer: (node: string, word: Word) => void;
  /** This person's update changed the document at this business time, ms. */
  readonly worked: (personId: string, at: number) => void;
  /** This host said something of rights at this business time, ms. */
  readonly ruled: (personId: string, ruled: readonly Ruled[], at: number) => void;
}

/** What a keeper needs of its room. */
export interface KeptRoom {
  /** Takes in what another process let in. */
  readonly trust: (update: Uint8Array) => Admitted;
  readonly ownerOf: (client: number) => string | undefined;
  /** Everything in it is durable. */
  readonly onSafe: (batch: Batch) => void;
}

export class Keeper {
  private readonly name: string;
  private readonly state: DocumentState;
  private readonly ports: KeeperPorts;
  private readonly room: KeptRoom;
  /** What gathers until the next statement. */
  private batch: Batch | null = null;
  /** What this room said early, and of it what is in `batch`. */
  private said = 0;
  private saidFrom = 0;
  private readonly early = new Early();
  /** Stored, but what it may build on is not yet. */
  private readonly stored: { readonly batch: Batch; readonly needs: number }[] = [];
  private appending = 0;
  private refilling: Promise<void> | null = null;
  /** First → last of numbers that are in memory behind a gap. */
  private readonly ahead = new Map<number, number>();
  /** What was heard before what it builds on. */
  private readonly parked: Parked[];
  /** What another process left is being stored. */
  private storing = false;
  /** The database's last number when it was looked at before. */
  private headBefore = 0;
  /** The highest number heard of. */
  private wanted = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(name: string, state: DocumentState, ports: KeeperPorts, room: KeptRoom) {
    this.name = name;
    this.state = state;
    this.ports = ports;
    this.room = room;
    this.parked = state.waiting.map((update) => ({ update, heard: null }));
  }

  /** Everything that is in the document is durable. */
  get settled(): boolean {
    return this.appending === 0 && this.early.empty;
  }

  /** Everything that is numbered up to `seen` is in the document: a snapshot of it stands for the rows. */
  get complete(): boolean {
    return this.parked.length === 0 && !this.state.hole;
  }

  /** Nothing is in the document that has a number behind `seen`. */
  get exact(): boolean {
    return this.complete && this.ahead.size === 0 && this.early.empty;
  }

  /** Tells and stores a tick; `whole` is all that is new in it, or null. */
  keep(tick: Tick, whole: Uint8Array | null): void {
    const { ports } = this;
    const said = this.saidIn(tick, whole);
    if (said.length > 0) {
      this.said += 1;
      ports.tell({ kind: 'early', life: ports.life, n: this.said, said });
    }
    const fresh = this.batch === null;
    if (fresh) this.saidFrom = said.length > 0 ? this.said : this.said + 1;
    const batch = (this.batch ??= new Batch());
    const before = batch.bytes;
    batch.add(tick, ports.wall(), ports.business());
    ports.accept(batch.bytes - before);
    if (fresh) this.store(batch);
    if (whole) this.unpark();
  }

  /** What was said here: mostly one update. Where that would not say whose all of it is, some stand for themselves. */
  private saidIn(tick: Tick, whole: Uint8Array | null): readonly Said[] {
    const parts = tick.parts.filter(({ assembly }) => !assembly.empty);
    if (!whole || parts.length === 0) return [];
    const { ownerOf } = this.room;
    if (!tick.mixed && parts.every((part) => part.isPlain(ownerOf)))
      return [{ by: null, brought: false, update: whole }];
    const plain: Assembly[] = [];
    const marked: Said[] = [];
    for (const part of parts) {
      const { personId, brought, assembly } = part;
      if (!part.isPlain(ownerOf)) marked.push({ by: personId, brought, update: assembly.encode() });
      else if (!plain.at(-1)?.absorb(assembly)) plain.push(new Assembly(assembly));
    }
    return [...plain.map((one) => ({ by: null, brought: false, update: one.encode() })), ...marked];
  }

  private store(batch: Batch): void {
    const { ports } = this;
    let [needs, from, to] = [0, 0, 0];
    this.appending += 1;
    const take: Take = () => {
      // Whatever comes from now on is in the next one.
      this.batch = null;
      [needs, from, to] = [this.early.mark, this.saidFrom, this.said];
      return { updates: batch.rows(), bytes: batch.bytes };
    };
    void ports.append(take).then((stored) => {
      this.appending -= 1;
      if (stored) {
        this.follow(stored.first, stored.last, true);
        ports.tell({ kind: 'stored', life: ports.life, ...stored, from, to });
      }
      for (const { personId, brought, wrote, ruled } of batch.parts) {
        if (wrote && !brought) ports.worked(personId, batch.businessAt);
        if (ruled.length > 0) ports.ruled(personId, ruled, batch.businessAt);
      }
      this.stored.push({ batch, needs });
      this.release();
    });
  }

  /** Another process accepted this, and stores it now. */
  hear(node: string, { life, n, said }: EarlyWord): void {
    const { ports } = this;
    const heard: Heard = { said, at: ports.wall(), businessAt: ports.business(), workers: new Set(), ruled: [] };
    let news = false;
    for (const { update } of said) if (this.take(update, heard)) news = true;
    this.early.hear(node, life, n, heard, news);
  }

  /** It has: what it said as `from` to `to` has these numbers. */
  confirm(node: string, { life, first, last, from, to }: StoredWord): void {
    this.follow(first, last, this.early.stored(node, life, from, to));
    this.release();
  }

  /** What another process said and never stored is stored here; tried again with the next call when that fails. */
  storeOld(): void {
    const { ports, early } = this;
    const now = ports.wall();
    early.forget(now - REMEMBERED_MS);
    if (this.storing || early.old(now - ports.limits.earlyMs).length === 0) return;
    this.storing = true;
    this.storeLeftover(now - ports.limits.earlyMs)
      .catch((error: unknown) => {
        ports.log.warn({ err: error, document: this.name }, 'what another process only said could not be stored yet');
      })
      .finally(() => {
        this.storing = false;
      });
  }

  private async storeLeftover(before: number): Promise<void> {
    const { ports, early, state } = this;
    let old: readonly Heard[] = [];
    let rows: readonly NewUpdate[] = [];
    let owners: ReadonlyMap<number, string> = new Map();
    const stored = await ports.storeMissing(state.seen, (others, known) => {
      early.sawRows(
        others.map(({ body }) => scanUpdate(body)),
        scanUpdate,
      );
      old = early.old(before);
      owners = known;
      return (rows = old.flatMap((heard) => rowsOf(heard, known)));
    });
    early.done(old);
    if (stored) {
      ports.log.warn({ document: this.name, updates: old.length }, 'stored what another process only said');
      this.follow(stored.first, stored.last, true);
      // Nobody heard it as said by this process: they read it.
      ports.tell({ kind: 'stored', life: ports.life, ...stored, from: 0, to: 0 });
      this.tellLeftover(old, rows, owners);
    }
    this.release();
    await this.refill();
  }

  /** What the process would have told the lesson, had it lived. Told twice it is the same. */
  private tellLeftover(old: readonly Heard[], rows: readonly NewUpdate[], owners: ReadonlyMap<number, string>): void {
    const authors = new Set(rows.filter(({ brought }) => !brought).map(({ personId }) => personId));
    for (const { workers, ruled, businessAt } of old) {
      for (const person of new Set([...workers].map((client) => owners.get(client) ?? '')))
        if (authors.has(person)) this.ports.worked(person, businessAt);
      for (const one of ruled) {
        const host = owners.get(one.client);
        if (host !== undefined) this.ports.ruled(host, [one], businessAt);
      }
    }
  }

  /** Who wrote what is stored may know it once all that it may build on is stored, too. */
  private release(): void {
    for (let first = this.stored[0]; first && this.early.isStored(first.needs); first = this.stored[0]) {
      this.stored.shift();
      this.room.onSafe(first.batch);
    }
  }

  /** These numbers are stored; `here`: and what they stand for is in memory. */
  private follow(first: number, last: number, here: boolean): void {
    const { state } = this;
    if (last <= state.seen) return;
    if (here) this.ahead.set(first, last);
    this.wanted = Math.max(this.wanted, last);
    this.advance();
    if (state.seen >= last) return;
    // Two processes that store at the same time hear of each other in any order: most gaps close by themselves.
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (state.seen < this.wanted) void this.refill();
    }, GAP_MS).unref();
  }

  /** The database's last number may be more than this room has seen. */
  catchUp(head: number): void {
    const { seen } = this.state;
    // While something is being stored the number may be this room's own, the answer being on its way; not for long.
    const missed = head > seen && (this.appending === 0 || seen < this.headBefore);
    this.headBefore = head;
    if (missed) void this.refill();
  }

  /** Words may have been missed. */
  lookAgain(): void {
    void this.refill();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
  }

  private advance(): void {
    const { state, ahead } = this;
    for (let last = ahead.get(state.seen + 1); last !== undefined; last = ahead.get(state.seen + 1)) state.seen = last;
    for (const [first, last] of ahead) if (last <= state.seen) ahead.delete(first);
  }

  /** Takes in what another process let in, with everything that waited for it. False when all of it was here. */
  private take(update: Uint8Array, heard: Heard | null = null): boolean {
    const { log } = this.ports;
    try {
      const { changed, waits, workers, ruled } = this.room.trust(update);
      for (const client of workers) heard?.workers.add(client);
      heard?.ruled.push(...ruled);
      if (!waits) {
        this.unpark();
      } else if (this.parked.push({ update, heard }) > MOST_PARKED) {
        this.parked.shift();
        this.state.hole = true;
        log.error({ document: this.name }, 'a stored update builds on something unknown');
      }
      return changed || waits;
    } catch (error) {
      this.state.hole = true;
      log.error({ err: error, document: this.name }, 'a stored update cannot be read');
      return false;
    }
  }

  /** Something is here that was not: what waited may have waited for it. */
  private unpark(): void {
    if (this.parked.length > 0) for (const { update, heard } of this.parked.splice(0)) this.take(update, heard);
  }

  /** Reads what was missed from the database, until there is nothing more. */
  private refill(): Promise<void> {
    this.refilling ??= this.readOn()
      .catch((error: unknown) => {
        this.ports.log.warn({ err: error, document: this.name }, 'missed updates could not be read yet');
      })
      .finally(() => {
        this.refilling = null;
      });
    return this.refilling;
  }

  private async readOn(): Promise<void> {
    const { state } = this;
    for (;;) {
      const updates = await this.ports.updatesAfter(state.seen);
      for (const { seq, body } of updates) {
        if (seq <= state.seen) continue;
        this.take(body);
        state.seen = seq;
      }
      this.advance();
      if (!this.early.empty && updates.length > 0) {
        this.early.sawRows(
          updates.map(({ body }) => scanUpdate(body)),
          scanUpdate,
        );
        this.release();
      }
      if (state.seen >= this.wanted || updates.length === 0) return;
    }
  }
}

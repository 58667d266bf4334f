/**
 * Keeps a room and the database in step: what the room accepted is stored and then told, what others stored is followed
 * by its numbers, and a gap in them is filled from the database.
 */
import type { Word } from '../fanout/fanout.ts';
import type { Log } from '../log.ts';
import type { StoredUpdate } from '../storage/documents.server.ts';
import type { NewUpdate, Stored } from '../storage/journal.server.ts';
import type { Ruled } from './admit.ts';
import type { DocumentState } from './state.ts';
import type { Tick } from './tick.ts';

/** How long a gap in the numbers may close by itself, wall ms. */
const GAP_MS = 50;
/** Updates that may wait for what they build on; that is stored too, so waits are short. */
const MOST_PARKED = 1_000;

export interface KeeperPorts {
  readonly log: Log;
  /** Wall and business time, ms. */
  readonly wall: () => number;
  readonly business: () => number;
  /** Stores in order; resolves when durable and never rejects. */
  readonly append: (updates: readonly NewUpdate[]) => Promise<Stored>;
  readonly updatesAfter: (seq: number) => Promise<StoredUpdate[]>;
  /** To every other process that has the document open, and to one of them. */
  readonly tell: (word: Word) => void;
  readonly answer: (node: string, word: Word) => void;
  /** This person's update changed the document at this business time, ms. */
  readonly worked: (personId: string, at: number) => void;
  /** This host said something of rights at this business time, ms. */
  readonly ruled: (personId: string, ruled: readonly Ruled[], at: number) => void;
}

export class Keeper {
  private readonly name: string;
  private readonly state: DocumentState;
  private readonly ports: KeeperPorts;
  /** Takes in what somebody else stored; whether it builds on something unknown. */
  private readonly trust: (update: Uint8Array) => boolean;
  private appending = 0;
  private refilling: Promise<void> | null = null;
  /** First → last of numbers that are in memory behind a gap. */
  private readonly ahead = new Map<number, number>();
  /** What was heard before what it builds on. */
  private readonly parked: Uint8Array[] = [];
  /** The highest number heard of. */
  private wanted = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(name: string, state: DocumentState, ports: KeeperPorts, trust: (update: Uint8Array) => boolean) {
    this.name = name;
    this.state = state;
    this.ports = ports;
    this.trust = trust;
  }

  /** Everything that was handed over is durable. */
  get settled(): boolean {
    return this.appending === 0;
  }

  /** Everything that is numbered up to `seen` is in the document: a snapshot of it stands for the rows. */
  get complete(): boolean {
    return this.parked.length === 0;
  }

  /** Nothing is in the document that has a number behind `seen`. */
  get exact(): boolean {
    return this.complete && this.ahead.size === 0;
  }

  /** Stores a tick, a row for each who wrote; `update` is all of it, or null when it says nothing new. */
  async keep(tick: Tick, update: Uint8Array | null): Promise<void> {
    const { ports } = this;
    const wallAt = ports.wall();
    const businessAt = ports.business();
    const parts = tick.parts.filter(({ assembly }) => !assembly.empty);
    const rows = parts.map(({ personId, brought, assembly }) => {
      const body = update && parts.length === 1 && !tick.mixed ? update : assembly.encode();
      return { body, personId, brought, wallAt, businessAt };
    });
    this.appending += 1;
    const stored = await ports.append(rows);
    this.appending -= 1;
    if (stored && update) {
      this.follow(stored.first, stored.last, null, true);
      ports.tell({ kind: 'stored', ...stored, update });
    }
    for (const { personId, brought, wrote, ruled } of parts) {
      if (wrote && !brought) ports.worked(personId, businessAt);
      if (ruled.length > 0) ports.ruled(personId, ruled, businessAt);
    }
  }

  /** These numbers are stored; `update` is null when they are this room's own, or to be read from the database. */
  follow(first: number, last: number, update: Uint8Array | null, own = false): void {
    const { state } = this;
    if (last <= state.seen) return;
    // At once, even before its number's turn: most of the time what it builds on is here.
    if (update) this.take(update);
    if (update || own) this.ahead.set(first, last);
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
  async catchUp(head: number): Promise<void> {
    if (head > this.state.seen && this.settled) await this.refill();
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

  /** Takes in what is stored, with everything that waited for it. */
  private take(update: Uint8Array): void {
    try {
      if (!this.trust(update)) {
        if (this.parked.length > 0) for (const parked of this.parked.splice(0)) this.take(parked);
      } else if (this.parked.push(update) > MOST_PARKED) {
        this.parked.shift();
        this.ports.log.error({ document: this.name }, 'a stored update builds on something unknown');
      }
    } catch (error) {
      this.ports.log.error({ err: error, document: this.name }, 'a stored update cannot be read');
    }
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
      if (state.seen >= this.wanted || updates.length === 0) return;
    }
  }
}

/**
 * Keeps a room and the database in step: what the room accepted is stored and then told, what others stored is followed
 * by its numbers, and a gap in them is filled from the database.
 */
import type { Word } from '../fanout/fanout.ts';
import type { Log } from '../log.ts';
import type { StoredUpdate } from '../storage/documents.server.ts';
import type { NewUpdate, Stored } from '../storage/journal.server.ts';
import type { DocumentState } from './state.ts';
import type { Tick } from './tick.ts';

export interface KeeperPorts {
  readonly log: Log;
  /** Wall and business time, ms. */
  readonly wall: () => number;
  readonly business: () => number;
  /** Stores in order; resolves when durable and never rejects. */
  readonly append: (updates: readonly NewUpdate[]) => Promise<Stored>;
  readonly updatesAfter: (seq: number) => Promise<StoredUpdate[]>;
  readonly tell: (word: Word) => void;
  /** This person's update changed the document at this business time, ms. */
  readonly worked: (personId: string, at: number) => void;
}

export class Keeper {
  private readonly name: string;
  private readonly state: DocumentState;
  private readonly ports: KeeperPorts;
  /** Takes in what somebody else stored; whether it builds on something unknown. */
  private readonly trust: (update: Uint8Array) => boolean;
  private appending = 0;
  private refilling: Promise<void> | null = null;

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

  /** Stores a tick, a row for each who wrote; `update` is all of it, or null when it says nothing new. */
  async keep(tick: Tick, update: Uint8Array | null): Promise<void> {
    const { ports } = this;
    const wallAt = ports.wall();
    const businessAt = ports.business();
    const parts = [...tick.parts.values()].filter(({ assembly }) => !assembly.empty);
    const rows = parts.map(({ personId, brought, assembly }) => {
      const body = update && parts.length === 1 && !tick.mixed ? update : assembly.encode();
      return { body, personId, brought, wallAt, businessAt };
    });
    this.appending += 1;
    const stored = await ports.append(rows);
    this.appending -= 1;
    if (stored && update) {
      this.follow(stored.first, stored.last, null);
      ports.tell({ kind: 'stored', ...stored, update });
    }
    for (const { personId, brought } of parts) if (!brought) ports.worked(personId, businessAt);
  }

  /** These numbers are stored; `update` is null when they are this room's own. */
  follow(first: number, last: number, update: Uint8Array | null): void {
    const { state } = this;
    if (last <= state.seen) return;
    if (first > state.seen + 1) {
      void this.refill();
      return;
    }
    if (update) this.take(update);
    state.seen = last;
  }

  /** The database's last number may be more than this room has seen. */
  async catchUp(head: number): Promise<void> {
    if (head > this.state.seen && this.settled) await this.refill();
  }

  private take(update: Uint8Array): void {
    try {
      if (this.trust(update))
        this.ports.log.error({ document: this.name }, 'a stored update builds on something unknown');
    } catch (error) {
      this.ports.log.error({ err: error, document: this.name }, 'a stored update cannot be read');
    }
  }

  /** Reads what was missed from the database. */
  private refill(): Promise<void> {
    this.refilling ??= this.ports
      .updatesAfter(this.state.seen)
      .then((updates) => {
        for (const { seq, body } of updates) {
          if (seq <= this.state.seen) continue;
          this.take(body);
          this.state.seen = seq;
        }
      })
      .catch((error: unknown) => {
        this.ports.log.warn({ err: error, document: this.name }, 'missed updates could not be read yet');
      })
      .finally(() => {
        this.refilling = null;
      });
    return this.refilling;
  }
}

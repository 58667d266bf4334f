/** The way of an update into a room: owners are found, what may enter goes into the tick, the rest waits or is left out. */
import * as Y from 'yjs';
import { CLOSE, type Denial } from '../close-codes.ts';
import type { Surface } from '../documents/names.ts';
import type { Limits } from '../limits.ts';
import type { Assembly } from '../wire/assemble.ts';
import { scanUpdate, type Scan } from '../wire/scan.ts';
import { Admission, type Admitted, type Way } from './admit.ts';
import { Held } from './held.ts';
import type { Peer } from './peer.ts';
import type { Writer } from './writer.ts';
import type { DocumentState } from './state.ts';
import type { Tick } from './tick.ts';

export interface IntakePorts {
  readonly limits: Limits;
  /** Wall ms. */
  readonly wall: () => number;
  /** Binds an id to a person for good, and gives whose it is. */
  readonly claim: (client: number, personId: string) => Promise<string>;
  readonly isHere: (personId: string) => boolean;
  /** The student whose own document it is; null for one of the lesson's. */
  readonly owner: string | null;
  /** It is between two people, and nobody is its host. */
  readonly direct: boolean;
  /** The tick that gathers now. */
  readonly tick: () => Tick;
  /** Where what another process said gathers: apart, unless it stands on what gathers here. */
  readonly far: (scan: Scan) => Assembly;
  /** This update of the peer is not taken for now. */
  readonly onHold: (peer: Peer, n: number) => void;
  /** What this peer sent earlier cannot be taken after all: it alone is sent away. */
  readonly onBad: (peer: Peer, error: unknown) => void;
  /** Something of what the peer sent was refused; the rest is in. */
  readonly onDenied: (peer: Peer, denied: Denial) => void;
  /** Something entered, or a held update was settled. */
  readonly onChange: () => void;
}

export class Intake {
  readonly owners: Map<number, string>;
  private readonly surface: Surface;
  private readonly state: DocumentState;
  private readonly ports: IntakePorts;
  private readonly admission: Admission;
  private readonly held: Held;
  private readonly claims = new Map<number, Promise<void>>();
  private readonly claimed = new WeakMap<Peer, number>();

  constructor(surface: Surface, state: DocumentState, owners: Map<number, string>, ports: IntakePorts) {
    this.surface = surface;
    this.state = state;
    this.owners = owners;
    this.ports = ports;
    this.held = new Held(ports.limits.heldBytes);
    const ownerOf = (client: number): string | undefined => owners.get(client);
    this.admission = new Admission(state.index, state.containers, ownerOf, ports.isHere, ports.wall, state.guard);
  }

  /** Ids are being bound; what they wrote is not in yet. */
  get busy(): boolean {
    return this.claims.size > 0;
  }

  isNews(scan: Scan, personId: string): boolean {
    return this.admission.isNews(scan, personId);
  }

  /** The peer's n-th update. */
  offer(peer: Peer, n: number, update: Uint8Array, scan: Scan): void {
    if (this.attempt(peer, n, update, scan, false)) this.retry();
    this.ports.onChange();
  }

  /** From the database or another process. */
  trust(update: Uint8Array): Admitted {
    const admitted = this.enter(update, scanUpdate(update), { personId: '', name: null, host: true }, 'trusted');
    if (admitted.changed) this.retry();
    this.ports.onChange();
    return admitted;
  }

  /** Lets those in who waited long enough for somebody else. */
  sweep(now: number): void {
    if (this.held.size === 0) return;
    // What somebody else said in a chat only they may say; a board would come apart without its lost strokes.
    const way = this.surface === 'board' ? 'brought' : 'own';
    for (const { peer, writer, update } of this.held.takeOrphans(now - this.ports.limits.orphanMs))
      try {
        const { foreign } = this.enter(update, scanUpdate(update), writer, way);
        // It stays in the document of whoever brought it and nowhere else.
        if (foreign) this.ports.onDenied(peer, 'orphaned');
      } catch (error) {
        this.ports.onBad(peer, error);
      }
    this.retryOwned();
    this.retry();
    this.ports.onChange();
  }

  /**
   * Calls back once every id has an owner; ids beyond the peer's measure stay without. Those that wrote something are
   * bound already, at another process: whoever comes from there names them all, and needs no measure.
   */
  claim(peer: Peer, clients: readonly number[], then: () => void): void {
    const unheard = clients.filter((client) => this.state.index.next(client) === 0);
    const soFar = (this.claimed.get(peer) ?? 0) + unheard.length;
    if (soFar > this.ports.limits.claimsPerSocket) return;
    this.claimed.set(peer, soFar);
    void Promise.all(clients.map((client) => this.bind(client, peer.personId))).then(then);
  }

  private bind(client: number, personId: string): Promise<void> {
    const running = this.claims.get(client);
    if (running) return running;
    const binding = this.ports.claim(client, personId).then((owner) => {
      this.owners.set(client, owner);
      this.claims.delete(client);
    });
    this.claims.set(client, binding);
    return binding;
  }

  /** True when something entered. */
  private attempt(peer: Peer, n: number, update: Uint8Array, scan: Scan, waited: boolean): boolean {
    const { tick, wall } = this.ports;
    const strangers = this.strangersIn(scan);
    if (strangers.length > 0) {
      this.wait(peer, n, update, strangers);
      const fresh = strangers.filter((client) => !this.claims.has(client));
      if (fresh.length > 0)
        this.claim(peer, fresh, () => {
          this.retryOwned();
          this.ports.onChange();
        });
      return false;
    }
    const { personId, name, host, streams } = peer;
    const arranges = personId === this.ports.owner;
    const { direct: pins } = this.ports;
    const writer: Writer = { personId, name, host, arranges, pins, ...(streams ? { streams } : {}) };
    const admitted = this.enter(update, scan, writer, 'own');
    tick().cover(peer, n);
    if (admitted.denied !== null) this.ports.onDenied(peer, admitted.denied);
    if (admitted.waits) this.wait(peer, n, update, []);
    else if (waited) tick().settle(peer, n);
    if (admitted.foreign)
      for (const { peer: dropped } of this.held.adopt({ peer, writer, update, since: wall() }))
        this.ports.onDenied(dropped, 'orphaned');
    return admitted.changed;
  }

  /** Ids that nobody owns, each once. Mostly none: every update comes this way. */
  private strangersIn({ blocks, deletes }: Scan): number[] {
    const { owners } = this;
    let found: Set<number> | null = null;
    for (const { client } of blocks) if (!owners.has(client)) (found ??= new Set()).add(client);
    for (const { client } of deletes) if (!owners.has(client)) (found ??= new Set()).add(client);
    return found ? [...found] : [];
  }

  private wait(peer: Peer, n: number, update: Uint8Array, strangers: readonly number[]): void {
    this.ports.onHold(peer, n);
    if (!this.held.wait({ peer, n, update, since: this.ports.wall(), strangers })) peer.close(CLOSE.later);
  }

  /** Tries what waits for something that it builds on again, until nothing moves. */
  private retry(): void {
    while (this.tryAgain(this.held.takeWaiting()));
  }

  /** Tries what waited for an owner of its ids. Not with everything that enters: a class that begins at once has thousands. */
  private retryOwned(): void {
    const owned = this.held.takeOwned((client) => this.owners.has(client), this.oldest);
    if (this.tryAgain(owned)) this.retry();
  }

  private get oldest(): number {
    return this.ports.wall() - this.ports.limits.heldMs;
  }

  /** True when something entered. */
  private tryAgain(waiting: ReturnType<Held['takeWaiting']>): boolean {
    const { oldest } = this;
    let moved = false;
    for (const { peer, n, update, since } of waiting)
      try {
        if (since > oldest && this.attempt(peer, n, update, scanUpdate(update), true)) moved = true;
      } catch (error) {
        this.ports.onBad(peer, error);
      }
    return moved;
  }

  /** Puts what may enter into the tick. */
  private enter(update: Uint8Array, scan: Scan, writer: Writer, way: Way): Admitted {
    const tick = this.ports.tick();
    const part = way === 'trusted' ? null : tick.part(writer.personId, way === 'brought');
    const into = part ? [tick.all, part.assembly] : [this.ports.far(scan)];
    const admitted = this.admission.admit(scan, writer, way, into);
    part?.take(admitted);
    if (!admitted.overlaps) return admitted;
    // The sender merged what the server knows with what it does not: Yjs cuts it apart. Scanned bytes are safe to give it.
    const known = new Map(scan.blocks.map(({ client }) => [client, this.state.index.next(client)]));
    const rest = scanUpdate(Y.diffUpdate(update, Y.encodeStateVector(known)));
    const more = this.admission.admit(rest, writer, way, into);
    part?.take(more);
    return {
      ...more,
      changed: more.changed || admitted.changed,
      denied: admitted.denied ?? more.denied,
      ruled: [...admitted.ruled, ...more.ruled],
      workers: [...admitted.workers, ...more.workers],
    };
  }
}

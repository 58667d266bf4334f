/** One document while somebody has it open: takes updates in, sends one frame a tick, stores, acknowledges. */
import { isDirectId } from '#events/conversation/names.ts';
import { never } from '#events/shared/never.ts';
import { CLOSE, type Denial, type ReadOnlyReason } from '../close-codes.ts';
import { addresseesIn, type Addressees } from '../documents/addressed.ts';
import { readChat, type ChatReader } from '../documents/chat-reader.ts';
import type { DocumentName } from '../documents/names.ts';
import type { Rights } from '../documents/rights.ts';
import type { Word } from '../fanout/fanout.ts';
import type { Limits } from '../limits.ts';
import { readStates, writeStates } from '../wire/awareness.ts';
import { frameOf } from '../wire/frame.ts';
import {
  ackMessage,
  awarenessMessage,
  cursorsMessage,
  deniedMessage,
  step1Message,
  updateMessage,
  type Inbound,
} from '../wire/messages.ts';
import { Assembly } from '../wire/assemble.ts';
import { scanUpdate, type Scan } from '../wire/scan.ts';
import type { Batch } from './batch.ts';
import { Intake } from './intake.ts';
import { Keeper, type KeeperPorts } from './keeper.ts';
import type { Leisure } from './leisure.ts';
import { Receipts, readOnlyFor, type Peer } from './peer.ts';
import { Pointers } from './pointers.ts';
import { Presence } from './presence.ts';
import { sendAway } from './receive.ts';
import { Standings } from './standings.ts';
import type { DocumentState } from './state.ts';
import { Tick } from './tick.ts';
import { Whole, type Copy } from './whole.ts';

/** Of a tick: the least time between two frames of what other processes said. */
const FAR_TICKS = 1 / 4;

/** What a room needs from its surroundings. */
export interface RoomPorts extends KeeperPorts {
  readonly limits: Limits;
  /** For what may wait: all rooms share it. */
  readonly leisure: Leisure;
  /** Bytes that are accepted and not stored, in the whole process. */
  readonly unstored: () => number;
  /** Binds an id to a person for good, and gives whose it is. Never rejects. */
  readonly claim: (client: number, personId: string) => Promise<string>;
  /** The lesson's own document, for one of a student: what the host says there holds here, too. */
  readonly parent?: Room;
}

export class Room {
  readonly name: string;
  readonly document: DocumentName;
  readonly peers = new Map<Peer, Receipts>();
  /** Frames that were made, for the statistics. */
  frames = 0;
  /** Open documents of students, which this one's rights reach. */
  readonly children = new Set<Room>();
  private failed = false;
  private readonly standings = new Standings((peer) => this.whyReadOnly(peer));
  private readonly ports: RoomPorts;
  private readonly state: DocumentState;
  private chat: ChatReader | null = null;
  private readonly intake: Intake;
  private readonly keeper: Keeper;
  private readonly presence = new Presence();
  private readonly pointers = new Pointers();
  private pointing: ReturnType<typeof setTimeout> | null = null;
  private lastPointed = 0;
  /** Pointers that are due go out behind the strokes that wait. */
  private pointersDue = false;
  private tick = new Tick();
  /** What other processes said waited for a tick there; it goes out apart, and waits for none here. */
  private far = new Assembly();
  private farTimer: (() => void) | null = null;
  /** When the last of it went out. */
  private farSent = -Infinity;
  private timer: (() => void) | null = null;
  /** When the next frame is due at the latest, if something waits. */
  private due = 0;
  private ended: ReadOnlyReason | null;
  private readonly whole: Whole;
  /** Counts that wait for a frame. */
  private readonly acks = new Map<Peer, number>();

  constructor(
    name: string,
    document: DocumentName,
    state: DocumentState,
    owners: Map<number, string>,
    ended: ReadOnlyReason | null,
    ports: RoomPorts,
  ) {
    this.name = name;
    this.document = document;
    this.state = state;
    this.whole = new Whole(state, ports.leisure, (error) => this.fail(error));
    this.ended = ended;
    this.ports = ports;
    const { parent } = ports;
    parent?.children.add(this);
    if (parent) state.guard.outer = () => parent.rights;
    this.keeper = new Keeper(name, state, ports, {
      trust: (update) => this.intake.trust(update),
      ownerOf: (client) => this.intake.owners.get(client),
      onSafe: (batch) => this.acknowledge(batch),
    });
    this.intake = new Intake(document.surface, state, owners, {
      limits: ports.limits,
      wall: ports.wall,
      claim: ports.claim,
      isHere: (personId) => [...this.peers.keys()].some((peer) => peer.personId === personId),
      tick: () => this.tick,
      owner: document.personId,
      direct: isDirectId(document.lessonId),
      far: (scan) => this.gatherFar(scan),
      onHold: (peer, n) => this.peers.get(peer)?.hold(n),
      // Of what waited its sender may be gone.
      onDenied: (peer, denied) => this.peers.has(peer) && peer.answer(frameOf(deniedMessage(denied))),
      onBad: (peer, error) => sendAway(peer, error, name, ports.log),
      onChange: () => this.schedule(),
    });
  }

  /** The last stored sequence number that is in memory without a gap before it. */
  get seen(): number {
    return this.state.seen;
  }

  /** Its memory is not to be trusted any more; the next to join loads it anew. */
  get broken(): boolean {
    return this.failed || this.ports.parent?.broken === true;
  }

  /** What the host says here. */
  get rights(): Rights {
    return this.state.guard.rights;
  }

  /** Whether the host shows this student's own board to everybody. */
  get revealed(): boolean {
    return this.document.personId !== null && this.ports.parent?.rights.reveal === this.document.personId;
  }

  /** Of a conversation: who has not seen what was said to them, and who has. The list is kept from then on. */
  addressees(direct: boolean): Addressees {
    // The Y.Doc follows some frames behind.
    this.flush();
    if (!this.whole.settle()) return { waiting: [], caughtUp: [] };
    this.chat ??= readChat(this.state.doc);
    return addresseesIn(this.state.doc, this.chat, direct);
  }

  /** Everything that was accepted is durable. */
  get settled(): boolean {
    return this.tick.empty && this.far.empty && this.keeper.settled && !this.intake.busy;
  }

  /** Whether a snapshot up to `seen` has everything in it. */
  get complete(): boolean {
    return this.settled && this.keeper.complete;
  }

  /** Whether a snapshot now is what the rows up to `seen` make, and nothing of what came later. */
  get exact(): boolean {
    return this.settled && this.keeper.exact;
  }

  /** The ids on a ticket were given to its person by this server, perhaps after the room was loaded. */
  own(clients: readonly number[], personId: string): void {
    const { owners } = this.intake;
    for (const client of clients) if (!owners.has(client)) owners.set(client, personId);
  }

  join(peer: Peer): void {
    this.peers.set(peer, new Receipts());
    if (peer.host) this.state.guard.knowHost(peer.personId);
    peer.answer(frameOf(step1Message(this.whole.stateVector())));
    this.standings.greet(peer);
    const states = this.presence.all();
    if (states.length > 0) peer.answer(frameOf(awarenessMessage(writeStates(states))));
    const cursors = this.pointers.all();
    if (peer.acks && cursors.length > 0) peer.answer(frameOf(cursorsMessage(cursors)));
  }

  leave(peer: Peer): void {
    this.peers.delete(peer);
    this.standings.leave(peer);
    this.whole.forget(peer);
    this.acks.delete(peer);
    this.presence.leave(peer, this.ports.wall());
    this.pointers.leave(peer);
    this.point();
    this.schedule();
  }

  /** Throws Malformed when the sender is to be sent away. */
  receive(peer: Peer, message: Inbound): void {
    // Whoever observes sends nothing: neither a pointer nor a sign of being here, of which the room tells everybody.
    if (peer.observer && (message.kind === 'awareness' || message.kind === 'cursor')) return;
    switch (message.kind) {
      case 'step1':
        return this.answer(peer, message.stateVector);
      case 'update':
        return this.take(peer, message.update);
      case 'awareness':
        return this.hearPresence(peer, message.states);
      case 'cursor':
        if (this.intake.owners.get(message.cursor.client) !== peer.personId) return;
        this.pointers.hear(peer, message.cursor);
        return this.point();
      case 'query-awareness':
        // Who does not read what it asked for gets no more of it.
        if (peer.busy !== true) peer.answer(frameOf(awarenessMessage(writeStates(this.presence.all()))));
        return;
      default:
        return never(message);
    }
  }

  /** The document is closed for writing: everyone who listens for it is told at once. */
  end(reason: ReadOnlyReason): void {
    if (this.ended) return;
    this.ended = reason;
    this.standings.renew();
  }

  /** What the host says in the lesson's own document has changed. */
  onRights(): void {
    this.standings.renew();
    if (!this.revealed) for (const peer of this.peers.keys()) if (peer.viewer) peer.close(CLOSE.notRevealed);
    for (const child of this.children) child.onRights();
  }

  /** The whole document as one update, kept until it changes. Throws when the room is broken. */
  snapshot(): Uint8Array {
    this.flush();
    return this.whole.encode();
  }

  /** How many updates the document has taken in since it was loaded. */
  get version(): number {
    return this.whole.version;
  }

  /** Sends and keeps what has gathered. */
  finishTick(): void {
    this.flush();
  }

  /** The same little by little, so that nobody's strokes wait; what comes meanwhile may be in it or not. */
  copied(): Promise<Copy> {
    this.flush();
    return this.whole.copied();
  }

  /** Words of the other processes arrive from here on; some may have been missed before. */
  listening(): void {
    this.keeper.lookAgain();
    this.ports.tell({ kind: 'who' });
    const states = this.presence.local();
    if (states.length > 0) this.ports.tell({ kind: 'presence', states });
    const cursors = this.pointers.all(true);
    if (cursors.length > 0) this.ports.tell({ kind: 'cursors', cursors });
  }

  /** A word from another process. */
  hear(word: Word, from: string): void {
    switch (word.kind) {
      case 'early':
        return this.keeper.hear(from, word);
      case 'stored':
        return this.keeper.confirm(from, word);
      case 'presence':
        this.presence.hearRemote(word.states, this.ports.wall());
        return this.schedule();
      case 'cursors':
        this.pointers.hearRemote(word.cursors);
        return this.point();
      case 'who': {
        const states = this.presence.local();
        if (states.length > 0) this.ports.answer(from, { kind: 'presence', states });
        const cursors = this.pointers.all(true);
        if (cursors.length > 0) this.ports.answer(from, { kind: 'cursors', cursors });
        return;
      }
      default:
        return never(word);
    }
  }

  /** What the database's last number says may be more than this room has seen. */
  catchUp(head: number): void {
    this.keeper.catchUp(head);
  }

  /** What time brings: presence runs out, waiting ends. */
  sweep(): void {
    const now = this.ports.wall();
    this.presence.forgetOld(now);
    this.pointers.keepOnly((client) => this.presence.has(client));
    this.point();
    this.intake.sweep(now);
    this.whole.serve();
    this.keeper.storeOld();
  }

  destroy(): void {
    this.timer?.();
    this.farTimer?.();
    if (this.pointing) clearTimeout(this.pointing);
    this.ports.parent?.children.delete(this);
    this.keeper.stop();
    this.state.doc.destroy();
  }

  private whyReadOnly(peer: Peer): Denial | null {
    return readOnlyFor(peer, this.ended) ?? this.state.guard.whyReadOnly(peer.personId, peer.host);
  }

  private answer(peer: Peer, stateVector: Uint8Array): void {
    // What gathers now comes with the next frame, as to everybody else.
    if (peer.streams) return peer.answer(this.whole.answerNow(stateVector));
    this.whole.answer(peer, stateVector);
  }

  private hearPresence(peer: Peer, bytes: Uint8Array): void {
    const states = readStates(bytes);
    const { owners } = this.intake;
    const hear = (): void => {
      this.presence.hear(peer, states, peer, (client) => owners.get(client), this.ports.wall());
      if (this.presence.changed) this.schedule();
    };
    // Stock clients say who they are before they draw, so that their id is bound by then. An unknown id among many is
    // somebody else's echo.
    const [first, ...others] = states;
    if (first && others.length === 0 && !owners.has(first.client))
      this.intake.claim(peer, [first.client], () => {
        // Later, when nobody above catches it any more.
        try {
          hear();
        } catch (error) {
          sendAway(peer, error, this.name, this.ports.log);
        }
      });
    else hear();
  }

  private take(peer: Peer, update: Uint8Array): void {
    const receipts = this.peers.get(peer);
    if (!receipts) return;
    const scan = scanUpdate(update);
    const n = receipts.next();
    const full = this.state.bytes > this.ports.limits.documentBytes ? 'document-full' : null;
    const reason = readOnlyFor(peer, this.ended) ?? full;
    if (reason && this.intake.isNews(scan, peer.personId)) {
      receipts.hold(n);
      return peer.answer(frameOf(deniedMessage(reason)));
    }
    if (reason) {
      this.tick.cover(peer, n);
      return this.schedule();
    }
    if (this.ports.unstored() > this.ports.limits.unstoredBytes) return peer.close(CLOSE.later);
    this.intake.offer(peer, n, update, scan);
  }

  /** One frame a tick; the first after a pause at the end of this turn of the event loop, so that one read is one frame. */
  private schedule(): void {
    this.scheduleFar();
    if (this.timer || (this.tick.empty && !this.presence.changed && this.acks.size === 0)) return;
    const wait = this.due - performance.now();
    if (wait <= 0) {
      const turn = setImmediate(() => this.safely(() => this.flush()));
      this.timer = () => clearImmediate(turn);
    } else {
      const timeout = setTimeout(() => this.safely(() => this.flush()), wait);
      this.timer = () => clearTimeout(timeout);
    }
  }

  /** Once what came in one turn is together; with many processes a few of them share a frame. */
  private scheduleFar(): void {
    if (this.farTimer || this.far.empty) return;
    const wait = this.farSent + this.ports.limits.tickMs * FAR_TICKS - performance.now();
    if (wait <= 0) {
      const turn = setImmediate(() => this.safely(() => this.sendFar()));
      this.farTimer = () => clearImmediate(turn);
    } else {
      const timeout = setTimeout(() => this.safely(() => this.sendFar()), wait);
      this.farTimer = () => clearTimeout(timeout);
    }
  }

  private gatherFar(scan: Scan): Assembly {
    if (!this.tick.all.meets(scan)) return this.far;
    // A client that came over from the other process: in one update, so that none stands on what is yet to come.
    this.tick.mixed = true;
    return this.tick.all;
  }

  /** Pointers go in frames of their own, seldomer than strokes and behind them. */
  private point(): void {
    if (this.pointing || !this.pointers.changed) return;
    const wait = Math.max(0, this.lastPointed + this.ports.limits.cursorsMs - performance.now());
    this.pointing = setTimeout(() => {
      this.pointing = null;
      this.pointersDue = true;
      if (!this.timer) this.sendPointers();
    }, wait);
  }

  private sendPointers(): void {
    if (!this.pointersDue) return;
    this.pointersDue = false;
    this.lastPointed = performance.now();
    const { cursors, fresh } = this.pointers.take();
    const frame = frameOf(cursorsMessage(cursors));
    for (const peer of this.peers.keys()) if (peer.acks) peer.offer(frame);
    if (fresh.length > 0) this.ports.tell({ kind: 'cursors', cursors: fresh });
  }

  /** Nobody above it catches what goes wrong: it costs this room and no other. */
  private safely(send: () => void): void {
    try {
      send();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Sends, then keeps: nothing that takes time stands between an update and its peers. */
  private flush(): void {
    this.timer?.();
    this.timer = null;
    if (this.presence.changed) {
      const { states, fresh } = this.presence.take();
      this.broadcast(awarenessMessage(writeStates(states)));
      if (fresh.length > 0) this.ports.tell({ kind: 'presence', states: fresh });
    }
    // First: what was said here may stand on it.
    this.sendFar();
    if (!this.tick.empty) this.sendTick();
    // Those that went with no frame.
    for (const [peer, count] of this.acks) peer.write(frameOf(ackMessage(count)));
    this.acks.clear();
    this.sendPointers();
  }

  private sendFar(): void {
    this.farTimer?.();
    this.farTimer = null;
    if (this.far.empty) return;
    const update = new Uint8Array(this.far.encode());
    this.far = new Assembly();
    this.farSent = performance.now();
    this.whole.add(update, this.send(updateMessage(update)));
    // What gathers here is admitted already, and not in the Y.Doc yet: its tick learns of both.
    if (this.tick.all.empty) this.learnRights();
  }

  private sendTick(): void {
    const { tick } = this;
    this.tick = new Tick();
    const update = tick.all.empty ? null : new Uint8Array(tick.all.encode());
    if (update) {
      this.whole.add(update, this.broadcast(updateMessage(update)));
      this.learnRights();
    }
    this.keeper.keep(tick, update);
  }

  private learnRights(): void {
    const { doc, guard } = this.state;
    if (!guard.touched) return;
    if (!this.whole.settle()) return;
    guard.settle(doc);
    this.onRights();
  }

  /** Memory is not to be trusted: what is stored stays, what was accepted will be, and everyone starts over from there. */
  private fail(error: unknown): void {
    this.ports.log.error({ err: error, document: this.name }, 'a document has failed in memory');
    this.failed = true;
    for (const room of [this, ...this.children]) for (const peer of room.peers.keys()) peer.close(CLOSE.later);
  }

  private broadcast(message: Buffer): Buffer {
    // One tick from when it was due, not from when its time came: who sends a little more seldom than we tick never waits.
    const now = performance.now();
    this.due = Math.max(this.due, now - this.ports.limits.tickMs) + this.ports.limits.tickMs;
    return this.send(message);
  }

  private send(message: Buffer): Buffer {
    this.frames += 1;
    const frame = frameOf(message);
    for (const peer of this.peers.keys()) {
      const count = this.acks.get(peer);
      peer.write(frame, count === undefined ? undefined : frameOf(ackMessage(count)));
    }
    this.acks.clear();
    return frame;
  }

  /** Goes with the next frame: one write for both. */
  private acknowledge({ covers, late }: Batch): void {
    for (const [peer, n] of covers) {
      const count = this.peers.get(peer)?.settle(n, late.get(peer) ?? []);
      if (count !== null && count !== undefined && peer.acks) this.acks.set(peer, count);
    }
    this.schedule();
  }
}

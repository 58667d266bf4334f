/** The rooms of this node, and the ways in and out of them. Who may do what is decided before, in signalling. */
import type { LessonRole } from '#events/access/roles.ts';
import type { Ticket } from '#events/access/ticket.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Log } from '../log.ts';
import { NoWorkerError, type RoomRouter, type Workers } from '../media/workers.server.ts';
import type { Homes, Taken } from '../nodes/homes.server.ts';
import type { RoomStates } from '../nodes/states.server.ts';
import type { CloseReason, IceServer } from '../signalling/protocol.ts';
import { refused } from '../signalling/refused.ts';
import { iceServersFor, type TurnSettings } from '../turn/credentials.server.ts';
import type { Attendance, LeaveReason } from './attendance.server.ts';
import { Door } from './door.ts';
import { closedMeanwhile, Entrance, type JoinAsk, type JoinOutcome, type Place } from './entrance.server.ts';
import { Expelled } from './expelled.ts';
import { quiet } from './flow.ts';
import { Measuring } from './measuring.ts';
import { Moderation } from './moderation.ts';
import type { Connection, Peer } from './peer.ts';
import { Pages } from './pages.ts';
import { idsOf, reportEnd, watchPeer } from './report.ts';
import { Room } from './room.ts';
import { Serial } from './serial.ts';
import { lowerHand, sendAway } from './state.ts';

/** Whom a host took out of a lesson and has not let in again. */
export type TakenOut = (lessonId: string) => Promise<readonly { readonly personId: string; readonly name: string }[]>;

/** So many look on at one lesson at a time. */
export const MOST_OBSERVERS = 5;

export interface RoomLimits {
  /** Besides those who look on. */
  readonly peersPerRoom: number;
  readonly rooms: number;
  /** How long a lost connection may come back as the same one, wall ms. */
  readonly graceMs: number;
  /** Null: media comes straight to us or not at all. */
  readonly turn: TurnSettings | null;
}

/** What a node's rooms need of the other nodes. */
export interface AmongNodes {
  readonly homes: Homes;
  readonly states: RoomStates;
}

export class Rooms {
  readonly #workers: Workers;
  readonly #attendance: Attendance;
  readonly #clock: BusinessClock;
  readonly #log: Log;
  readonly #limits: RoomLimits;
  readonly #takenOut: TakenOut;
  readonly #rooms = new Map<string, Room>();
  /** Rooms that are not open yet: whether the lesson is ours, and what is known of it. */
  readonly #opening = new Map<Room, Promise<Taken>>();
  /** Two connections of one person take turns, so that a takeover is never half done. */
  readonly #people = new Serial();
  readonly #expelled = new Expelled();
  readonly #homes: Homes;
  readonly #states: RoomStates;
  readonly #door: Door;
  readonly #entrance: Entrance;
  readonly moderation: Moderation;
  readonly measuring: Measuring;
  readonly pages: Pages;
  #watching = false;
  draining = false;

  /** @param takenOut asked when a room is opened of which this node knows nothing. */
  constructor(
    workers: Workers,
    attendance: Attendance,
    clock: BusinessClock,
    log: Log,
    limits: RoomLimits,
    { homes, states }: AmongNodes,
    takenOut: TakenOut = () => Promise.resolve([]),
  ) {
    this.#takenOut = takenOut;
    this.#homes = homes;
    this.#states = states;
    homes.onLost = (lessonId) => this.#yield(lessonId);
    homes.onRegained = (lessonId, fence) => void this.#regain(lessonId, fence);
    this.#workers = workers;
    this.#attendance = attendance;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
    const settings = { graceMs: limits.graceMs, mostWaiting: limits.peersPerRoom };
    this.#door = new Door(attendance, clock, settings, (room) => this.#closeIfEmpty(room));
    this.#entrance = new Entrance({
      attendance,
      clock,
      log,
      door: this.#door,
      expelled: this.#expelled,
      capabilities: () => workers.rtpCapabilities,
      iceServersFor: (who) => this.iceServersFor(who),
      gone: (room, peer, reason, at) => this.#gone(room, peer, reason, at),
    });
    this.moderation = new Moderation(attendance, this.#door, (room, peer) => this.#takeOut(room, peer));
    this.measuring = new Measuring(attendance, log);
    this.pages = new Pages(attendance, clock);
  }

  /** The TURN servers with fresh credentials of this person in this lesson. */
  iceServersFor(who: Pick<Ticket, 'lessonId' | 'personId'>): readonly IceServer[] {
    return iceServersFor(this.#limits.turn, who, Date.now());
  }

  get rooms(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  get peerCount(): number {
    return this.rooms.reduce((sum, room) => sum + room.peers.size, 0);
  }

  join(ask: JoinAsk): Promise<JoinOutcome> {
    const { lessonId, personId } = ask.ticket;
    return this.#inTurn({ lessonId }, { personId }, async () => {
      if (this.draining) return refused('draining');
      if (this.#expelled.has(lessonId, personId, Date.now())) return refused('removed');
      if (this.#workers.count === 0) return refused('media-unavailable');
      if (!this.#rooms.has(lessonId) && this.#rooms.size >= this.#limits.rooms) return refused('too-many');
      const room = this.#room(lessonId);
      room.coming.set(personId, ask.ticket.role);
      try {
        const taken = (await this.#opening.get(room)) ?? 'ours';
        if (taken === 'elsewhere') return refused('elsewhere');
        const closed = closedMeanwhile(room);
        if (closed !== null) return closed;
        const before = room.peers.get(personId) ?? null;
        if (before !== null && ask.resume !== null && ask.resume.token === before.resumeToken)
          return await this.#entrance.resume(room, before, ask);
        const shut = this.#door.knock(room, ask.ticket, ask.connection);
        if (shut !== null) return shut;
        if (before === null && this.#isFull(room, ask.ticket.role)) return refused('room-full');
        return await this.#entrance.enter(room, before, ask);
      } catch (error) {
        if (error instanceof NoWorkerError) return refused('media-unavailable');
        throw error;
      } finally {
        room.coming.delete(personId);
        this.#closeIfEmpty(room);
      }
    });
  }

  /** With whoever comes, who is on the way in already. Observers have few places of their own, and take nobody's (rule J7). */
  #isFull(room: Room, role: LessonRole): boolean {
    const observes = role === 'observer';
    const here = [...room.peers.values()].map((peer) => [peer.personId, peer.ticketRole] as const);
    const alike = [...new Map([...room.coming, ...here]).values()].filter((one) => (one === 'observer') === observes);
    return alike.length > (observes ? MOST_OBSERVERS : this.#limits.peersPerRoom);
  }

  #inTurn<T>(
    { lessonId }: { lessonId: string },
    { personId }: { personId: string },
    work: () => Promise<T>,
  ): Promise<T> {
    return this.#people.run(`${lessonId}/${personId}`, work);
  }

  /** The connection is gone; the person may come back within the grace. */
  lost({ room, peer }: Place, connection: Connection): void {
    if (peer.presence.kind !== 'connected' || peer.presence.connection !== connection) return;
    if (room.peers.get(peer.personId) !== peer) return;
    const timer = setTimeout(() => {
      // While the room is open still: what comes after its end is not kept.
      room.change(lowerHand(room.state, peer.personId));
      this.#gone(room, peer, 'disconnected', peer.lastHeardAt);
    }, this.#limits.graceMs);
    peer.presence = { kind: 'away', timer };
    room.tellOf(peer);
    this.#door.tellWaiters(room);
  }

  /** Lets in who waits, or takes back who was sent away; false when nobody of that id is out there. */
  admit({ room, peer }: Place, personId: string): Promise<boolean> {
    this.#expelled.lift(room.lessonId, personId);
    return this.#door.admit(room, peer, personId);
  }

  turnAway({ room, peer }: Place, personId: string): boolean {
    return this.#door.turnAway(room, peer, personId);
  }

  /** The connection of someone who stands at the door is gone. */
  lostAtDoor(lessonId: string, personId: string, connection: Connection): void {
    const room = this.#rooms.get(lessonId);
    if (room !== undefined) this.#door.lost(room, personId, connection);
  }

  /** They went away from the door; false when they did not stand there. */
  leaveDoor(lessonId: string, personId: string, connection: Connection): boolean {
    const room = this.#rooms.get(lessonId);
    return room !== undefined && this.#door.left(room, personId, connection);
  }

  /** They left on purpose. */
  leave({ room, peer }: Place): void {
    room.change(lowerHand(room.state, peer.personId));
    this.#gone(room, peer, 'left', this.#clock.now());
  }

  /** Everyone is told and the room is gone. The lesson has closed its own attendance already. */
  endLesson(lessonId: string, reason: 'lesson-ended' | 'lesson-cancelled'): void {
    const room = this.#rooms.get(lessonId);
    if (room !== undefined) {
      for (const peer of room.peers.values()) this.#attendance.forget(idsOf(room, peer));
      this.#close(room, reason);
    }
    this.#states.drop(lessonId).catch((error: unknown) => {
      // It is swept away in some hours.
      this.#log.warn({ err: error, lesson: lessonId }, 'The state of an ended room is still kept');
    });
  }

  /** Taken out by someone who may; the fact is told already. */
  expel(lessonId: string, personId: string): void {
    this.#expelled.add(lessonId, personId, Date.now());
    const room = this.#rooms.get(lessonId);
    if (room !== undefined) this.#door.sendOff(room, personId);
    const peer = room?.peers.get(personId);
    if (room === undefined || peer === undefined) return;
    if (peer.presence.kind === 'connected') peer.presence.connection.close('removed');
    this.#attendance.forget(idsOf(room, peer));
    room.remove(peer);
    room.change(lowerHand(room.state, personId));
    this.#closeIfEmpty(room);
  }

  /** Taken in again: they have a seat anew, or a host let them in, here or on another node. */
  readmit(lessonId: string, personId: string): void {
    this.#expelled.lift(lessonId, personId);
  }

  /** A worker died: whoever was served by it is served by another one, in the same room and on the same connection. */
  async mediaLost(): Promise<void> {
    await Promise.all(
      this.rooms.map(async (room) => {
        const peers = [...room.peers.values()].filter(({ media }) => media.receive.closed);
        if (peers.length === 0) return;
        const since = performance.now();
        try {
          await Promise.all(peers.map((peer) => this.#inTurn(room, peer, () => this.#entrance.remake(room, peer))));
        } catch (error) {
          this.#log.error({ err: error, lesson: room.lessonId }, 'A room could not be served by another worker');
          if (room.closed === null) this.#evict(room, 'media-lost');
          return;
        }
        const ms = Math.round(performance.now() - since);
        this.#log.warn({ lesson: room.lessonId, peers: peers.length, ms }, 'Served by another worker');
      }),
    );
  }

  /** A worker has too much to do: the largest room on it is marked for broadcast, one at a time. */
  shed(routers: readonly RoomRouter[]): void {
    const [largest] = this.rooms
      .filter(({ media, state }) => media.parts.some((part) => routers.includes(part)) && !state.broadcast)
      .toSorted((a, b) => b.peers.size - a.peers.size);
    if (largest === undefined) return;
    this.#log.warn({ lesson: largest.lessonId, peers: largest.peers.size }, 'A room is marked for broadcast');
    largest.change({ ...largest.state, broadcast: true });
  }

  /** Lets nobody in any more and sends everyone away; their clients come back by themselves. */
  evictAll(reason: CloseReason): void {
    for (const room of this.rooms) this.#evict(room, reason);
  }

  /** Closes connections whose ticket ran out. Their clients renew it long before. */
  expireTickets(wallNow: number): void {
    for (const room of this.rooms)
      for (const { presence, ticketExpiresAt } of room.peers.values())
        if (ticketExpiresAt <= wallNow && presence.kind === 'connected') presence.connection.close('ticket-expired');
  }

  tellClock(now: number): void {
    for (const room of this.rooms) room.tell('clock', { now });
  }

  connectedIds(): readonly string[] {
    return this.rooms.flatMap((room) =>
      [...room.peers.values()].filter((peer) => peer.presence.kind === 'connected').map((peer) => peer.connectionId),
    );
  }

  /** These connections were begun again, so that what flows over them has to start again in the attendance. */
  tellAnew(connectionIds: readonly string[]): void {
    for (const room of this.rooms)
      for (const peer of room.peers.values())
        if (connectionIds.includes(peer.connectionId)) {
          peer.flows = { sent: quiet(peer.flows.sent), received: quiet(peer.flows.received) };
          this.pages.tellAnew(room, peer);
        }
  }

  /** One reading of every peer's byte counters; a reading that takes too long is not overtaken by the next. */
  async watchMedia(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    try {
      await Promise.all(
        this.rooms.flatMap((room) =>
          [...room.peers.values()].map((peer) => watchPeer(this.#attendance, room, peer, this.#clock, this.#log)),
        ),
      );
    } finally {
      this.#watching = false;
    }
  }

  #room(lessonId: string): Room {
    const known = this.#rooms.get(lessonId);
    if (known !== undefined) return known;
    const keep = (state: Room['state']): void => this.#states.keep(lessonId, state, this.#homes.fenceOf(lessonId));
    const room = new Room(lessonId, this.#workers, this.#log, keep);
    this.#rooms.set(lessonId, room);
    this.#opening.set(room, this.#open(room));
    return room;
  }

  /** Makes this node the lesson's home (rule N1), and tells the room what is known of it. */
  async #open(room: Room): Promise<Taken> {
    const taken = await this.#homes.take(room.lessonId);
    if (taken === 'ours' && (await this.#recall(room))) {
      this.#opening.delete(room);
      return 'ours';
    }
    if (room.closed === null) this.#close(room, 'media-lost'); // Whoever comes next asks anew.
    return taken;
  }

  /**
   * How the room was left, by this node or another one, and who was sent away: the host may let them in again.
   * @returns false when it cannot be known: opened all the same, it would be written over.
   */
  async #recall(room: Room): Promise<boolean> {
    try {
      room.change(await this.#states.of(room.lessonId));
    } catch (error) {
      this.#log.error({ err: error, lesson: room.lessonId }, 'A room does not know how it was left');
      return false;
    }
    try {
      for (const { personId, name } of await this.#takenOut(room.lessonId)) {
        if (room.state.out.some((other) => other.personId === personId)) continue;
        room.change(sendAway(room.state, { personId, name, how: 'removed' }));
      }
    } catch (error) {
      // The lesson itself refuses them all the same.
      this.#log.error({ err: error, lesson: room.lessonId }, 'A room does not know whom its host took out');
    }
    return true;
  }

  /** @param fence of before the lease ran out: what was kept under one in between is another node's, and newer. */
  async #regain(lessonId: string, fence: number): Promise<void> {
    try {
      const kept = await this.#states.fenceOf(lessonId);
      if (kept > fence && kept < this.#homes.fenceOf(lessonId)) this.#yield(lessonId);
    } catch (error) {
      this.#log.warn({ err: error, lesson: lessonId }, 'Nobody can say whether another node had a lesson meanwhile');
    }
  }

  /** Another node has the lesson: everybody goes there by themselves. */
  #yield(lessonId: string): void {
    const room = this.#rooms.get(lessonId);
    if (room !== undefined) this.#evict(room, 'media-lost');
  }

  #takeOut(room: Room, peer: Peer): void {
    const connected = peer.presence.kind === 'connected' ? peer.presence.connection : null;
    const at = connected === null ? peer.lastHeardAt : this.#clock.now();
    connected?.close('removed');
    this.#gone(room, peer, 'removed', at);
  }

  #gone(room: Room, peer: Peer, reason: LeaveReason, at: number): void {
    if (room.peers.get(peer.personId) !== peer) return;
    reportEnd(this.#attendance, room, peer, at, reason);
    room.remove(peer);
    this.#door.tellWaiters(room);
    this.#log.info({ lesson: room.lessonId, person: peer.personId, connection: peer.connectionId, reason }, 'Left');
    this.#closeIfEmpty(room);
  }

  #evict(room: Room, reason: CloseReason): void {
    const now = this.#clock.now();
    const peers = [...room.peers.values()];
    this.#close(room, reason);
    for (const peer of peers) {
      const at = peer.presence.kind === 'connected' ? now : peer.lastHeardAt;
      reportEnd(this.#attendance, room, peer, at, 'node-lost');
    }
  }

  #closeIfEmpty(room: Room): void {
    if (room.empty && room.closed === null) this.#close(room, 'left');
  }

  #close(room: Room, reason: CloseReason): void {
    room.close(reason);
    this.#rooms.delete(room.lessonId);
    this.#opening.delete(room);
    this.#homes.leave(room.lessonId, this.#states.written(room.lessonId));
  }
}

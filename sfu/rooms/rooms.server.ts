/** The rooms of this node, and the ways in and out of them. Who may do what is decided before, in signalling. */
import { randomBytes } from 'node:crypto';
import type { Ticket } from '#events/access/ticket.ts';
import { newId } from '#events/shared/ids.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Log } from '../log.ts';
import type { RtpCapabilities } from '../media/types.ts';
import { wireCapabilities } from '../media/wire.ts';
import type { RoomRouter, Workers } from '../media/workers.server.ts';
import type { CloseReason, Joined, Refused } from '../signalling/protocol.ts';
import { mayIn } from '../signalling/permissions.ts';
import { refused, refusedByLesson } from '../signalling/refused.ts';
import type { Attendance, LeaveReason } from './attendance.server.ts';
import { Door } from './door.ts';
import { Expelled } from './expelled.ts';
import { quiet } from './flow.ts';
import { Moderation } from './moderation.ts';
import { Peer, type Connection, type PeerMedia } from './peer.ts';
import { idsOf, reportEnd, watchPeer } from './report.ts';
import { Room, transportParameters } from './room.ts';
import { Serial } from './serial.ts';
import { chooseRecording, letIn, lowerHand, sendAway } from './state.ts';
import { RoomStates } from './states.ts';

export interface RoomLimits {
  readonly peersPerRoom: number;
  readonly rooms: number;
  /** How long a lost connection may come back as the same one, wall ms. */
  readonly graceMs: number;
}

export interface JoinAsk {
  readonly ticket: Ticket;
  readonly connection: Connection;
  readonly rtpCapabilities: RtpCapabilities;
  readonly resume: { readonly token: string; readonly keepTransports: boolean } | null;
  /** Absent: as they said last. */
  readonly recorded?: boolean | undefined;
}

/** Where a connection stands after its join. */
export interface Place {
  readonly room: Room;
  readonly peer: Peer;
}

export type JoinOutcome = { readonly ok: true; readonly place: Place; readonly joined: Joined } | Refused;

export class Rooms {
  readonly #workers: Workers;
  readonly #attendance: Attendance;
  readonly #clock: BusinessClock;
  readonly #log: Log;
  readonly #limits: RoomLimits;
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #open = new Map<string, Room>();
  /** Two connections of one person take turns, so that a takeover is never half done. */
  readonly #people = new Serial();
  readonly #expelled = new Expelled();
  readonly #states = new RoomStates();
  readonly #door: Door;
  readonly moderation: Moderation;
  #watching = false;
  draining = false;

  constructor(workers: Workers, attendance: Attendance, clock: BusinessClock, log: Log, limits: RoomLimits) {
    this.#workers = workers;
    this.#attendance = attendance;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
    const settings = { graceMs: limits.graceMs, mostWaiting: limits.peersPerRoom };
    this.#door = new Door(attendance, clock, settings, (room) => this.#closeIfEmpty(room));
    this.moderation = new Moderation(attendance, this.#door, (room, peer) => this.#takeOut(room, peer));
  }

  get rooms(): readonly Room[] {
    return [...this.#open.values()];
  }

  get peerCount(): number {
    return this.rooms.reduce((sum, room) => sum + room.peers.size, 0);
  }

  join(ask: JoinAsk): Promise<JoinOutcome> {
    const { lessonId, personId } = ask.ticket;
    return this.#people.run(`${lessonId}/${personId}`, async () => {
      if (this.draining) return refused('draining');
      if (this.#expelled.has(lessonId, personId, Date.now())) return refused('removed');
      if (this.#workers.count === 0) return refused('media-unavailable');
      if (!this.#rooms.has(lessonId) && this.#rooms.size >= this.#limits.rooms) return refused('too-many');
      const room = await this.#room(lessonId);
      room.pending += 1;
      try {
        const before = room.peers.get(personId) ?? null;
        if (before !== null && ask.resume !== null && ask.resume.token === before.resumeToken)
          return await this.#resume(room, before, ask);
        const shut = this.#door.knock(room, ask.ticket, ask.connection);
        if (shut !== null) return shut;
        if (before === null && room.peers.size + room.pending > this.#limits.peersPerRoom) return refused('room-full');
        return await this.#enter(room, before, ask);
      } finally {
        room.pending -= 1;
        this.#closeIfEmpty(room);
      }
    });
  }

  /** The connection is gone; the person may come back within the grace. */
  lost({ room, peer }: Place, connection: Connection): void {
    if (peer.presence.kind !== 'connected' || peer.presence.connection !== connection) return;
    if (room.peers.get(peer.personId) !== peer) return;
    const timer = setTimeout(() => {
      this.#gone(room, peer, 'disconnected', peer.lastHeardAt);
      room.change(lowerHand(room.state, peer.personId));
    }, this.#limits.graceMs);
    peer.presence = { kind: 'away', timer };
    room.tell('peer-changed', peer.info(), peer);
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
    const room = this.#open.get(lessonId);
    if (room !== undefined) this.#door.lost(room, personId, connection);
  }

  /** They went away from the door; false when they did not stand there. */
  leaveDoor(lessonId: string, personId: string, connection: Connection): boolean {
    const room = this.#open.get(lessonId);
    return room !== undefined && this.#door.left(room, personId, connection);
  }

  /** They left on purpose. */
  leave({ room, peer }: Place): void {
    this.#gone(room, peer, 'left', this.#clock.now());
    room.change(lowerHand(room.state, peer.personId));
  }

  /** Everyone is told and the room is gone. The lesson has closed its own attendance already. */
  endLesson(lessonId: string, reason: 'lesson-ended' | 'lesson-cancelled'): void {
    this.#states.drop(lessonId);
    const room = this.#open.get(lessonId);
    if (room === undefined) return;
    for (const peer of room.peers.values()) this.#attendance.forget(idsOf(room, peer));
    this.#close(room, reason);
  }

  /** Taken out by someone who may; the fact is told already. */
  expel(lessonId: string, personId: string): void {
    this.#expelled.add(lessonId, personId, Date.now());
    const room = this.#open.get(lessonId);
    if (room !== undefined) this.#door.sendOff(room, personId);
    const peer = room?.peers.get(personId);
    if (room === undefined || peer === undefined) return;
    if (peer.presence.kind === 'connected') peer.presence.connection.close('removed');
    this.#attendance.forget(idsOf(room, peer));
    room.remove(peer);
    room.change(lowerHand(room.state, personId));
    this.#closeIfEmpty(room);
  }

  /** Taken in again: they have a seat anew. */
  readmit(lessonId: string, personId: string): void {
    this.#expelled.lift(lessonId, personId);
  }

  /** The workers under these routers died: their rooms close, and everyone may join anew at once. */
  mediaLost(routers: readonly RoomRouter[]): void {
    for (const room of this.rooms) if (routers.includes(room.media)) this.#evict(room, 'media-lost');
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
  tellMediaAnew(connectionIds: readonly string[]): void {
    for (const room of this.rooms)
      for (const peer of room.peers.values())
        if (connectionIds.includes(peer.connectionId))
          peer.flows = { sent: quiet(peer.flows.sent), received: quiet(peer.flows.received) };
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

  /** One load a lesson: a second join waits for the first one's router. */
  async #room(lessonId: string): Promise<Room> {
    const known = this.#rooms.get(lessonId);
    if (known !== undefined) {
      const room = await known;
      // It may have closed while it was awaited.
      return room.closed === null ? room : this.#room(lessonId);
    }
    const opening = this.#workers.openRouter().then((media) => {
      const keep = (state: Room['state']): void => this.#states.keep(lessonId, state, Date.now());
      const room = new Room(lessonId, media, this.#log, this.#states.of(lessonId), keep);
      this.#open.set(lessonId, room);
      return room;
    });
    this.#rooms.set(lessonId, opening);
    try {
      return await opening;
    } catch (error) {
      this.#rooms.delete(lessonId);
      throw error;
    }
  }

  async #enter(room: Room, before: Peer | null, ask: JoinAsk): Promise<JoinOutcome> {
    const { lessonId, personId, name, role, expiresAt } = ask.ticket;
    const ids = { connectionId: newId(), lessonId, personId };
    const [begun, made] = await Promise.allSettled([
      this.#attendance.begin(ids, role),
      room.createMedia(ask.rtpCapabilities, mayIn(role, 'send-media')),
    ]);
    const admitted = begun.status === 'fulfilled' && begun.value === null;
    const expelled = this.#expelled.has(lessonId, personId, Date.now());
    const closed = expelled ? refused('removed') : closedMeanwhile(room);
    if (!admitted || closed !== null || made.status === 'rejected') {
      if (made.status === 'fulfilled') discard(made.value);
      if (admitted) this.#attendance.end(ids, role, this.#clock.now(), expelled ? 'removed' : 'disconnected');
      if (begun.status === 'rejected') throw begun.reason;
      if (begun.value !== null) {
        // Taken out before this room was made: a host sees it, and may take them back.
        if (begun.value.code === 'removed') room.change(sendAway(room.state, { personId, name, how: 'removed' }));
        return refusedByLesson(begun.value);
      }
      if (made.status === 'rejected') throw made.reason;
      return closed ?? refused('internal');
    }
    const media = made.value;
    this.#noteRecording(room, ask);
    if (before !== null) this.#replace(room, before);
    const resumeToken = randomBytes(24).toString('base64url');
    const seed = { personId, name, role, connectionId: ids.connectionId, resumeToken, ticketExpiresAt: expiresAt };
    const peer = new Peer(seed, media, ask.connection, this.#clock.now());
    peer.follow(room.state);
    room.peers.set(personId, peer);
    room.change(letIn(room.state, personId));
    this.#door.tellWaiters(room);
    await room.consumeAll(peer);
    room.tell('peer-joined', peer.info(), peer);
    this.#log.info({ lesson: lessonId, person: personId, role, connection: peer.connectionId }, 'Joined');
    return { ok: true, place: { room, peer }, joined: this.#joined(room, peer, true) };
  }

  async #resume(room: Room, peer: Peer, ask: JoinAsk): Promise<JoinOutcome> {
    const keep = (ask.resume?.keepTransports ?? false) && !peer.media.receive.closed;
    const fresh = keep ? null : await room.createMedia(ask.rtpCapabilities, mayIn(peer.role, 'send-media'));
    const closed = closedMeanwhile(room);
    if (closed !== null || room.peers.get(peer.personId) !== peer) {
      if (fresh !== null) discard(fresh);
      return closed ?? refused('not-joined');
    }
    if (peer.presence.kind === 'away') clearTimeout(peer.presence.timer);
    else peer.presence.connection.close('replaced');
    peer.presence = { kind: 'connected', connection: ask.connection };
    peer.ticketExpiresAt = ask.ticket.expiresAt;
    this.#noteRecording(room, ask);
    peer.lastHeardAt = this.#clock.now();
    if (fresh !== null) {
      peer.closeMedia();
      peer.media = fresh;
    }
    await room.consumeAll(peer);
    room.tell('peer-changed', peer.info(), peer);
    this.#door.tellWaiters(room);
    this.#log.info({ lesson: room.lessonId, person: peer.personId, connection: peer.connectionId, keep }, 'Resumed');
    return { ok: true, place: { room, peer }, joined: this.#joined(room, peer, !keep) };
  }

  #joined(room: Room, peer: Peer, withTransports: boolean): Joined {
    const { send, receive } = peer.media;
    return {
      connectionId: peer.connectionId,
      resumeToken: peer.resumeToken,
      now: this.#clock.now(),
      routerRtpCapabilities: wireCapabilities(room.media.router.rtpCapabilities),
      transports: withTransports
        ? { send: send === null ? null : transportParameters(send), receive: transportParameters(receive) }
        : null,
      producers: peer.producers(),
      room: room.infoFor(peer),
      you: peer.info(),
      peers: room.others(peer),
      consumers: room.consumersOf(peer),
      speaking: room.speaking,
    };
  }

  #replace(room: Room, before: Peer): void {
    if (before.presence.kind === 'connected') {
      before.presence.connection.close('replaced');
      this.#gone(room, before, 'replaced', this.#clock.now());
    } else {
      this.#gone(room, before, 'disconnected', before.lastHeardAt);
    }
  }

  /** Who refuses is let in all the same; their tracks carry it. */
  #noteRecording(room: Room, { ticket, recorded }: JoinAsk): void {
    const { personId, role } = ticket;
    if (recorded === undefined || room.state.unrecorded.includes(personId) !== recorded) return;
    room.change(chooseRecording(room.state, personId, recorded));
    const choice = recorded ? 'recorded' : 'left-out';
    void this.#attendance.note(room.lessonId, { personId, role }, { type: 'RecordingChosen', personId, choice });
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
    this.#open.delete(room.lessonId);
  }
}

function closedMeanwhile(room: Room): Refused | null {
  switch (room.closed) {
    case null:
      return null;
    case 'lesson-ended':
    case 'lesson-cancelled':
      return refused(room.closed);
    default:
      return refused('draining');
  }
}

function discard(media: PeerMedia): void {
  media.send?.close();
  media.receive.close();
}

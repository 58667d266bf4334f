/** The way into a room: a peer made anew, or one who comes back as who they were. */
import { randomBytes } from 'node:crypto';
import type { Ticket } from '#events/access/ticket.ts';
import { newId } from '#events/shared/ids.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Log } from '../log.ts';
import type { RtpCapabilities } from '../media/types.ts';
import { wireCapabilities } from '../media/wire.ts';
import { mayIn } from '../signalling/permissions.ts';
import type { IceServer, Joined, Refused } from '../signalling/protocol.ts';
import { refused, refusedByLesson } from '../signalling/refused.ts';
import type { Attendance, LeaveReason } from './attendance.server.ts';
import type { Door } from './door.ts';
import type { Expelled } from './expelled.ts';
import type { TraceLine } from '../trace/traces.ts';
import { watchMedia } from '../trace/watch-media.ts';
import { Peer, type Connection, type PeerMedia } from './peer.ts';
import { transportParameters, type Room } from './room.ts';
import { chooseRecording, letIn, sendAway } from './state.ts';

export interface JoinAsk {
  readonly ticket: Ticket;
  readonly connection: Connection;
  readonly trace: TraceLine;
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

/** What the entrance needs of the node. */
export interface EntranceParts {
  readonly attendance: Attendance;
  readonly clock: BusinessClock;
  readonly log: Log;
  readonly door: Door;
  readonly expelled: Expelled;
  /** What every router can carry. */
  readonly capabilities: () => RtpCapabilities;
  /** The TURN servers with fresh credentials of this person. */
  readonly iceServersFor: (who: Pick<Ticket, 'lessonId' | 'personId'>) => readonly IceServer[];
  /** Ends a peer's place, `at` business time, ms. */
  readonly gone: (room: Room, peer: Peer, reason: LeaveReason, at: number) => void;
}

export class Entrance {
  readonly #parts: EntranceParts;

  constructor(parts: EntranceParts) {
    this.#parts = parts;
  }

  /** @param before the same person, on another connection. */
  async enter(room: Room, before: Peer | null, ask: JoinAsk): Promise<JoinOutcome> {
    const { lessonId, personId, name, role, expiresAt } = ask.ticket;
    const ids = { connectionId: newId(), lessonId, personId };
    const make = (): Promise<PeerMedia> => room.createMedia(ask.rtpCapabilities, mayIn(role, 'send-media'));
    const [begun, first] = await Promise.allSettled([this.#parts.attendance.begin(ids, role), make()]);
    // Its worker may have died while the lesson was asked.
    const lost = first.status === 'fulfilled' && first.value.receive.closed;
    const made = lost ? await settled(make()) : first;
    const admitted = begun.status === 'fulfilled' && begun.value === null;
    const expelled = this.#parts.expelled.has(lessonId, personId, Date.now());
    const closed = expelled ? refused('removed') : closedMeanwhile(room);
    if (!admitted || closed !== null || made.status === 'rejected') {
      if (made.status === 'fulfilled') discard(made.value);
      if (admitted)
        this.#parts.attendance.end(ids, role, this.#parts.clock.now(), expelled ? 'removed' : 'disconnected');
      if (begun.status === 'rejected') throw begun.reason;
      if (begun.value !== null) {
        // Taken out before this room was made: a host sees it, and may take them back.
        if (begun.value.code === 'removed') room.change(sendAway(room.state, { personId, name, how: 'removed' }));
        return refusedByLesson(begun.value);
      }
      if (closed !== null) return closed;
      if (made.status === 'rejected') throw made.reason;
      return refused('internal');
    }
    const media = made.value;
    this.#noteRecording(room, ask);
    if (before !== null) this.#replace(room, before);
    const resumeToken = randomBytes(24).toString('base64url');
    const seed = { personId, name, role, connectionId: ids.connectionId, resumeToken, ticketExpiresAt: expiresAt };
    const peer = new Peer(seed, media, ask.connection, ask.trace, this.#parts.clock.now());
    watchMedia(ask.trace, media);
    peer.follow(room.state);
    room.peers.set(personId, peer);
    room.change(letIn(room.state, personId));
    this.#parts.door.tellWaiters(room);
    await room.consumeAll(peer);
    if (room.peers.get(personId) !== peer) return closedMeanwhile(room) ?? refused('not-joined');
    room.tell('peer-joined', peer.info(), peer);
    this.#parts.log.info({ lesson: lessonId, person: personId, role, connection: peer.connectionId }, 'Joined');
    peer.media.known = 'yes';
    return { ok: true, place: { room, peer }, joined: this.#joined(room, peer, true) };
  }

  async resume(room: Room, peer: Peer, ask: JoinAsk): Promise<JoinOutcome> {
    const { receive, known } = peer.media;
    const keep = (ask.resume?.keepTransports ?? false) && !receive.closed && known === 'yes';
    const fresh = keep ? null : await room.createMedia(ask.rtpCapabilities, mayIn(peer.role, 'send-media'));
    const closed = closedMeanwhile(room);
    if (closed !== null || room.peers.get(peer.personId) !== peer) {
      if (fresh !== null) discard(fresh);
      return closed ?? refused('not-joined');
    }
    if (peer.presence.kind === 'away') clearTimeout(peer.presence.timer);
    else peer.presence.connection.close('replaced');
    peer.presence = { kind: 'connected', connection: ask.connection };
    peer.trace = ask.trace;
    peer.ticketExpiresAt = ask.ticket.expiresAt;
    this.#noteRecording(room, ask);
    peer.lastHeardAt = this.#parts.clock.now();
    if (fresh !== null) {
      peer.closeMedia();
      peer.media = fresh;
      watchMedia(peer.trace, fresh);
    }
    await room.consumeAll(peer);
    if (room.peers.get(peer.personId) !== peer) return closedMeanwhile(room) ?? refused('not-joined');
    room.tellOf(peer);
    this.#parts.door.tellWaiters(room);
    this.#parts.log.info(
      { lesson: room.lessonId, person: peer.personId, connection: peer.connectionId, keep },
      'Resumed',
    );
    peer.media.known = 'yes';
    return { ok: true, place: { room, peer }, joined: this.#joined(room, peer, !keep) };
  }

  /**
   * The worker under a peer died: they get transports on another one, and are told so on the connection that they have.
   * Whoever is away gets theirs when they come back.
   */
  async remake(room: Room, peer: Peer): Promise<void> {
    const wanted = (): boolean =>
      room.closed === null &&
      room.peers.get(peer.personId) === peer &&
      peer.media.receive.closed &&
      peer.presence.kind === 'connected';
    if (!wanted()) return;
    const media = await room.createMedia(peer.media.rtpCapabilities, mayIn(peer.role, 'send-media'));
    if (!wanted()) return discard(media);
    peer.media = media;
    watchMedia(peer.trace, media);
    await room.consumeAll(peer);
    // Theirs are gone until they send anew.
    room.tellOf(peer);
    if (media.receive.closed || peer.media !== media) return;
    media.known = 'told';
    peer.send('joined-anew', this.#joined(room, peer, true));
  }

  #joined(room: Room, peer: Peer, withTransports: boolean): Joined {
    const { send, receive } = peer.media;
    return {
      connectionId: peer.connectionId,
      resumeToken: peer.resumeToken,
      supportCode: peer.trace.supportCode,
      now: this.#parts.clock.now(),
      routerRtpCapabilities: wireCapabilities(this.#parts.capabilities()),
      transports: withTransports
        ? { send: send === null ? null : transportParameters(send), receive: transportParameters(receive) }
        : null,
      iceServers: this.#parts.iceServersFor({ lessonId: room.lessonId, personId: peer.personId }),
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
      this.#parts.gone(room, before, 'replaced', this.#parts.clock.now());
    } else {
      this.#parts.gone(room, before, 'disconnected', before.lastHeardAt);
    }
  }

  /** Who refuses is let in all the same; their tracks carry it. */
  #noteRecording(room: Room, { ticket, recorded }: JoinAsk): void {
    const { personId, role } = ticket;
    if (recorded === undefined || room.state.unrecorded.includes(personId) !== recorded) return;
    room.change(chooseRecording(room.state, personId, recorded));
    const choice = recorded ? 'recorded' : 'left-out';
    void this.#parts.attendance.note(room.lessonId, { personId, role }, { type: 'RecordingChosen', personId, choice });
  }
}

/** Why whoever is on the way in finds the room closed; null while it is open. */
export function closedMeanwhile(room: Room): Refused | null {
  switch (room.closed) {
    case null:
      return null;
    case 'lesson-ended':
    case 'lesson-cancelled':
      return refused(room.closed);
    case 'media-lost':
      return refused('media-unavailable');
    default:
      return refused('draining');
  }
}

async function settled<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([work]);
  return result;
}

function discard(media: PeerMedia): void {
  media.send?.close();
  media.receive.close();
}

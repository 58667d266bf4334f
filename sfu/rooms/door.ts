/** The door of a room: who comes in at once, who waits for a host's word, and who stays outside. */
import type { Ticket } from '#events/access/ticket.ts';
import type { LessonRole } from '#events/access/roles.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Refused, WaitingInfo } from '../signalling/protocol.ts';
import { mayIn } from '../signalling/permissions.ts';
import { refused } from '../signalling/refused.ts';
import type { Attendance } from './attendance.server.ts';
import type { Connection, Presence } from './peer.ts';
import type { Room } from './room.ts';
import { letIn, sendAway } from './state.ts';

export interface Waiter extends WaitingInfo {
  /** Their ticket lets nobody in without a host's word, whatever the room says. */
  readonly always: boolean;
  presence: Presence;
}

/** Who acts: from the peer, never from a message. */
export interface Actor {
  readonly personId: string;
  readonly role: LessonRole;
}

export interface DoorSettings {
  /** How long someone whose connection is gone keeps their place at the door, wall ms. */
  readonly graceMs: number;
  /** So many wait in one room. */
  readonly mostWaiting: number;
}

export class Door {
  readonly #attendance: Pick<Attendance, 'note'>;
  readonly #clock: BusinessClock;
  readonly #settings: DoorSettings;
  /** Someone went away: the room may be empty now. */
  readonly #onGone: (room: Room) => void;

  constructor(
    attendance: Pick<Attendance, 'note'>,
    clock: BusinessClock,
    settings: DoorSettings,
    onGone: (room: Room) => void,
  ) {
    this.#attendance = attendance;
    this.#clock = clock;
    this.#settings = settings;
    this.#onGone = onGone;
  }

  /** Null: come in. Otherwise why not; after `waiting` they stand at the door, on this connection. */
  knock(room: Room, ticket: Ticket, connection: Connection): Refused | null {
    const { personId, role } = ticket;
    const { state } = room;
    if (role === 'host') return null;
    const out = state.out.find((other) => other.personId === personId);
    if (out !== undefined) return refused(out.how);
    if (room.peers.has(personId) || state.admitted.includes(personId)) return null;
    const always = ticket.admission === 'ask';
    if (state.locked) {
      void this.#attendance.note(room.lessonId, null, { type: 'ParticipantTurnedAway', personId });
      return refused('room-locked');
    }
    if (!always && state.admission === 'open') return null;
    return this.#wait(room, ticket, connection, always);
  }

  /** Lets in who waits, or takes back who was sent away; false when nobody of that id is out there. */
  async admit(room: Room, by: Actor, personId: string): Promise<boolean> {
    const waiter = room.waiting.get(personId);
    const out = room.state.out.some((other) => other.personId === personId);
    if (waiter === undefined && !out) return false;
    const told = this.#attendance.note(room.lessonId, by, { type: 'ParticipantAdmitted', personId });
    // The lesson refuses them until it knows; without its store nobody waits for long.
    const known = (): Promise<unknown> => Promise.race([told, new Promise((resolve) => setTimeout(resolve, 2_000))]);
    if (waiter === undefined) {
      room.change(letIn(room.state, personId));
      await known();
      return true;
    }
    if (waiter.always) await known();
    // Meanwhile they may have gone, or been let in by another host.
    if (room.waiting.get(personId) === waiter) this.#open(room, waiter);
    return true;
  }

  turnAway(room: Room, by: Actor, personId: string): boolean {
    const waiter = room.waiting.get(personId);
    if (waiter === undefined) return false;
    this.#forget(room, waiter);
    room.change(sendAway(room.state, { personId, name: waiter.name, how: 'turned-away' }));
    if (waiter.presence.kind === 'connected') waiter.presence.connection.close('turned-away');
    void this.#attendance.note(room.lessonId, by, { type: 'ParticipantTurnedAway', personId });
    return true;
  }

  /** The room lets everybody in again: whoever waited for that alone comes in. */
  openForAll(room: Room, by: Actor): void {
    for (const waiter of [...room.waiting.values()].filter(({ always }) => !always)) {
      void this.#attendance.note(room.lessonId, by, { type: 'ParticipantAdmitted', personId: waiter.personId });
      this.#open(room, waiter);
    }
  }

  /** Their connection is gone; they keep their place for the grace. */
  lost(room: Room, personId: string, connection: Connection): void {
    const waiter = room.waiting.get(personId);
    if (waiter?.presence.kind !== 'connected' || waiter.presence.connection !== connection) return;
    const timer = setTimeout(() => this.#gone(room, waiter), this.#settings.graceMs);
    waiter.presence = { kind: 'away', timer };
  }

  /** They went away on purpose. */
  left(room: Room, personId: string, connection: Connection): boolean {
    const waiter = room.waiting.get(personId);
    if (waiter?.presence.kind !== 'connected' || waiter.presence.connection !== connection) return false;
    this.#gone(room, waiter);
    return true;
  }

  /** They have no place in the lesson any more. */
  sendOff(room: Room, personId: string): void {
    const waiter = room.waiting.get(personId);
    if (waiter === undefined) return;
    if (waiter.presence.kind === 'connected') waiter.presence.connection.close('removed');
    this.#gone(room, waiter);
  }

  /** Who is there to let them in came or went. */
  tellWaiters(room: Room): void {
    const hostHere = isHostHere(room);
    for (const { presence, since } of room.waiting.values())
      if (presence.kind === 'connected') presence.connection.send('waiting', { since, hostHere });
  }

  #wait(room: Room, ticket: Ticket, connection: Connection, always: boolean): Refused {
    const { personId, name, role } = ticket;
    const before = room.waiting.get(personId);
    if (before === undefined && room.waiting.size >= this.#settings.mostWaiting) return refused('room-full');
    if (before?.presence.kind === 'away') clearTimeout(before.presence.timer);
    else if (before !== undefined && before.presence.connection !== connection)
      before.presence.connection.close('replaced');
    const since = before?.since ?? this.#clock.now();
    room.waiting.set(personId, { personId, name, role, since, always, presence: { kind: 'connected', connection } });
    connection.send('waiting', { since, hostHere: isHostHere(room) });
    if (before === undefined) {
      void this.#attendance.note(room.lessonId, { personId, role }, { type: 'AskedToEnter', personId });
      room.tellHosts();
    }
    return refused('waiting');
  }

  #open(room: Room, waiter: Waiter): void {
    this.#forget(room, waiter);
    room.change(letIn(room.state, waiter.personId));
    room.tellHosts();
    if (waiter.presence.kind === 'connected') waiter.presence.connection.send('admitted', {});
  }

  #gone(room: Room, waiter: Waiter): void {
    const { personId, role } = waiter;
    if (room.waiting.get(personId) !== waiter) return;
    this.#forget(room, waiter);
    void this.#attendance.note(room.lessonId, { personId, role }, { type: 'StoppedAsking', personId });
    room.tellHosts();
    this.#onGone(room);
  }

  #forget(room: Room, waiter: Waiter): void {
    if (waiter.presence.kind === 'away') clearTimeout(waiter.presence.timer);
    room.waiting.delete(waiter.personId);
  }
}

const isHostHere = (room: Room): boolean =>
  [...room.peers.values()].some(({ role, presence }) => mayIn(role, 'admit') && presence.kind === 'connected');

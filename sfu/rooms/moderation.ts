/** What people do to each other in a room: hands, reactions, and a host's word over sound, picture, place and role. */
import type { Refused, RoomSwitches, Source } from '../signalling/protocol.ts';
import { SOURCES } from '../signalling/protocol.ts';
import { outranks } from '../signalling/permissions.ts';
import { refused } from '../signalling/refused.ts';
import type { Attendance } from './attendance.server.ts';
import type { Door } from './door.ts';
import type { Peer } from './peer.ts';
import type { Room } from './room.ts';
import { allows, doorOf, lowerHand, promote, raiseHand, sendAway, SWITCH_OF } from './state.ts';

/** Where the one who acts stands. */
interface Place {
  readonly room: Room;
  readonly peer: Peer;
}

export class Moderation {
  readonly #attendance: Pick<Attendance, 'note'>;
  readonly #door: Door;
  /** Ends a peer's place, and tells the attendance that they were taken out. */
  readonly #takeOut: (room: Room, peer: Peer) => void;

  constructor(attendance: Pick<Attendance, 'note'>, door: Door, takeOut: (room: Room, peer: Peer) => void) {
    this.#attendance = attendance;
    this.#door = door;
    this.#takeOut = takeOut;
  }

  raiseHand({ room, peer }: Place): void {
    room.change(raiseHand(room.state, peer.personId));
  }

  /** @param personId null: all of them. */
  lowerHand({ room }: Place, personId: string | null): void {
    room.change(lowerHand(room.state, personId));
  }

  async set({ room, peer }: Place, changes: Partial<RoomSwitches>): Promise<void> {
    const before = room.state;
    const next = { ...before, ...changes };
    room.change(next);
    const { lessonId } = room;
    if (doorOf(before) !== doorOf(next))
      void this.#attendance.note(lessonId, peer, { type: 'DoorChanged', state: doorOf(next) });
    if (before.admission === 'ask' && next.admission === 'open') this.#door.openForAll(room, peer);
    const changed = SOURCES.filter((source) => before[SWITCH_OF[source]] !== next[SWITCH_OF[source]]);
    for (const source of changed) {
      const state = next[SWITCH_OF[source]] ? 'allowed' : 'forbidden';
      void this.#attendance.note(lessonId, peer, { type: 'SendingChanged', source, state });
    }
    // Forbidden is forbidden: whoever sends now stops.
    const forbidden = changed.filter((source) => !next[SWITCH_OF[source]]);
    await Promise.all(forbidden.map((source) => this.#quietenAll(room, peer, source)));
  }

  /** @param personId null: all participants. */
  async quieten({ room, peer }: Place, personId: string | null, source: Source): Promise<Refused | null> {
    if (personId === null) {
      await this.#quietenAll(room, peer, source);
      return null;
    }
    const target = room.peers.get(personId);
    if (target === undefined) return refused('unknown-id');
    if (!outranks(peer.role, target.role)) return refused('not-allowed');
    await silence(room, target, source, peer.personId);
    return null;
  }

  remove({ room, peer }: Place, personId: string): Refused | null {
    const target = room.peers.get(personId);
    if (target === undefined) return refused('unknown-id');
    if (!outranks(peer.role, target.role)) return refused('not-allowed');
    room.change(sendAway(room.state, { personId, name: target.name, how: 'removed' }));
    void this.#attendance.note(room.lessonId, peer, { type: 'ParticipantRemoved', personId });
    this.#takeOut(room, target);
    return null;
  }

  async promote({ room, peer }: Place, personId: string, role: 'co-host' | 'participant'): Promise<Refused | null> {
    const target = room.peers.get(personId);
    if (target === undefined) return refused('unknown-id');
    if (target.ticketRole !== 'participant') return refused('not-allowed');
    if (target.role === role) return null;
    room.change(promote(room.state, personId, role));
    void this.#attendance.note(room.lessonId, peer, { type: 'RoleChanged', personId, role });
    await obey(room, target, peer.personId);
    return null;
  }

  async #quietenAll(room: Room, by: Peer, source: Source): Promise<void> {
    const participants = [...room.peers.values()].filter((other) => other.role === 'participant');
    await Promise.all(participants.map((other) => silence(room, other, source, by.personId)));
  }
}

/** What they may not send any more stops, such as of a co-host who is a participant again. */
async function obey(room: Room, peer: Peer, by: string): Promise<void> {
  const forbidden = SOURCES.filter((source) => !allows(room.state, peer.role, source));
  await Promise.all(forbidden.map((source) => silence(room, peer, source, by)));
}

/** A microphone is paused, so that unmuting is instant; a camera or screen is closed. Nothing of it reaches anybody. */
async function silence(room: Room, peer: Peer, source: Source, by: string): Promise<void> {
  const sending = [...peer.media.published.values()].filter(
    (item) => item.source === source && (source !== 'microphone' || !item.producer.paused),
  );
  // Whose transports are being made anew sends what it has in a moment: they are told before.
  const moves = peer.media.receive.closed || peer.media.known !== 'yes';
  if (sending.length === 0 && !moves) return;
  await Promise.all(
    sending.map(async ({ producer }) => {
      if (source !== 'microphone') producer.close();
      else if (!producer.closed) await producer.pause();
    }),
  );
  peer.send('quietened', { source, by });
  room.tellOf(peer);
}

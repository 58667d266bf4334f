/** What a room's peers give the attendance to tell. */
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Log } from '../log.ts';
import type { Attendance, ConnectionIds, LeaveReason } from './attendance.server.ts';
import { endFlow, observeFlow } from './flow.ts';
import type { Peer } from './peer.ts';
import type { Room } from './room.ts';

const DIRECTIONS = ['sent', 'received'] as const;

export const idsOf = (room: Room, peer: Peer): ConnectionIds => ({
  connectionId: peer.connectionId,
  lessonId: room.lessonId,
  personId: peer.personId,
});

/** One reading of a peer's counters; flow that started or stopped becomes a fact. */
export async function watchPeer(
  attendance: Attendance,
  room: Room,
  peer: Peer,
  clock: BusinessClock,
  log: Log,
): Promise<void> {
  let counters: Awaited<ReturnType<Peer['readCounters']>>;
  try {
    counters = await peer.readCounters();
  } catch (error) {
    // A transport that closed while it was asked has nothing to say any more.
    if (!peer.media.receive.closed) log.error({ err: error, lesson: room.lessonId }, 'Media was not measured');
    return;
  }
  if (counters === null || room.peers.get(peer.personId) !== peer) return;
  const now = clock.now();
  for (const direction of DIRECTIONS) {
    const { flow, fact } = observeFlow(peer.flows[direction], counters[direction], now);
    peer.flows = { ...peer.flows, [direction]: flow };
    if (flow.kind === 'flowing' && flow.missed === 0) peer.lastHeardAt = now;
    if (fact !== null) attendance.media(idsOf(room, peer), peer.role, direction, fact.kind, fact.at);
  }
}

/** The end of a connection: what still flowed stops, then they left. `at` is business time, ms. */
export function reportEnd(attendance: Attendance, room: Room, peer: Peer, at: number, reason: LeaveReason): void {
  const ids = idsOf(room, peer);
  for (const direction of DIRECTIONS) {
    const fact = endFlow(peer.flows[direction], at);
    if (fact !== null) attendance.media(ids, peer.role, direction, fact.kind, fact.at);
  }
  attendance.end(ids, peer.role, at, reason);
}

/** The door between a socket's bytes and its room. */
import { CLOSE } from '../close-codes.ts';
import type { Log } from '../log.ts';
import { readMessage } from '../wire/messages.ts';
import { Malformed } from '../wire/reader.ts';
import type { Peer } from './peer.ts';
import type { Room } from './room.ts';

/** Takes one message of a peer. What makes no sense closes the peer's socket and nothing else. */
export function receive(room: Room, peer: Peer, bytes: Uint8Array, log: Log): void {
  try {
    room.receive(peer, readMessage(bytes));
  } catch (error) {
    sendAway(peer, error, room.name, log);
  }
}

/** For what this peer sent, now or earlier. */
export function sendAway(peer: Peer, error: unknown, document: string, log: Log): void {
  if (!(error instanceof Malformed)) log.error({ err: error, document }, 'message failed');
  peer.close(CLOSE.malformed);
}

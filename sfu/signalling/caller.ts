import type { Ticket, TicketOffice } from '#events/access/ticket.ts';
import type { Connection, Consumed, PeerMedia, Published } from '../rooms/peer.ts';
import type { Place } from '../rooms/entrance.server.ts';
import type { Rooms } from '../rooms/rooms.server.ts';
import type { TraceLine } from '../trace/traces.ts';
import { mayIn, type Permission } from './permissions.ts';
import type { Answer, Answers, ClientType } from './protocol.ts';

/** One socket, as the handlers see it. Who they are comes from the ticket and from nowhere else. */
export interface Caller {
  readonly rooms: Rooms;
  readonly tickets: TicketOffice;
  readonly connection: Connection;
  readonly trace: TraceLine;
  ticket: Ticket;
  /** Null until the join was answered. */
  place: Place | null;
  joining: boolean;
  /** The socket is closed. */
  gone: boolean;
  /** They stand at the door, or did: the deadline of joining is not theirs. */
  waiting: boolean;
}

export type Handler<T extends ClientType> = (
  caller: Caller,
  data: unknown,
) => Answer<Answers[T]> | Promise<Answer<Answers[T]>>;

/** By the role that counts now: a host may have changed what the ticket says. */
export const may = ({ place, ticket }: Caller, permission: Permission): boolean =>
  mayIn(place?.peer.role ?? ticket.role, permission);

export const done: Answer<null> = { ok: true, data: null };

/** The caller's own transport, or null: ids of others do not exist for them. */
export function ownTransport({ place }: Caller, transportId: string): PeerMedia['receive'] | null {
  const { send, receive } = place?.peer.media ?? {};
  return [send, receive].find((transport) => transport?.id === transportId) ?? null;
}

export function ownProducer({ place }: Caller, producerId: string): Published | null {
  return place?.peer.media.published.get(producerId) ?? null;
}

export function ownConsumer({ place }: Caller, consumerId: string): Consumed | null {
  return place?.peer.media.consumed.get(consumerId) ?? null;
}

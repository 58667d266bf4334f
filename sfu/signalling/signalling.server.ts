/** socket.io at /signalling: who may connect, how fast they may talk, and which handler a message goes to. */
import type { Server as HttpServer } from 'node:http';
import { Server, type DefaultEventsMap, type Socket } from 'socket.io';
import type { Ticket, TicketOffice } from '#events/access/ticket.ts';
import type { Log } from '../log.ts';
import { wireCapabilities } from '../media/wire.ts';
import type { Workers } from '../media/workers.server.ts';
import type { Connection } from '../rooms/peer.ts';
import type { Rooms } from '../rooms/rooms.server.ts';
import type { Caller, Handler } from './caller.ts';
import {
  CLIENT_TYPES,
  PROTOCOL_VERSION,
  SIGNALLING_PATH,
  type Answer,
  type ClientType,
  type CloseReason,
  type HandshakeRefusal,
} from './protocol.ts';
import { Bucket, MESSAGES } from './rate.ts';
import { refused } from './refused.ts';
import { isHandshake } from './schema.ts';
import { HANDLERS } from './table.ts';

interface SocketData {
  ticket?: Ticket;
}
// Untyped on purpose: a client may send anything, and what we send is typed by `Connection`.
type SignallingServer = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;
type SignallingSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;

export interface SignallingParts {
  /** Null on a machine without a media worker: every handshake is refused with the reason. */
  readonly media: { readonly workers: Workers; readonly rooms: Rooms } | null;
  readonly tickets: TicketOffice;
  readonly log: Log;
  readonly now: () => number;
}

export interface Signalling {
  readonly connections: number;
  close(): Promise<void>;
}

const MOST_BYTES = 64 * 1_024;
const MOST_CONNECTIONS = 4_000;
const JOIN_WITHIN_MS = 10_000;

export function serveSignalling(httpServer: HttpServer, parts: SignallingParts): Signalling {
  const io: SignallingServer = new Server(httpServer, {
    path: SIGNALLING_PATH,
    transports: ['websocket'],
    // Other websockets share this server; engine.io would cut them after a second.
    destroyUpgrade: false,
    serveClient: false,
    maxHttpBufferSize: MOST_BYTES,
    connectTimeout: JOIN_WITHIN_MS,
    pingInterval: 5_000,
    pingTimeout: 8_000,
  });
  io.use((socket, next) => {
    const ticket = admit(socket.handshake.auth, parts, io.engine.clientsCount);
    if (typeof ticket === 'string') return next(new Error(ticket));
    socket.data.ticket = ticket;
    next();
  });
  io.on('connection', (socket) => {
    const { ticket } = socket.data;
    if (ticket === undefined || parts.media === null) socket.disconnect(true);
    else serve(socket, ticket, parts.media, parts);
  });
  return {
    get connections() {
      return io.engine.clientsCount;
    },
    async close() {
      io.disconnectSockets(true);
      // Not io.close(): that would close the HTTP server, which is not ours.
      io.engine.close();
      await io.of('/').adapter.close();
    },
  };
}

/** The ticket, or why not. Only the handshake's auth is read: an address would end up in logs. */
function admit(auth: unknown, parts: SignallingParts, connections: number): Ticket | HandshakeRefusal {
  if (parts.media === null) return 'media-unavailable';
  if (parts.media.rooms.draining) return 'draining';
  if (connections > MOST_CONNECTIONS) return 'too-many-connections';
  if (!isHandshake(auth)) return 'ticket-invalid';
  return parts.tickets.verify(auth.ticket) ?? 'ticket-invalid';
}

function serve(
  socket: SignallingSocket,
  ticket: Ticket,
  { workers, rooms }: { workers: Workers; rooms: Rooms },
  { tickets, log, now }: SignallingParts,
): void {
  const connection = connectionOf(socket, log, ticket);
  const caller: Caller = { rooms, tickets, connection, ticket, place: null, joining: false, waiting: false };
  const bucket = new Bucket(MESSAGES, Date.now());
  const deadline = setTimeout(() => {
    if (caller.place === null && !caller.joining && !caller.waiting) connection.close('join-timeout');
  }, JOIN_WITHIN_MS);

  // Every packet counts as a sign of life, the answers to pings too.
  socket.conn.on('packet', () => {
    if (caller.place !== null) caller.place.peer.lastHeardAt = now();
  });
  socket.on('disconnect', () => {
    clearTimeout(deadline);
    if (caller.place !== null) rooms.lost(caller.place, connection);
    else rooms.lostAtDoor(ticket.lessonId, ticket.personId, connection);
  });
  socket.on('error', (error) => log.warn({ err: error, lesson: ticket.lessonId }, 'A signalling socket failed'));

  const listen = <T extends ClientType>(type: T, handler: Handler<T>): void => {
    const onMessage = (data: unknown, acknowledge: unknown): void => {
      const answer = (value: Answer<unknown>): void => {
        if (typeof acknowledge === 'function') acknowledge(value);
      };
      const verdict = bucket.take(Date.now());
      if (verdict === 'flood') connection.close('too-many-messages');
      else if (verdict === 'over') answer(refused('too-fast'));
      else void carryOut(type, handler, caller, data, log).then(answer);
    };
    socket.on<string>(type, onMessage);
  };
  for (const type of CLIENT_TYPES) listenTo(type, listen);

  connection.send('welcome', {
    version: PROTOCOL_VERSION,
    routerRtpCapabilities: wireCapabilities(workers.rtpCapabilities),
  });
}

/** Pairs a type with its own handler, which a loop over both would lose. */
function listenTo<T extends ClientType>(type: T, listen: <L extends ClientType>(type: L, handler: Handler<L>) => void) {
  listen<T>(type, HANDLERS[type]);
}

async function carryOut<T extends ClientType>(
  type: T,
  handler: Handler<T>,
  caller: Caller,
  data: unknown,
  log: Log,
): Promise<Answer<unknown>> {
  try {
    return await handler(caller, data);
  } catch (error) {
    // mediasoup throws a TypeError for parameters that do not fit together: the client's mistake, not ours.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'UnsupportedError')) {
      log.warn({ err: error, type, lesson: caller.ticket.lessonId }, 'A message was not usable');
      return refused('bad-request');
    }
    log.error({ err: error, type, lesson: caller.ticket.lessonId }, 'A message could not be carried out');
    return refused('internal');
  }
}

function connectionOf(socket: SignallingSocket, log: Log, ticket: Ticket): Connection {
  let open = true;
  return {
    send: (type, data) => {
      if (open) socket.emit(type, data);
    },
    close: (reason: CloseReason) => {
      if (!open) return;
      socket.emit('closed', { reason });
      open = false;
      log.info({ lesson: ticket.lessonId, person: ticket.personId, reason }, 'Closed a signalling connection');
      socket.disconnect(true);
    },
  };
}

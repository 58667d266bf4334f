/** socket.io at /signalling: who may connect, how fast they may talk, and which handler a message goes to. */
import type { Server as HttpServer } from 'node:http';
import { Server, type DefaultEventsMap, type Socket } from 'socket.io';
import type { CheckTicket } from '#events/access/check-ticket.server.ts';
import type { Ticket, TicketOffice } from '#events/access/ticket.ts';
import type { Log } from '../log.ts';
import { CHECK_NAMESPACE } from '../check/protocol.ts';
import { wireCapabilities } from '../media/wire.ts';
import type { Workers } from '../media/workers.server.ts';
import type { Connection } from '../rooms/peer.ts';
import type { Rooms } from '../rooms/rooms.server.ts';
import { isNoted, toldOf } from '../trace/told.ts';
import { noteMessage, Reports } from '../trace/heard.ts';
import type { TraceLine, Traces } from '../trace/traces.ts';
import { clean } from '../trace/words.ts';
import type { Caller, Handler } from './caller.ts';
import {
  CLIENT_TYPES,
  PROTOCOL_VERSION,
  SIGNALLING_PATH,
  type Answer,
  type ClientType,
  type CloseReason,
  type HandshakeRefusal,
  type ServerMessage,
} from './protocol.ts';
import { Bucket, MESSAGES } from './rate.ts';
import { refused } from './refused.ts';
import { isHandshake } from './schema.ts';
import { HANDLERS } from './table.ts';

export interface SocketData {
  ticket?: Ticket;
  /** In the namespace of connectivity tests. */
  check?: CheckTicket;
}
// Untyped on purpose: a client may send anything, and what we send is typed by `Connection`.
type SignallingServer = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;
/** A namespace beside the rooms. */
export type BesideRooms = ReturnType<SignallingServer['of']>;
type SignallingSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;

export interface SignallingParts {
  /** Null on a machine without a media worker: every handshake is refused with the reason. */
  readonly media: { readonly workers: Workers; readonly rooms: Rooms } | null;
  readonly tickets: TicketOffice;
  readonly log: Log;
  readonly now: () => number;
  readonly traces: Traces;
  /** Connectivity tests; null where there are none. */
  readonly serveChecks: ((namespace: BesideRooms) => void) | null;
}

export interface Signalling {
  readonly connections: number;
  close(): Promise<void>;
}

const MOST_BYTES = 64 * 1_024;
const MOST_CONNECTIONS = 4_000;
/** A handshake without a ticket gets this long. */
const HANDSHAKE_WITHIN_MS = 10_000;
/** Whoever looks at the preview has their connection open already. */
const JOIN_WITHIN_MS = 5 * 60_000;
/** Connections of one person in one lesson that have not joined; the oldest gives way. */
const MOST_UNJOINED = 10;

export function serveSignalling(httpServer: HttpServer, parts: SignallingParts): Signalling {
  const io: SignallingServer = new Server(httpServer, {
    path: SIGNALLING_PATH,
    transports: ['websocket'],
    // Other websockets share this server; engine.io would cut them after a second.
    destroyUpgrade: false,
    serveClient: false,
    maxHttpBufferSize: MOST_BYTES,
    connectTimeout: HANDSHAKE_WITHIN_MS,
    pingInterval: 5_000,
    pingTimeout: 8_000,
  });
  io.use((socket, next) => {
    const ticket = admit(socket.handshake.auth, parts, io.engine.clientsCount);
    if (typeof ticket === 'string') return next(new Error(ticket));
    socket.data.ticket = ticket;
    next();
  });
  const early = new Early();
  io.on('connection', (socket) => {
    const { ticket } = socket.data;
    if (ticket === undefined || parts.media === null) socket.disconnect(true);
    else serve(socket, ticket, parts.media, parts, early);
  });
  parts.serveChecks?.(io.of(CHECK_NAMESPACE));
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
  { tickets, log, now, traces }: SignallingParts,
  early: Early,
): void {
  const trace = traces.enter(ticket);
  const reports = new Reports();
  const connection = connectionOf(socket, log, ticket, trace);
  const caller: Caller = {
    rooms,
    tickets,
    connection,
    trace,
    ticket,
    place: null,
    joining: false,
    gone: false,
    waiting: false,
  };
  early.add(caller);
  const bucket = new Bucket(MESSAGES, Date.now());
  // Again and again: who is on the way in, or stands at the door, may be neither later.
  const deadline = setInterval(() => {
    if (caller.place === null && !caller.joining && !caller.waiting) connection.close('join-timeout');
  }, JOIN_WITHIN_MS);

  // Every packet counts as a sign of life, the answers to pings too.
  socket.conn.on('packet', () => {
    if (caller.place !== null) caller.place.peer.lastHeardAt = now();
  });
  socket.on('disconnect', (why) => {
    clearInterval(deadline);
    early.remove(caller);
    caller.gone = true;
    if (caller.place !== null) rooms.lost(caller.place, connection);
    else rooms.lostAtDoor(ticket.lessonId, ticket.personId, connection);
    trace.note('in', 'disconnect', undefined, () => clean(why));
    trace.end();
  });
  socket.on('error', (error) => log.warn({ err: error, lesson: ticket.lessonId }, 'A signalling socket failed'));

  const listen = <T extends ClientType>(type: T, handler: Handler<T>): void => {
    const onMessage = (data: unknown, acknowledge: unknown): void => {
      const answer = (value: Answer<unknown>): void => {
        if (type !== 'report-stats' || !value.ok || reports.wants(data)) noteMessage(trace, type, data, value);
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

/** Who is connected and has not joined: as many connections of one person as they may have windows open. */
class Early {
  readonly #callers = new Map<string, Set<Caller>>();

  add(caller: Caller): void {
    const key = keyOf(caller);
    const callers = [...(this.#callers.get(key) ?? [])].filter(({ place }) => place === null);
    // Who is on the way in counts: refused, they are here as before.
    const others = callers.filter(({ waiting }) => !waiting);
    const [oldest] = others;
    this.#callers.set(key, new Set([...callers, caller]));
    if (others.length >= MOST_UNJOINED) oldest?.connection.close('join-timeout');
  }

  remove(caller: Caller): void {
    const callers = this.#callers.get(keyOf(caller));
    callers?.delete(caller);
    if (callers?.size === 0) this.#callers.delete(keyOf(caller));
  }
}

const keyOf = ({ ticket: { lessonId, personId } }: Caller): string => `${lessonId}/${personId}`;

/** Pairs a type with its own handler, which a loop over both would lose. */
function listenTo<T extends ClientType>(type: T, listen: <L extends ClientType>(type: L, handler: Handler<L>) => void) {
  listen<T>(type, HANDLERS[type]);
}

/** What the media worker itself refuses names its method: a stream's number that is taken, a transport that is connected. */
const isUnusable = ({ name, message }: Error): boolean => name === 'UnsupportedError' || /\[method:\w/.test(message);

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
    if (error instanceof TypeError || (error instanceof Error && isUnusable(error))) {
      log.warn({ err: error, type, lesson: caller.ticket.lessonId }, 'A message was not usable');
      return refused('bad-request');
    }
    log.error({ err: error, type, lesson: caller.ticket.lessonId }, 'A message could not be carried out');
    return refused('internal');
  }
}

function connectionOf(socket: SignallingSocket, log: Log, ticket: Ticket, trace: TraceLine): Connection {
  let open = true;
  return {
    send: (type, data) => {
      if (!open) return;
      if (isNoted(type)) trace.note('out', type, data, () => toldOf({ type, data } as ServerMessage));
      socket.emit(type, data);
    },
    close: (reason: CloseReason) => {
      if (!open) return;
      trace.note('out', 'closed', { reason }, () => reason);
      socket.emit('closed', { reason });
      open = false;
      log.info({ lesson: ticket.lessonId, person: ticket.personId, reason }, 'Closed a signalling connection');
      socket.disconnect(true);
    },
  };
}

/** The Yjs server: sockets in, documents out. The composition root builds one of it a process. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { chatOf, isConversationId } from '#events/conversation/names.ts';
import type { Ticket, TicketOffice } from '#events/access/ticket.ts';
import type { Submit } from '#events/handling/submit.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { CLOSE, type Close } from './close-codes.ts';
import { documentName, parseDocumentName, type DocumentName } from './documents/names.ts';
import type { Author } from './documents/people.ts';
import { ExplainedSocket } from './explained-socket.server.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { busFanout } from './fanout/bus.ts';
import type { Fanout } from './fanout/fanout.ts';
import type { Log } from './log.ts';
import { carryOn, type Continued } from './rooms/carry-on.server.ts';
import { Addressed } from './rooms/addressed.ts';
import { AuthorRefused, ChatAuthor, type ServerAuthor } from './rooms/author.ts';
import { Facts } from './rooms/facts.ts';
import { LateInk, type LateAnswer } from './rooms/late.server.ts';
import { Leisure } from './rooms/leisure.ts';
import { Lessons } from './rooms/lessons.ts';
import { News } from './rooms/news.ts';
import { Rooms } from './rooms/rooms.server.ts';
import { SyncSocket } from './rooms/socket.server.ts';
import { Copier } from './storage/copier.ts';
import { Copies, type HistoryFile } from './storage/copies.server.ts';
import { DocumentTable } from './storage/documents.server.ts';
import { HistoryTable, type MinuteCount, type Moment } from './storage/history.server.ts';
import { Journal } from './storage/journal.server.ts';
import { shownHistory, type Stretch } from './storage/shown.server.ts';

export interface SyncParts {
  readonly db: Database;
  readonly bus: Bus;
  /** How processes tell each other; over the bus unless given. Whoever opened it closes it, after this server. */
  readonly fanout?: Fanout;
  readonly store: EventStore;
  readonly submit: Submit;
  readonly tickets: TicketOffice;
  readonly clock: BusinessClock;
  /** Where compact copies of lessons that are over are kept; without it there are none, and nothing else changes. */
  readonly objects?: ObjectStore;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
}

export interface SyncStats {
  readonly rooms: number;
  readonly sockets: number;
  /** Frames that were made for all of a room at once, since the start; of the rooms that are open. */
  readonly frames: number;
  /** Bytes that are accepted and not stored yet. */
  readonly unstoredBytes: number;
}

/** A document as far as it is stored. */
export interface StoredCopy {
  readonly seq: number;
  readonly updates: readonly Uint8Array[];
}

export interface SyncServer {
  /** For upgrades of paths under /sync/. */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The whole document as one Yjs update (V1); null when nobody wrote anything. */
  snapshot(name: string): Promise<Uint8Array | null>;
  /** Every update with its times and its author, behind the row `after`, as a file of documents/history.ts. */
  history(name: string, after: number): Promise<HistoryFile | null>;
  /** Of a student's own board what was to be seen while it was shown: a history of its own, behind its row `after`. */
  shownHistory(name: string, stretches: readonly Stretch[], after: number): Promise<HistoryFile | null>;
  /** How many updates each person made in each minute. */
  historyCounts(name: string): Promise<readonly MinuteCount[]>;
  /** The document as it was at a business time, ms; null before anything was written. */
  moment(name: string, at: number): Promise<Moment | null>;
  /**
   * Of documents whose last number is above the one that is known of them, what is stored: the number, and updates that
   * together are the document.
   */
  stored(known: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, StoredCopy>>;
  /** Keeps what a participant drew without a connection, once the lesson is over: in the history alone, marked. */
  takeLate(
    name: string,
    writer: { personId: string; name: string; host: boolean },
    update: Uint8Array,
  ): Promise<LateAnswer>;
  /** Fresh Yjs client ids for a person, never given twice, durable. */
  allocateClientIds(name: string, personId: string, count: number): Promise<number[]>;
  /** Which of these documents somebody wrote in. */
  written(names: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Brings what is to be seen of the board `from`, which is over, into the board `to`: once, whole, durable. `already`:
   * it carries on another one. `too-large`: it would not fit.
   */
  continueBoard(from: string, to: string, host: Author): Promise<Continued>;
  /** Whether a board carries on another one. */
  continues(name: string): Promise<boolean>;
  /** Somebody of ours who speaks in this chat under their own name, such as the AI tutor. Close it when it is done. */
  author(name: string, author: Author): ServerAuthor;
  /** Every ticket that this person has for the lesson stops working, here, now. */
  revoke(lessonId: string, personId: string): void;
  stats(): SyncStats;
  /** Lets nobody in any more, sends everyone away to come back later, and waits until all is stored. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** How long those who are sent away may take to say goodbye, wall ms. */
const GOODBYE_MS = 2_000;
/** How long each part may take to end, wall ms. */
const LAST_MOMENT_MS = 3_000;

/** Waits, but not longer than that, and for whatever outcome. */
async function atMost(ms: number, name: string, ended: Promise<unknown>, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn({ part: name, ms }, 'left without waiting any longer');
      resolve();
    }, ms);
  });
  try {
    await Promise.race([ended, late]);
  } catch (error) {
    log.warn({ err: error, part: name }, 'did not end well');
  } finally {
    clearTimeout(timer);
  }
}

/** What a request asks for; null for a path that is no document's. */
function wantOf(req: IncomingMessage): { name: string; ticket: string; acks: boolean } | null {
  const url = URL.parse(req.url ?? '', 'http://localhost');
  const path = url && /^\/sync\/([^/]+)$/.exec(url.pathname)?.[1];
  if (!url || path === null || path === undefined) return null;
  try {
    const name = decodeURIComponent(path);
    return { name, ticket: url.searchParams.get('ticket') ?? '', acks: url.searchParams.get('ack') === '1' };
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Whether a ticket names a document, or the student whose own it is. */
const opens = (ticket: Ticket, name: string, { personId }: DocumentName): boolean =>
  Object.hasOwn(ticket.documents, name) || (personId !== null && ticket.ownOf?.includes(personId) === true);

/**
 * Whether the host may show a document to the holder of a ticket that does not open it: a student's own board, to those
 * for whom the lesson's own is open. Who stands at the door, or looks on and is not in the room yet, sees neither.
 */
const mayBeShown = (ticket: Ticket, { surface, lessonId, personId }: DocumentName): boolean =>
  surface === 'board' &&
  personId !== null &&
  Object.hasOwn(ticket.documents, documentName({ surface, lessonId, personId: null }));

/** What holds in one student's own document is between the two, and a conversation has no lesson. */
const isLessonsOwn = ({ personId, lessonId }: DocumentName): boolean =>
  personId === null && !isConversationId(lessonId);

export function createSyncServer(parts: SyncParts): SyncServer {
  const { db, bus, store, submit, tickets, clock, log } = parts;
  const limits: Limits = { ...DEFAULT_LIMITS, ...parts.limits };
  const wall = (): number => Date.now();
  const business = (): number => clock.now();
  const table = new DocumentTable(db);
  const history = new HistoryTable(db);
  const { checkpointEvery } = limits;
  const copies = new Copies({ table: history, objects: parts.objects ?? null, log, checkpointEvery });
  const journal = new Journal(db, log, limits.storeMs);
  const leisure = new Leisure(log);
  const fanout = parts.fanout ?? busFanout(bus, log);
  const facts = new Facts(submit, business, log);
  const news = new News(bus, log);
  const addressed = new Addressed({
    submit,
    business,
    log,
    waitMs: limits.addressedMs,
    look: (conversationId, direct) => rooms.addressees(chatOf(conversationId), direct),
  });
  const sockets = new Set<SyncSocket>();
  const authors = new Set<ChatAuthor>();
  const lessons = new Lessons({
    store,
    log,
    wall,
    onEnd: (lessonId, reason) => {
      for (const room of rooms.ofLesson(lessonId)) room.end(reason);
      copier?.soon(lessonId);
    },
    onSentAway: (lessonId, personId, close) => {
      for (const socket of sockets)
        if (socket.ticket.lessonId === lessonId && socket.personId === personId) socket.close(close);
    },
  });
  const rooms = new Rooms({
    fanout,
    table,
    history,
    journal,
    worked: (document, personId, at) => {
      // A conversation has no lesson to tell, and what a program of ours says is nobody's presence.
      if (isConversationId(document.lessonId) || [...authors].some((author) => author.personId === personId)) return;
      facts.worked(document, personId, at);
    },
    onStored: (document) => {
      if (!isConversationId(document.lessonId)) return;
      news.written(document.lessonId);
      addressed.written(document.lessonId);
    },
    ruled: (document, personId, ruled, at) => {
      if (isLessonsOwn(document)) facts.ruled(document, personId, ruled, at);
    },
    ruledBefore: (document, standing, at) => {
      if (isLessonsOwn(document)) facts.ruledBefore(document, standing, at);
    },
    limits,
    leisure,
    log,
    wall,
    business,
    ended: (lessonId) => lessons.ended(lessonId),
  });
  const copier = parts.objects
    ? new Copier({
        copies,
        bus,
        log,
        wall,
        uncopied: () => history.uncopied(),
        isOver: async (lessonId) => (await lessons.ended(lessonId)) !== null,
        settled: (lessonId) => [...rooms.ofLesson(lessonId)].every((room) => room.settled),
        everyMs: limits.copiesEveryMs,
      })
    : null;
  const lateInk = new LateInk({ table, history, log, wall, business });
  let draining = false;
  let started = false;
  let stopped = false;

  const start = async (): Promise<void> => {
    await table.prepare();
    await history.prepare();
    await lessons.follow();
    started = true;
  };
  let ready: Promise<void> | null = null;
  /** Tried anew by the next who comes, so that a database that was down for a moment does not cost the process. */
  const prepared = (): Promise<void> => {
    ready ??= start().catch((error: unknown) => {
      ready = null;
      throw error;
    });
    return ready;
  };

  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.messageBytes,
    maxFragments: limits.messagePieces,
    perMessageDeflate: false,
    // Answered by the socket, which counts them.
    autoPong: false,
    WebSocket: ExplainedSocket,
  });

  /** Why not, or who comes to what. */
  const judge = (
    req: IncomingMessage,
  ): Close | { document: DocumentName; socket: (ws: WebSocket, raw: Duplex) => SyncSocket } => {
    if (draining || sockets.size >= limits.sockets) return CLOSE.later;
    const want = wantOf(req);
    if (!want) return CLOSE.unknownDocument;
    const ticket = tickets.verify(want.ticket);
    if (!ticket || lessons.revoked(ticket.lessonId, ticket.personId, ticket.expiresAt)) return CLOSE.ticketExpired;
    const document = parseDocumentName(want.name);
    if (!document) return CLOSE.unknownDocument;
    const viewer = !opens(ticket, want.name, document);
    // Whether it is shown is known once the lesson's own board is here.
    if (document.lessonId !== ticket.lessonId || (viewer && !mayBeShown(ticket, document))) return CLOSE.forbidden;
    return {
      document,
      socket: (ws, raw) =>
        new SyncSocket(
          ws,
          raw,
          ticket,
          { ...want, viewer },
          {
            limits,
            log,
            wall,
            onGone: (socket, { code, reason }) => {
              sockets.delete(socket);
              log.info({ document: want.name, personId: ticket.personId, code, reason }, 'left a document');
            },
          },
        ),
    };
  };

  const enter = async (socket: SyncSocket, document: DocumentName): Promise<void> => {
    try {
      await prepared();
      if (socket.viewer && !(await rooms.isRevealed(document))) return socket.close(CLOSE.forbidden);
      const room = await rooms.open(socket.document, document);
      if (!socket.open) return;
      // Opening the document may have told that they were taken out before this process listened.
      const { lessonId, personId, expiresAt } = socket.ticket;
      const revoked = lessons.revoked(lessonId, personId, expiresAt);
      if (revoked) socket.close(revoked);
      else if (socket.viewer && !room.revealed) socket.close(CLOSE.notRevealed);
      else if (room.peers.size >= limits.socketsPerRoom || draining) socket.close(CLOSE.later);
      else socket.enter(room);
    } catch (error) {
      log.error({ err: error, document: socket.document }, 'a document could not be opened');
      socket.close(CLOSE.later);
    }
  };

  /** Nothing in it is waited for, so that a slow database keeps nobody's ticket alive and nobody's dead socket open. */
  const sweep = (): void => {
    const now = wall();
    for (const socket of sockets) socket.sweep(now);
    facts.sweep();
    rooms.sweep();
    catchUp();
    if (started && !draining) copier?.sweep();
  };
  let catchingUp = false;
  const catchUp = (): void => {
    if (catchingUp) return;
    catchingUp = true;
    rooms
      .catchUp()
      .catch((error: unknown) => log.warn({ err: error }, 'the database could not be asked for news'))
      .finally(() => {
        catchingUp = false;
      });
  };
  const timer = setInterval(sweep, limits.sweepMs);
  timer.unref();

  const drain = async (): Promise<void> => {
    draining = true;
    // First, so that what they were saying is stored as broken off.
    const authorsGone = Promise.all([...authors].map((author) => author.close()));
    for (const socket of sockets) socket.close(CLOSE.later);
    const until = Date.now() + GOODBYE_MS;
    while (sockets.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const socket of sockets) socket.terminate();
    for (const room of rooms) room.finishTick();
    await authorsGone;
    await journal.settled();
    await facts.settled();
  };

  prepared().catch((error: unknown) => log.error({ err: error }, 'the Yjs server is not ready yet'));

  return {
    handleUpgrade(req, socket, head) {
      socket.on('error', (error) => log.info({ err: error }, 'a connection broke'));
      leisure.do(() => {
        // Refusals come after the upgrade, as close codes: a browser cannot read the status of a refused one.
        const verdict = judge(req);
        wss.handleUpgrade(req, socket, head, (ws) => {
          ws.on('error', (error) => log.info({ err: error }, 'a socket failed'));
          if ('code' in verdict) {
            log.info({ code: verdict.code, reason: verdict.reason }, 'refused a document');
            return ws.close(verdict.code, verdict.reason);
          }
          const peer = verdict.socket(ws, socket);
          sockets.add(peer);
          void enter(peer, verdict.document);
        });
        return true;
      });
    },
    async snapshot(name) {
      await prepared();
      return (await copies.document(name)) ?? rooms.snapshot(name);
    },
    async history(name, after) {
      await prepared();
      return parseDocumentName(name) ? copies.history(name, after) : null;
    },
    async shownHistory(name, stretches, after) {
      await prepared();
      const owner = parseDocumentName(name)?.personId ?? null;
      return owner === null ? null : shownHistory(history, name, owner, stretches, after);
    },
    async takeLate(name, writer, update) {
      await prepared();
      const document = parseDocumentName(name);
      return document?.surface === 'board' ? lateInk.take(name, document, writer, update) : 'nothing';
    },
    async historyCounts(name) {
      await prepared();
      return parseDocumentName(name) ? copies.counts(name) : [];
    },
    async moment(name, at) {
      await prepared();
      return parseDocumentName(name) ? history.moment(name, at) : null;
    },
    async stored(known) {
      await prepared();
      const heads = await table.heads([...known.keys()]);
      const behind = [...known].filter(([name, seq]) => (heads.get(name) ?? 0) > seq);
      const copies = await Promise.all(
        behind.map(async ([name]): Promise<[string, StoredCopy]> => {
          const { snapshot, updates } = await table.load(name);
          const parts = snapshot ? [snapshot, ...updates] : updates;
          return [name, { seq: parts.at(-1)?.seq ?? 0, updates: parts.map(({ body }) => body) }];
        }),
      );
      return new Map(copies);
    },
    async allocateClientIds(name, personId, count) {
      if (!parseDocumentName(name)) throw new Error(`There is no document "${name}"`);
      await prepared();
      return table.allocate(name, personId, count);
    },
    async written(names) {
      await prepared();
      const heads = await table.heads(names);
      return new Set(names.filter((name) => (heads.get(name) ?? 0) > 0));
    },
    async continueBoard(from, to, host) {
      await prepared();
      const source = (await copies.document(from)) ?? (await rooms.snapshot(from));
      return carryOn({ table, rooms, most: limits.documentBytes }, { from, source, to, host });
    },
    async continues(name) {
      await prepared();
      return (await table.continuation(name)) !== null;
    },
    author(name, author) {
      const document = parseDocumentName(name);
      if (document?.surface !== 'chat') throw new Error(`There is no chat "${name}"`);
      const one: ChatAuthor = new ChatAuthor(author, {
        log,
        wall,
        async enter() {
          await prepared();
          const [clientId] = await table.allocate(name, author.personId, 1);
          const room = await rooms.open(name, document);
          if (clientId === undefined || draining) throw new AuthorRefused('closed');
          return { room, clientId };
        },
        onClosed: () => void authors.delete(one),
      });
      authors.add(one);
      return one;
    },
    revoke: (lessonId, personId) => lessons.revoke(lessonId, personId),
    stats: () => ({
      rooms: rooms.size,
      sockets: sockets.size,
      frames: [...rooms].reduce((sum, room) => sum + room.frames, 0),
      unstoredBytes: journal.unstored,
    }),
    drain,
    async close() {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      draining = true;
      for (const socket of sockets) socket.terminate();
      // Each has a moment: with a database that does not answer, what is not stored was told to the other processes, was
      // never acknowledged, and is with its clients.
      const parting = (name: string, ended: Promise<unknown>): Promise<void> =>
        atMost(LAST_MOMENT_MS, name, ended, log);
      await parting('authors', Promise.all([...authors].map((author) => author.close())));
      await parting('copies', Promise.resolve(copier?.stop()));
      await parting('lessons', lessons.stop());
      news.stop();
      await parting('addressed', addressed.stop());
      await parting('journal', journal.close());
      await parting('facts', facts.close());
      await parting('rooms', rooms.clear());
      if (!parts.fanout) await parting('fan-out', fanout.close());
      wss.close();
    },
  };
}

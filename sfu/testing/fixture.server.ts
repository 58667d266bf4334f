/** A whole SFU on a free port for tests: real workers, real sockets, a database in memory, and a lesson that says yes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import type { CheckOffice } from '#events/access/check-ticket.server.ts';
import type { Ticket, TicketOffice } from '#events/access/ticket.ts';
import type { AnyCommand, CommandContext, Submit } from '#events/handling/submit.ts';
import type { LessonEvent } from '#events/lesson/events.ts';
import { newId } from '#events/shared/ids.ts';
import type { Refusal } from '#events/shared/refusal.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Bus } from '#platform/bus/bus.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createSfu, type Sfu, type SfuSettings } from '../create-sfu.server.ts';
import type { Log } from '../log.ts';
import type { TakenOut } from '../rooms/rooms.server.ts';
import {
  SIGNALLING_PATH,
  type Answer,
  type Answers,
  type ClientToServer,
  type ClientType,
  type DataOf,
  type Joined,
  type ServerDataOf,
  type ServerToClient,
  type ServerType,
} from '../signalling/protocol.ts';

export type TestSocket = Socket<ServerToClient, ClientToServer>;

export interface Submitted {
  readonly command: AnyCommand;
  readonly context: CommandContext;
}

export interface Fixture {
  readonly url: string;
  readonly sfu: Sfu;
  readonly store: EventStore;
  readonly db: Database;
  /** Every command that was accepted, in order. */
  readonly told: Submitted[];
  /** Answers the next JoinLesson with this. */
  refuseJoins(refusal: Refusal | null): void;
  /** The lesson takes its time over joins and over who is let in, until the returned function is called. */
  holdJoins(): () => void;
  moveClock(ms: number): void;
  now(): number;
  ticket(person: string, options?: Partial<Ticket>): string;
  connect(ticket: string): Promise<Client>;
  /** Another node on the same database, as after a crash: the first one is not asked to stop. */
  another(settings?: Partial<SfuSettings>): Promise<Fixture>;
  close(): Promise<void>;
}

/** The tests' ticket is its own JSON; signing is tested where tickets are made. */
export const tickets: TicketOffice = {
  sign: (ticket) => JSON.stringify(ticket),
  verify: (token) => {
    if (!token.startsWith('{')) return null;
    const ticket: Ticket = JSON.parse(token);
    return ticket.expiresAt > Date.now() ? ticket : null;
  },
};

export const quiet: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) =>
    process.stderr.write(
      `${message} ${JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? `${value.name}: ${value.message}` : value))}\n`,
    ),
};

export async function startFixture(
  settings: Partial<SfuSettings> = {},
  shared: {
    db?: Database;
    told?: Submitted[];
    clock?: { offset: number };
    checks?: CheckOffice;
    takenOut?: TakenOut;
    /** With other nodes; absent: this one is alone. */
    bus?: Bus;
  } = {},
): Promise<Fixture> {
  const httpServer = createServer((_request, response) =>
    // An empty page of this origin, for tests with a real browser.
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body>'),
  );
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
  const { port } = httpServer.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const db = shared.db ?? (await openPglite(null));
  const store = inMemoryStore();
  const told = shared.told ?? [];
  const clients: Client[] = [];
  let refusal: Refusal | null = null;
  let held: Promise<void> = Promise.resolve();
  const clock = shared.clock ?? { offset: 0 };
  const jumps = new Set<() => void>();
  const now = (): number => Date.now() + clock.offset;

  const submit: Submit = async (command, context) => {
    const letsIn = command.type === 'NoteRoom' && command.data.word.type === 'ParticipantAdmitted';
    if (command.type === 'JoinLesson' || letsIn) await held;
    if (command.type === 'JoinLesson' && refusal !== null) return refusal;
    told.push({ command, context });
    return { kind: 'accepted', stream: 'lesson-x', revision: told.length, position: null, events: [] };
  };
  const sfu = await createSfu({
    httpServer,
    store,
    submit,
    tickets,
    clock: {
      now,
      onJump: (listener) => {
        jumps.add(listener);
        return () => jumps.delete(listener);
      },
    },
    db,
    bus: shared.bus ?? createMemoryBus(),
    log: quiet,
    ...(shared.checks ? { checks: shared.checks } : {}),
    ...(shared.takenOut ? { takenOut: shared.takenOut } : {}),
    settings: { mediaAddress: '127.0.0.1', mediaPort: 0, workers: 1, graceMs: 400, watchEveryMs: 500, ...settings },
  });
  return {
    url,
    sfu,
    store,
    db,
    told,
    now,
    refuseJoins: (next) => {
      refusal = next;
    },
    holdJoins: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    moveClock: (ms) => {
      clock.offset += ms;
      for (const jump of jumps) jump();
    },
    ticket: (person, options = {}) =>
      tickets.sign({
        lessonId: 'lesson-1',
        personId: person,
        name: person,
        role: 'participant',
        documents: {},
        expiresAt: Date.now() + 60_000,
        ...options,
      }),
    connect: async (ticket) => {
      const client = await Client.connect(url, ticket);
      clients.push(client);
      return client;
    },
    another: (more = {}) => startFixture({ ...settings, ...more }, { db, told, clock }),
    close: async () => {
      for (const client of clients) client.socket.disconnect();
      await sfu.close();
      await new Promise((resolve) => httpServer.close(resolve));
      await store.close();
      if (shared.db === undefined) await db.close();
    },
  };
}

/** Appends a fact to the lesson, as its decider would. */
export async function append(
  fixture: Pick<Fixture, 'store' | 'now'>,
  body: Extract<
    LessonEvent,
    { type: 'LessonEnded' | 'LessonCancelled' | 'ParticipantLeft' | 'SeatGivenUp' | 'SeatTaken' }
  >,
) {
  const meta = {
    commandId: newId(),
    correlationId: 'c',
    causationId: 'c',
    actor: { kind: 'person', id: 'ann' } as const,
    occurredAt: fixture.now(),
    schemaVersion: 1,
  };
  await fixture.store.append('lesson-1', 'any', [{ ...body, id: newId(), meta }]);
}

export class Client {
  readonly socket: TestSocket;
  readonly heard: { type: ServerType; data: unknown }[] = [];

  private constructor(socket: TestSocket) {
    this.socket = socket;
    socket.onAny((type: ServerType, data: unknown) => this.heard.push({ type, data }));
  }

  static async connect(url: string, ticket: string): Promise<Client> {
    const socket: TestSocket = io(url, {
      path: SIGNALLING_PATH,
      transports: ['websocket'],
      auth: { ticket },
      reconnection: false,
      forceNew: true,
    });
    const client = new Client(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', (error) => {
        socket.disconnect();
        reject(error);
      });
    });
    return client;
  }

  ask<T extends ClientType>(type: T, data: DataOf<T>): Promise<Answer<Answers[T]>> {
    return this.raw(type, data) as Promise<Answer<Answers[T]>>;
  }

  /** Sends anything under any name, as a hostile client would. */
  raw(type: string, data: unknown): Promise<unknown> {
    const emit = this.socket.timeout(5_000).emitWithAck as (type: string, data: unknown) => Promise<unknown>;
    return emit.call(this.socket.timeout(5_000), type, data);
  }

  async join(resume: DataOf<'join'>['resume'] = null): Promise<Joined> {
    const welcome = await this.next('welcome');
    const answer = await this.ask('join', { version: 1, rtpCapabilities: welcome.routerRtpCapabilities, resume });
    if (!answer.ok) throw new Error(`Join refused: ${answer.code}`);
    return answer.data;
  }

  all<T extends ServerType>(type: T): ServerDataOf<T>[] {
    return this.heard.filter((message) => message.type === type).map(({ data }) => data as ServerDataOf<T>);
  }

  /** The latest message of a type that fits, waiting up to 5 s for it. */
  async next<T extends ServerType>(
    type: T,
    fits: (data: ServerDataOf<T>) => boolean = () => true,
  ): Promise<ServerDataOf<T>> {
    return until<ServerDataOf<T>>(`a ${type} message`, () => this.all(type).findLast(fits));
  }
}

/** Polls until `look` finds something; says what is missing when it does not within 5 s. */
export async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  const end = Date.now() + 5_000;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Missing after 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const VIDEO: DataOf<'produce'> = {
  kind: 'video',
  source: 'camera',
  paused: false,
  rtpParameters: {
    mid: '0',
    codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000, parameters: {}, rtcpFeedback: [] }],
    headerExtensions: [],
    encodings: [{ ssrc: 11_111 }],
    rtcp: { cname: 'camera' },
  },
};

export const AUDIO: DataOf<'produce'> = {
  kind: 'audio',
  source: 'microphone',
  paused: false,
  rtpParameters: {
    mid: '1',
    codecs: [
      { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: {}, rtcpFeedback: [] },
    ],
    headerExtensions: [],
    encodings: [{ ssrc: 22_222 }],
    rtcp: { cname: 'microphone' },
  },
};

/** A real server with real storage for the tests, and clients for it: stock ones, and one that says any bytes. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebsocketProvider } from 'y-websocket';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { createTicketOffice } from '#events/access/ticket.server.ts';
import type { Ticket, TicketOffice } from '#events/access/ticket.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Bus } from '#platform/bus/bus.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { createSyncServer, type SyncServer } from '../create-sync-server.server.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';

export const ASHA = { personId: 'p-asha', name: 'Asha' };
export const ROHAN = { personId: 'p-rohan', name: 'Rohan' };
export const TUTOR = { personId: 'p-tutor', name: 'Ananya' };
type Person = typeof ASHA;

const MINUTE = 60_000;
/** 2026-11-21 18:30:25 in India. */
export const BUSINESS_NOW = Date.UTC(2026, 10, 21, 13, 0, 25);

/** Keeps what was logged, so that a test can say that nothing went wrong. */
export function keepingLog(): Log & { lines: { level: string; message: string; fields: object }[] } {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

export interface World {
  readonly url: string;
  readonly sync: SyncServer;
  readonly store: EventStore;
  readonly log: ReturnType<typeof keepingLog>;
  /** Commands that the server submitted. */
  readonly commands: AnyCommand[];
  /** What `submit` does; it accepts unless a test says otherwise. */
  submitting: () => Promise<void>;
  ticket(person: Person, lessonId: string, more?: Partial<Ticket>): Promise<string>;
  /** A stock client, connected. */
  stock(person: Person, name: string, more?: { doc?: Y.Doc; ticket?: string }): Promise<Stock>;
  close(): Promise<void>;
}

export interface Stock {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  /** Reasons why an update was not taken. */
  readonly refusals: string[];
  end(): void;
}

export interface WorldParts {
  readonly db: Database;
  readonly bus?: Bus;
  readonly store?: EventStore;
  readonly objects?: ObjectStore;
  readonly limits?: Partial<Limits>;
  readonly port?: number;
}

/** One key for every server of a test run: a ticket of one opens the other's documents. */
const KEY = new Uint8Array(32).fill(7);
/** Lets a test make tickets that are over already. */
export const officeAt = (now: () => number): TicketOffice => createTicketOffice(KEY, now);

export async function startWorld(parts: WorldParts): Promise<World> {
  const log = keepingLog();
  const store = parts.store ?? inMemoryStore();
  const commands: AnyCommand[] = [];
  const office = officeAt(() => Date.now());
  const taken = new Set<string>();
  const submit: Submit = async (command, { commandId }) => {
    await world.submitting();
    // As the real one: the same command again changes nothing.
    if (!taken.has(commandId)) commands.push(command);
    taken.add(commandId);
    return { kind: 'accepted', stream: 'lesson', revision: 0, position: null, events: [] };
  };
  const sync = createSyncServer({
    db: parts.db,
    bus: parts.bus ?? createMemoryBus(),
    store,
    submit,
    tickets: office,
    clock: { now: () => BUSINESS_NOW, onJump: () => () => undefined },
    log,
    ...(parts.objects && { objects: parts.objects }),
    limits: { lingerMs: 100, sweepMs: 50, ...parts.limits },
  });
  const http: Server = createServer((_req, res) => res.writeHead(404).end());
  http.on('upgrade', (req, socket, head) => sync.handleUpgrade(req, socket, head));
  await new Promise<void>((resolve) => http.listen(parts.port ?? 0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const ends: (() => void)[] = [];

  const world: World = {
    url: `ws://127.0.0.1:${port}/sync`,
    sync,
    store,
    log,
    commands,
    submitting: async () => undefined,
    async ticket(person, lessonId, more = {}) {
      const names = [`board:${lessonId}`, `chat:${lessonId}`];
      const given: [string, number[]][] = [];
      for (const name of names) given.push([name, await sync.allocateClientIds(name, person.personId, 2)]);
      const documents = Object.fromEntries(given);
      const expiresAt = Date.now() + 10 * MINUTE;
      const ticket: Ticket = { lessonId, ...person, role: 'participant', documents, expiresAt, ...more };
      return officeAt(() => ticket.expiresAt - MINUTE).sign(ticket);
    },
    async stock(person, name, more = {}) {
      const ticket = more.ticket ?? (await world.ticket(person, name.slice(name.indexOf(':') + 1)));
      const doc = more.doc ?? new Y.Doc();
      const provider = new WebsocketProvider(world.url, name, doc, { params: { ticket }, disableBc: true });
      const refusals: string[] = [];
      // Stock clients write this to the console, with the ticket in it.
      provider.messageHandlers[2] = (_encoder, decoder) => {
        refusals.push(Buffer.from(decoder.arr.slice(decoder.pos + 2)).toString());
      };
      const end = (): void => provider.destroy();
      ends.push(end);
      await until(() => provider.synced, 'the stock client to sync');
      return { doc, provider, refusals, end };
    },
    async close() {
      for (const end of ends) end();
      await sync.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return world;
}

/** Polls until it holds, or says what is missing. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 20_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Still waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const aLesson = (): string => newId();

/** A socket that says whatever bytes a test wants, and remembers what it hears. */
export class Raw {
  readonly heard: Uint8Array[] = [];
  closed: { code: number; reason: string } | null = null;
  private readonly ws: WebSocket;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data: Buffer) => void this.heard.push(Uint8Array.from(data)));
    ws.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    ws.on('error', () => undefined);
  }

  static async open(url: string): Promise<Raw> {
    const ws = new WebSocket(url, { perMessageDeflate: false });
    const raw = new Raw(ws);
    await until(() => ws.readyState !== WebSocket.CONNECTING, 'the socket to open');
    return raw;
  }

  send(bytes: Uint8Array | string): void {
    this.ws.send(bytes);
  }

  /** The last acknowledged count; 0 before the first. */
  get acknowledged(): number {
    const acks = this.heard.filter(([type]) => type === 100);
    const last = acks.at(-1);
    return last ? (last[1] ?? 0) + (last[2] !== undefined ? (last[2] << 7) - 128 : 0) : 0;
  }

  pause(): void {
    this.ws.pause();
  }

  end(): void {
    this.ws.terminate();
  }
}

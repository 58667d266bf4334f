/** Builds the live media of one node: workers, rooms, signalling, and the facts they tell. */
import type { Server as HttpServer } from 'node:http';
import type { CheckOffice } from '#events/access/check-ticket.server.ts';
import type { TicketOffice } from '#events/access/ticket.ts';
import type { Submit } from '#events/handling/submit.ts';
import { newId } from '#events/shared/ids.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from './log.ts';
import { NOTHING_MEASURED, type MeasuredTotals } from './rooms/measuring.ts';
import { sumsOf, type QualitySums } from './rooms/quality.ts';
import { Workers } from './media/workers.server.ts';
import { SAID_EVERY_MS, sayer } from './nodes/heard.ts';
import { holderOf, Homes, RENEW_EVERY_MS } from './nodes/homes.server.ts';
import { RoomStates } from './nodes/states.server.ts';
import type { CheckLimits } from './check/allowance.ts';
import { serveCheck } from './check/serve-check.server.ts';
import { Attendance } from './rooms/attendance.server.ts';
import { followLessons } from './rooms/follow-lessons.ts';
import { PresenceTable } from './rooms/presence.server.ts';
import { Rooms, type TakenOut } from './rooms/rooms.server.ts';
import { serveSignalling } from './signalling/signalling.server.ts';
import { createTraceStore } from './trace/store.server.ts';
import { Traces } from './trace/traces.ts';
import type { TurnSettings } from './turn/credentials.server.ts';

export interface SfuSettings {
  /** Where browsers reach this node; null, the default: wherever they reached the page, which does for one node. */
  readonly url?: string | null;
  /** Address told to clients; null: this machine's own, the loopback and its first outer one. */
  readonly mediaAddress: string | null;
  /** Worker i listens on `mediaPort + i`, UDP and TCP; 0 for free ports. */
  readonly mediaPort: number;
  /** TURN servers that browsers are told of; none by default. */
  readonly turn?: TurnSettings | null;
  /** What connectivity tests may take, for tests of them. */
  readonly checkLimits?: Partial<CheckLimits>;
  /** 0 for the default, one a core. */
  readonly workers?: number;
  /** From so many consumers on a worker a room goes over to another one; 500 by default. */
  readonly manyConsumers?: number;
  /** How long a lost connection may come back as the same one, wall ms; 10,000 by default. */
  readonly graceMs?: number;
  /** How often byte counters are read, wall ms; 3,000 by default. */
  readonly watchEveryMs?: number;
}

export interface SfuParts {
  readonly httpServer: HttpServer;
  readonly store: EventStore;
  readonly submit: Submit;
  readonly tickets: TicketOffice;
  readonly clock: BusinessClock;
  readonly db: Database;
  readonly bus: Bus;
  readonly log: Log;
  /** For rooms that a host has sent people away from while another node had them; absent: nobody. */
  readonly takenOut?: TakenOut;
  /** Lets people try their connection; absent: nobody can. */
  readonly checks?: CheckOffice;
  readonly settings: SfuSettings;
}

export interface SfuStats {
  readonly workers: number;
  /** Version of the media library, or `none` where it has no worker. */
  readonly mediasoup: string;
  readonly rooms: number;
  readonly peers: number;
  /** Of those who reported of late. */
  readonly quality: QualitySums;
  readonly measured: MeasuredTotals;
  /** Of each worker, the share of its core. */
  readonly loads: readonly number[];
  /** Rooms that are marked for broadcast. */
  readonly broadcasts: number;
}

export interface Sfu {
  stats(): SfuStats;
  /** Process ids of the media workers, for operators and for tests that kill one. */
  workerPids(): readonly number[];
  /** Lets nobody in any more, sends everyone away with a reason, and tells the lesson that they left. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

const HEARTBEAT_MS = 5_000;
/** How often workers are asked how busy they are, wall ms. */
const LOAD_EVERY_MS = 1_000;
/** How long a node that stops still tries to tell its facts, wall ms; then its rows tell the next start. */
const LAST_FACTS_MS = 8_000;
/** How long it waits for answers of its workers, wall ms. */
const LAST_ANSWERS_MS = 1_000;
/** How often traces are stored while people are still there, wall ms. */
const TRACES_EVERY_MS = 60_000;
/** How often states of rooms that nobody wants any more are let go of, wall ms. */
const SWEEP_EVERY_MS = 30 * 60_000;
const MOST_PEERS = 60;
const MOST_ROOMS = 400;

export async function createSfu(parts: SfuParts): Promise<Sfu> {
  const { store, submit, tickets, clock, db, bus, log, settings } = parts;
  const node = newId();
  const presence = new PresenceTable(db, node);
  await presence.prepare();
  const attendance = new Attendance(submit, presence, clock, log);
  // Before anyone is let in: whoever comes back must not be here twice.
  await attendance.closeOrphans();

  const url = settings.url ?? null;
  const homes = new Homes(bus, holderOf({ node, url }), log);
  const states = await RoomStates.open(db, log);

  const workers = await Workers.start(
    {
      address: settings.mediaAddress,
      port: settings.mediaPort,
      workers: settings.workers ?? 0,
      ...(settings.manyConsumers === undefined ? {} : { manyConsumers: settings.manyConsumers }),
    },
    log,
  );
  const media =
    workers === null
      ? null
      : {
          workers,
          rooms: new Rooms(
            workers,
            attendance,
            clock,
            log,
            {
              peersPerRoom: MOST_PEERS,
              rooms: MOST_ROOMS,
              graceMs: settings.graceMs ?? 10_000,
              turn: settings.turn ?? null,
            },
            { homes, states },
            parts.takenOut,
          ),
        };
  if (media !== null) media.workers.onOverload = (routers) => media.rooms.shed(routers);

  const traces = new Traces(await createTraceStore(db), log, () => clock.now());
  const { checks } = parts;
  let stopping = false;
  const signalling = serveSignalling(parts.httpServer, {
    media,
    tickets,
    log,
    now: () => clock.now(),
    traces,
    serveChecks:
      checks === undefined
        ? null
        : (namespace) =>
            serveCheck(namespace, {
              workers,
              office: checks,
              turn: settings.turn ?? null,
              draining: () => stopping,
              log,
              ...(settings.checkLimits ? { limits: settings.checkLimits } : {}),
            }),
  });
  const following = media === null ? null : followLessons(store, media.rooms);

  const background = new Set<Promise<void>>();
  /** A named task beside the requests: it reports its failure and never takes the process with it. */
  const task = (name: string, work: () => Promise<unknown>): void => {
    const run = work().then(
      () => undefined,
      (error: unknown) => log.error({ err: error, task: name }, 'A background task failed'),
    );
    const mine = run.finally(() => background.delete(mine));
    background.add(mine);
  };
  if (media !== null) media.workers.onLost = () => task('media-lost', () => media.rooms.mediaLost());
  /** The last heartbeat did not come through: no lesson should begin here. */
  let ill = false;
  const heartbeat = (): void =>
    task('presence', async () => {
      let again: readonly string[];
      try {
        again = await attendance.heartbeat(media?.rooms.connectedIds() ?? []);
        ill = false;
      } catch (error) {
        ill = true;
        throw error;
      }
      media?.rooms.tellAnew(again);
    });
  const toDoors = sayer(bus, log);
  /** Says to the doors that this node is here, and how busy. */
  const say = (): void => {
    if (media === null || media.workers.count === 0) return;
    const { count, loads } = media.workers;
    const load = loads.reduce((sum, share) => sum + share, 0) / count;
    task('node', () => toDoors({ node, url, load, peers: media.rooms.peerCount, draining: stopping || ill }));
  };
  say();
  const timers = [
    setInterval(say, SAID_EVERY_MS),
    setInterval(() => task('leases', () => homes.renew()), RENEW_EVERY_MS),
    setInterval(() => {
      heartbeat();
      media?.rooms.expireTickets(Date.now());
    }, HEARTBEAT_MS),
    setInterval(() => {
      if (media !== null) task('media-flow', () => media.rooms.watchMedia());
    }, settings.watchEveryMs ?? 3_000),
    setInterval(() => {
      if (workers !== null) task('worker-load', () => workers.measure());
    }, LOAD_EVERY_MS),
    setInterval(() => traces.saveAll(), TRACES_EVERY_MS),
    setInterval(() => task('room-states', () => states.sweep()), SWEEP_EVERY_MS),
    // Other nodes may die while this one runs; one of those left looks after their rows.
    setInterval(() => {
      task('orphans', async () => {
        if (db.kind === 'pglite') return;
        if ((await bus.lease('sfu-orphans', node, 3 * HEARTBEAT_MS)) !== null) await attendance.closeOrphans();
      });
    }, 2 * HEARTBEAT_MS),
  ];
  const stopJumps = clock.onJump(() => {
    heartbeat();
    media?.rooms.tellClock(clock.now());
  });

  const drain = async (): Promise<void> => {
    stopping = true;
    if (media !== null) {
      media.rooms.draining = true;
      say();
      media.rooms.evictAll('node-draining');
    }
    await Promise.all([homes.close(), states.close(), attendance.settled(LAST_FACTS_MS)]);
  };

  return {
    stats: () => ({
      workers: workers?.count ?? 0,
      mediasoup: workers?.version ?? 'none',
      rooms: media?.rooms.rooms.length ?? 0,
      peers: media?.rooms.peerCount ?? 0,
      quality: media?.rooms.measuring.sums(media.rooms.rooms) ?? sumsOf([], 0),
      measured: media?.rooms.measuring.totals ?? NOTHING_MEASURED,
      loads: workers?.loads ?? [],
      broadcasts: media?.rooms.rooms.filter(({ state }) => state.broadcast).length ?? 0,
    }),
    workerPids: () => workers?.pids ?? [],
    drain,
    async close() {
      for (const timer of timers) clearInterval(timer);
      stopJumps();
      await following?.stop();
      await drain();
      await signalling.close();
      await traces.close();
      const late = setTimeout(() => workers?.endStuck(), LAST_ANSWERS_MS);
      await Promise.all(background).finally(() => clearTimeout(late));
      await workers?.close();
    },
  };
}

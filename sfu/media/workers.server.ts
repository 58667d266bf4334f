import { availableParallelism } from 'node:os';
import type { Log } from '../log.ts';
import { CODECS, offerNackForOpus } from './codecs.ts';
import { IDLE, leastLoaded, observeLoad, type Load } from './load.ts';
import { mediaLibrary, type MediaLibrary } from './library.ts';
import { carrierFor } from './placing.ts';
import { Starting, type ListenSettings, type Started } from './starting.server.ts';
import { Ways } from './ways.server.ts';
import type {
  AnyTransport,
  LevelObserver,
  MediaConsumer,
  MediaProducer,
  MediaRouter,
  MediaTransport,
  MediaWorker,
  PipeTransport,
  RtpCapabilities,
} from './types.ts';

export interface MediaSettings extends ListenSettings {
  /** 0 takes the default, one a core. */
  readonly workers: number;
  /** From so many consumers on a room goes over to another worker, for tests of it. */
  readonly manyConsumers?: number;
}

/** A router on one worker, and what a room needs of it. */
export interface RoomRouter {
  readonly workerPid: number;
  readonly router: MediaRouter;
  readonly levels: LevelObserver;
  /** To routers of other workers. */
  readonly pipes: ReadonlySet<PipeTransport>;
  /** Consumers that its room is reckoned to have here. */
  expected: number;
  /** `only`: by this way or not at all, for a test of it. */
  createTransport(only?: 'udp' | 'tcp'): Promise<MediaTransport>;
  /** Makes a producer of this router known to another one, under the same id. Closing what is given ends that. */
  pipe(producer: MediaProducer, to: RoomRouter): Promise<MediaConsumer>;
  /** Closes the way to another one and back, and with it all that is piped. */
  unpipe(to: RoomRouter): void;
  close(): void;
}

interface Slot extends Started {
  readonly routers: Set<RoomRouter>;
  load: Load;
  /** Routers that were opened since the load was measured. */
  fresh: number;
  /** It was asked how busy it is, and so many looks went by without an answer. */
  asked: { missed: number } | null;
}

/** A mean over 600 ms in dB, so the gaps between words weigh heavily: −80 is speech, a quiet room lies near −100. */
const LEVELS = { maxEntries: 12, threshold: -80, interval: 600 };
/** A worker that does not answer in so many looks, a second apart, is stuck. */
const STUCK_AFTER_LOOKS = 5;
/** So long a room waits for a worker that is being started, wall ms. */
const WORKER_WITHIN_MS = 5_000;

/** Every worker of this node is gone, and none came up while a room waited. */
export class NoWorkerError extends Error {
  constructor() {
    super('No media worker is running');
  }
}

/** Only these two kinds are made here. */
const isPipe = (transport: AnyTransport): transport is PipeTransport => !('iceParameters' in transport);

const freest = (running: readonly Slot[]): Slot | undefined =>
  leastLoaded(running.map((slot) => ({ slot, load: slot.load, routers: slot.routers.size, fresh: slot.fresh })))?.slot;

/** The workers of this node. When one dies its rooms are told, and another takes its place. */
export class Workers {
  readonly #library: MediaLibrary;
  readonly #settings: MediaSettings;
  readonly #log: Log;
  readonly #starting: Starting;
  readonly #ways: Ways;
  readonly #slots: (Slot | null)[] = [];
  /** Told the routers of a worker that is too busy, when it begins to be. */
  onOverload: (routers: readonly RoomRouter[]) => void = () => undefined;
  /** Told when a worker died: all that was on it is closed already. */
  onLost: () => void = () => undefined;
  #capabilities: RtpCapabilities = { codecs: [], headerExtensions: [] };
  #closed = false;
  readonly #restarting = new Set<Promise<void>>();

  private constructor(library: MediaLibrary, settings: MediaSettings, log: Log) {
    this.#library = library;
    this.#settings = settings;
    this.#log = log;
    this.#starting = new Starting(library, settings, log);
    this.#ways = new Ways(log);
  }

  /** Null, with a line in the log, when this machine has no media worker: lessons then run on board and chat. */
  static async start(settings: MediaSettings, log: Log): Promise<Workers | null> {
    const library = await mediaLibrary();
    if ('missing' in library) {
      log.warn({ reason: library.missing }, 'Video and audio are off: no media worker');
      return null;
    }
    const workers = new Workers(library, settings, log);
    const count = settings.workers > 0 ? settings.workers : availableParallelism();
    const failed = await workers.#startAll(count);
    try {
      const [first] = failed;
      if (first !== undefined && failed.length === count) throw first.error;
      const opened = await workers.openRouter();
      workers.#capabilities = opened.router.rtpCapabilities;
      opened.close();
    } catch (error) {
      const message = 'Video and audio are off: none of the media workers could be started';
      log.error({ err: error, workers: count }, message);
      await workers.close();
      return null;
    }
    for (const { index, error } of failed) workers.#restart(index, error);
    return workers;
  }

  get version(): string {
    return this.#library.version;
  }

  get count(): number {
    return this.#slots.filter((slot) => slot !== null).length;
  }

  /** The same for every router, since all have the same codecs. */
  get rtpCapabilities(): RtpCapabilities {
    return this.#capabilities;
  }

  /** Process ids, for tests that kill one and for the log. */
  get pids(): readonly number[] {
    return this.#slots.flatMap((slot) => (slot === null ? [] : [slot.worker.pid]));
  }

  /** Every router that a worker knows, as it says itself; for tests that nothing stays. */
  async routerIds(): Promise<readonly string[]> {
    const running = this.#slots.filter((slot) => slot !== null);
    const dumps = await Promise.all(running.map(({ worker }) => worker.dump()));
    return dumps.flatMap(({ routerIds }) => routerIds);
  }

  /** How busy each worker is, as a share of one core. */
  get loads(): readonly number[] {
    return this.#slots.flatMap((slot) => (slot === null ? [] : [slot.load.share]));
  }

  /** Looks how busy each worker is. A worker that dies meanwhile says nothing, and one that is stuck is ended. */
  async measure(): Promise<void> {
    await Promise.all(
      this.#slots.map(async (slot) => {
        if (slot === null) return;
        if (slot.asked !== null) {
          // Looks are counted, not time: when this process itself stood still, an answer may lie there unread.
          slot.asked.missed += 1;
          if (slot.asked.missed < STUCK_AFTER_LOOKS) return;
          this.#log.error({ pid: slot.worker.pid }, 'A media worker does not answer and is ended');
          process.kill(slot.worker.pid, 'SIGKILL');
          return;
        }
        slot.asked = { missed: 0 };
        let usage: Awaited<ReturnType<MediaWorker['getResourceUsage']>>;
        try {
          usage = await slot.worker.getResourceUsage();
        } catch (error) {
          if (!slot.worker.closed) throw error;
          return;
        } finally {
          slot.asked = null;
        }
        const before = slot.load;
        slot.load = observeLoad(before, { cpuMs: usage.ru_utime + usage.ru_stime, at: performance.now() });
        slot.fresh = 0;
        if (slot.load.overloaded === before.overloaded) return;
        const { share, overloaded } = slot.load;
        this.#log.warn({ pid: slot.worker.pid, share, overloaded, rooms: slot.routers.size }, 'Load of a media worker');
        if (overloaded) this.onOverload([...slot.routers]);
      }),
    );
  }

  /** A router on the worker that has most room. */
  openRouter(): Promise<RoomRouter> {
    return this.#open((running) => freest(running));
  }

  /**
   * Where the next person of a room is served (rule S3).
   * @param mine the routers that the room has.
   * @returns one of them, or a new one.
   */
  place(mine: readonly RoomRouter[]): Promise<RoomRouter> {
    return this.#open((running) => {
      const carriers = running.map((slot) => ({
        slot,
        router: mine.find((router) => slot.routers.has(router)) ?? null,
        consumers: [...slot.routers].reduce((sum, { expected }) => sum + expected, 0),
        overloaded: slot.load.overloaded,
        holds: mine.some((router) => slot.routers.has(router)),
      }));
      const carrier = carrierFor(carriers, this.#settings.manyConsumers);
      return carrier?.router ?? carrier?.slot ?? freest(running);
    });
  }

  /** No worker is started any more, and those that owe an answer are ended: nobody waits for it any longer. */
  endStuck(): void {
    this.#startNoMore();
    for (const slot of this.#slots) if (slot !== null && slot.asked !== null) process.kill(slot.worker.pid, 'SIGKILL');
  }

  async close(): Promise<void> {
    this.#startNoMore();
    for (const slot of this.#slots) slot?.worker.close();
    this.#slots.length = 0;
    await Promise.allSettled(this.#restarting);
  }

  #startNoMore(): void {
    this.#closed = true;
    this.#starting.end();
  }

  /** Those that run; while the last one is being replaced they are waited for. */
  async #running(): Promise<readonly Slot[]> {
    const running = (): readonly Slot[] => this.#slots.filter((slot) => slot !== null);
    const until = performance.now() + WORKER_WITHIN_MS;
    while (running().length === 0 && !this.#closed && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return running();
  }

  /** A worker that dies while it is asked costs another try, on one that runs. */
  async #open(choose: (running: readonly Slot[]) => Slot | RoomRouter | undefined): Promise<RoomRouter> {
    for (;;) {
      const chosen = choose(await this.#running());
      if (chosen === undefined) throw new NoWorkerError();
      if (!('worker' in chosen)) return chosen;
      try {
        return await this.#openOn(chosen);
      } catch (error) {
        if (this.#closed || !chosen.worker.closed) throw error;
      }
    }
  }

  async #openOn(slot: Slot): Promise<RoomRouter> {
    slot.fresh += 1;
    const router = await slot.worker.createRouter({ mediaCodecs: CODECS });
    offerNackForOpus(router.rtpCapabilities);
    const pipes = new Set<PipeTransport>();
    router.observer.on('newtransport', (transport) => {
      if (!isPipe(transport)) return;
      pipes.add(transport);
      transport.observer.once('close', () => pipes.delete(transport));
    });
    const levels = await router.createAudioLevelObserver(LEVELS);
    const opened: RoomRouter = {
      workerPid: slot.worker.pid,
      router,
      levels,
      pipes,
      expected: 0,
      createTransport: (only) =>
        router.createWebRtcTransport({
          webRtcServer: slot.server,
          enableUdp: only !== 'tcp',
          enableTcp: only !== 'udp',
          preferUdp: true,
          initialAvailableOutgoingBitrate: 1_000_000,
        }),
      pipe: (producer, to) => this.#ways.bring(producer, router, to.router),
      unpipe: (to) => this.#ways.close(router, to.router),
      close: () => {
        slot.routers.delete(opened);
        router.close();
      },
    };
    slot.routers.add(opened);
    return opened;
  }

  /** As many of them as can be started, together. Gives those that could not. */
  async #startAll(count: number): Promise<readonly { readonly index: number; readonly error: unknown }[]> {
    this.#slots.push(...Array<null>(count).fill(null));
    const started = await Promise.allSettled(
      this.#slots.map(async (_, index) => this.#fill(index, await this.#starting.start(index))),
    );
    return started.flatMap((one, index) => (one.status === 'rejected' ? [{ index, error: one.reason }] : []));
  }

  #fill(index: number, started: Started): void {
    const slot: Slot = { ...started, routers: new Set(), load: IDLE, fresh: 0, asked: null };
    slot.worker.on('died', (error) => this.#lost(index, slot, error));
    this.#slots[index] = slot;
  }

  #lost(index: number, slot: Slot, error: Error): void {
    this.#slots[index] = null;
    slot.routers.clear();
    this.#log.error({ err: error, pid: slot.worker.pid }, 'A media worker died');
    this.onLost();
    this.#restart(index);
  }

  /** @param failed why it could not be started just now; without it, it ran and died. */
  #restart(index: number, failed?: unknown): void {
    const restart = this.#starting
      .untilItRuns(index, failed)
      .then((started) => {
        // close() may have run while the worker started.
        if (this.#closed) started?.worker.close();
        else if (started !== null) this.#fill(index, started);
      })
      .finally(() => this.#restarting.delete(restart));
    this.#restarting.add(restart);
  }
}

import { availableParallelism } from 'node:os';
import type { Log } from '../log.ts';
import { freePort, listenInfos, mediaAddresses, outerAddress } from './addresses.ts';
import { CODECS, offerNackForOpus } from './codecs.ts';
import { IDLE, leastLoaded, observeLoad, type Load } from './load.ts';
import { mediaLibrary, type MediaLibrary } from './library.ts';
import { carrierFor } from './placing.ts';
import type {
  AnyTransport,
  LevelObserver,
  MediaConsumer,
  MediaRouter,
  MediaServer,
  MediaTransport,
  MediaWorker,
  PipeTransport,
  RtpCapabilities,
} from './types.ts';

export interface MediaSettings {
  /** Told to clients instead of the machine's own addresses; null for localhost and the LAN. */
  readonly address: string | null;
  /** Worker i listens on `port + i`, UDP and TCP; 0 takes any free one. */
  readonly port: number;
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
  pipe(producerId: string, to: RoomRouter): Promise<MediaConsumer>;
  /** Closes the way to another one and back, and with it all that is piped. */
  unpipe(to: RoomRouter): void;
  close(): void;
}

interface Slot {
  readonly worker: MediaWorker;
  readonly server: MediaServer;
  readonly routers: Set<RoomRouter>;
  load: Load;
  /** Routers that were opened since the load was measured. */
  fresh: number;
  /** It was asked how busy it is, and so many looks went by without an answer. */
  asked: { missed: number } | null;
}

/** A mean over 600 ms in dB, so the gaps between words weigh heavily: −80 is speech, a quiet room lies near −100. */
const LEVELS = { maxEntries: 12, threshold: -80, interval: 600 };
const START_TRIES = 5;
const RESTART_PAUSE_MS = 1_000;
/** A worker that does not answer in so many looks, a second apart, is stuck. */
const STUCK_AFTER_LOOKS = 5;
/** So long a room waits for a worker that is being started, wall ms. */
const WORKER_WITHIN_MS = 5_000;

/** Only these two kinds are made here. */
const isPipe = (transport: AnyTransport): transport is PipeTransport => !('iceParameters' in transport);

const freest = (running: readonly Slot[]): Slot | undefined =>
  leastLoaded(running.map((slot) => ({ slot, load: slot.load, routers: slot.routers.size, fresh: slot.fresh })))?.slot;

/** The workers of this node. When one dies its rooms are told, and another takes its place. */
export class Workers {
  readonly #library: MediaLibrary;
  readonly #settings: MediaSettings;
  readonly #log: Log;
  readonly #slots: (Slot | null)[] = [];
  /** Told the routers of a worker that is too busy, when it begins to be. */
  onOverload: (routers: readonly RoomRouter[]) => void = () => undefined;
  /** Told when a worker died: all that was on it is closed already. */
  onLost: () => void = () => undefined;
  #capabilities: RtpCapabilities = { codecs: [], headerExtensions: [] };
  #closed = false;
  #restarting = new Set<Promise<void>>();

  private constructor(library: MediaLibrary, settings: MediaSettings, log: Log) {
    this.#library = library;
    this.#settings = settings;
    this.#log = log;
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
    try {
      for (let index = 0; index < count; index += 1) workers.#slots[index] = await workers.#startSlot(index);
      const first = await workers.openRouter();
      workers.#capabilities = first.router.rtpCapabilities;
      first.close();
    } catch (error) {
      log.error({ err: error }, 'Video and audio are off: no media worker could be started');
      await workers.close();
      return null;
    }
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
    this.#closed = true;
    for (const slot of this.#slots) if (slot !== null && slot.asked !== null) process.kill(slot.worker.pid, 'SIGKILL');
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const slot of this.#slots) slot?.worker.close();
    this.#slots.length = 0;
    await Promise.allSettled(this.#restarting);
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
      if (chosen === undefined) throw new Error('No media worker is running');
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
      pipe: (producerId, to) => this.#pipe(router, producerId, to),
      unpipe: (to) => {
        const theirs = [...to.pipes].map(({ tuple }) => tuple.localPort);
        // The library closes the other end with this one.
        for (const pipe of [...pipes]) if (theirs.some((port) => port === pipe.tuple.remotePort)) pipe.close();
      },
      close: () => {
        slot.routers.delete(opened);
        router.close();
      },
    };
    slot.routers.add(opened);
    return opened;
  }

  async #pipe(router: MediaRouter, producerId: string, to: RoomRouter): Promise<MediaConsumer> {
    const piped = await router.pipeToRouter({ producerId, router: to.router, enableSctp: false });
    const { pipeConsumer, pipeProducer } = piped;
    if (pipeConsumer === undefined || pipeProducer === undefined) throw new Error('Nothing was piped');
    // The library's own two listeners ask the far worker and look at no answer: when that worker dies meanwhile, the
    // rejection would be nobody's, and end this process.
    const follow = (ask: () => Promise<void>): void => {
      ask().catch((error: unknown) => {
        if (!pipeProducer.closed) this.#log.error({ err: error }, 'A pause did not reach another worker');
      });
    };
    pipeConsumer.observer.removeAllListeners('pause').on('pause', () => follow(() => pipeProducer.pause()));
    pipeConsumer.observer.removeAllListeners('resume').on('resume', () => follow(() => pipeProducer.resume()));
    return pipeConsumer;
  }

  async #startSlot(index: number): Promise<Slot> {
    const worker = await this.#library.createWorker({ logLevel: 'error' });
    try {
      const server = await this.#listen(worker, index);
      const slot: Slot = { worker, server, routers: new Set(), load: IDLE, fresh: 0, asked: null };
      worker.on('died', (error) => this.#lost(index, slot, error));
      return slot;
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  async #listen(worker: MediaWorker, index: number): Promise<MediaServer> {
    const { address, port } = this.#settings;
    const addresses = mediaAddresses(address, outerAddress());
    for (let attempt = 1; ; attempt += 1) {
      try {
        const chosen = port > 0 ? port + index : await freePort('0.0.0.0');
        const server = await worker.createWebRtcServer({
          listenInfos: listenInfos(addresses, chosen, this.#library.announces),
        });
        const listening = { port: chosen, addresses, pid: worker.pid, version: this.#library.version };
        this.#log.info(listening, 'Media worker listening');
        return server;
      } catch (error) {
        // Between the probe and the bind somebody else may take a free port; a configured one is tried again too,
        // because the worker that died a moment ago may still hold it.
        if (attempt >= START_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
      }
    }
  }

  #lost(index: number, slot: Slot, error: Error): void {
    this.#slots[index] = null;
    slot.routers.clear();
    this.#log.error({ err: error, pid: slot.worker.pid }, 'A media worker died');
    this.onLost();
    const restart = this.#restart(index).finally(() => this.#restarting.delete(restart));
    this.#restarting.add(restart);
  }

  async #restart(index: number): Promise<void> {
    while (!this.#closed) {
      try {
        const slot = await this.#startSlot(index);
        // close() may have run while the worker started.
        if (this.#closed) slot.worker.close();
        else this.#slots[index] = slot;
        return;
      } catch (error) {
        this.#log.error({ err: error }, 'A media worker could not be started; trying again');
        await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
      }
    }
  }
}

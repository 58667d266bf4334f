import { availableParallelism } from 'node:os';
import type { Log } from '../log.ts';
import { freePort, listenInfos, mediaAddresses, outerAddress } from './addresses.ts';
import { CODECS } from './codecs.ts';
import { mediaLibrary, type MediaLibrary } from './library.ts';
import type { LevelObserver, MediaRouter, MediaServer, MediaTransport, MediaWorker, RtpCapabilities } from './types.ts';

export interface MediaSettings {
  /** Told to clients instead of the machine's own addresses; null for localhost and the LAN. */
  readonly address: string | null;
  /** Worker i listens on `port + i`, UDP and TCP; 0 takes any free one. */
  readonly port: number;
  /** 0 takes the default, min(2, cores). */
  readonly workers: number;
}

/** A router on one worker, and what a room needs of it. */
export interface RoomRouter {
  readonly workerPid: number;
  readonly router: MediaRouter;
  readonly levels: LevelObserver;
  createTransport(): Promise<MediaTransport>;
  close(): void;
}

interface Slot {
  readonly worker: MediaWorker;
  readonly server: MediaServer;
  readonly routers: Set<RoomRouter>;
}

/** A mean over 600 ms in dB, so the gaps between words weigh heavily: −80 is speech, a quiet room lies near −100. */
const LEVELS = { maxEntries: 4, threshold: -80, interval: 600 };
const START_TRIES = 5;
const RESTART_PAUSE_MS = 1_000;

/** The workers of this node. When one dies its rooms are told, and another takes its place. */
export class Workers {
  readonly #library: MediaLibrary;
  readonly #settings: MediaSettings;
  readonly #log: Log;
  readonly #slots: (Slot | null)[] = [];
  /** Told which routers are gone when a worker dies. */
  onLost: (routers: readonly RoomRouter[]) => void = () => undefined;
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
    const count = settings.workers > 0 ? settings.workers : Math.min(2, availableParallelism());
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

  /** A router on the worker with the fewest rooms. */
  async openRouter(): Promise<RoomRouter> {
    const slot = this.#slots
      .filter((candidate) => candidate !== null)
      .sort((a, b) => a.routers.size - b.routers.size)[0];
    if (slot === undefined) throw new Error('No media worker is running');
    const router = await slot.worker.createRouter({ mediaCodecs: CODECS });
    const levels = await router.createAudioLevelObserver(LEVELS);
    const opened: RoomRouter = {
      workerPid: slot.worker.pid,
      router,
      levels,
      createTransport: () =>
        router.createWebRtcTransport({
          webRtcServer: slot.server,
          enableUdp: true,
          enableTcp: true,
          preferUdp: true,
          initialAvailableOutgoingBitrate: 1_000_000,
        }),
      close: () => {
        slot.routers.delete(opened);
        router.close();
      },
    };
    slot.routers.add(opened);
    return opened;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const slot of this.#slots) slot?.worker.close();
    this.#slots.length = 0;
    await Promise.allSettled(this.#restarting);
  }

  async #startSlot(index: number): Promise<Slot> {
    const worker = await this.#library.createWorker({ logLevel: 'error' });
    try {
      const server = await this.#listen(worker, index);
      const slot: Slot = { worker, server, routers: new Set() };
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
      const chosen = port > 0 ? port + index : await freePort('0.0.0.0');
      try {
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
    this.#log.error({ err: error, pid: slot.worker.pid, rooms: slot.routers.size }, 'A media worker died');
    this.onLost([...slot.routers]);
    slot.routers.clear();
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

/** How a media worker is started and made to listen, and tried again until it runs. */
import type { Log } from '../log.ts';
import { freePort, listenInfos, mediaAddresses, outerAddress } from './addresses.ts';
import type { MediaLibrary } from './library.ts';
import type { MediaServer, MediaWorker } from './types.ts';

export interface ListenSettings {
  /** Told to clients instead of the machine's own addresses; null for localhost and the LAN. */
  readonly address: string | null;
  /** Worker i listens on `port + i`, UDP and TCP; 0 takes any free one. */
  readonly port: number;
}

export interface Started {
  readonly worker: MediaWorker;
  readonly server: MediaServer;
}

const LISTEN_TRIES = 5;
const FIRST_PAUSE_MS = 1_000;
/** A pause is twice as long as the one before, up to this. */
const LAST_PAUSE_MS = 8_000;

export class Starting {
  readonly #library: MediaLibrary;
  readonly #settings: ListenSettings;
  readonly #log: Log;
  readonly #ended = Promise.withResolvers<void>();
  #open = true;

  constructor(library: MediaLibrary, settings: ListenSettings, log: Log) {
    this.#library = library;
    this.#settings = settings;
    this.#log = log;
  }

  /** One try, with several to listen. */
  async start(index: number): Promise<Started> {
    const worker = await this.#library.createWorker({ logLevel: 'error' });
    try {
      return { worker, server: await this.#listen(worker, index) };
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  /**
   * Tries until it runs, each time after a longer pause.
   * @param failed why it could not be started just now; undefined when it ran, and is to be replaced at once.
   * @returns null when this node starts no workers any more. One that comes up at the end is still given.
   */
  async untilItRuns(index: number, failed?: unknown): Promise<Started | null> {
    let reason = failed;
    for (let pause = FIRST_PAUSE_MS; ;) {
      if (reason !== undefined) {
        this.#log.error({ err: reason, worker: index }, 'A media worker could not be started; trying again');
        await this.#pause(pause);
        pause = Math.min(2 * pause, LAST_PAUSE_MS);
      }
      if (!this.#open) return null;
      try {
        return await this.start(index);
      } catch (error) {
        reason = error;
      }
    }
  }

  /** Nobody waits for a worker any longer. */
  end(): void {
    this.#open = false;
    this.#ended.resolve();
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
        if (attempt >= LISTEN_TRIES || !this.#open) throw error;
        await this.#pause(200 * attempt);
      }
    }
  }

  /** @param ms wall ms; it is over sooner at the end. */
  async #pause(ms: number): Promise<void> {
    const passed = Promise.withResolvers<void>();
    const timer = setTimeout(passed.resolve, ms);
    await Promise.race([passed.promise, this.#ended.promise]);
    clearTimeout(timer);
  }
}

/** The browser's end of live media: one device, two transports, what we send and what arrives. Knows no page. */
import type { AppData, Consumer, Device, Producer, RtpEncodingParameters, Transport } from 'mediasoup-client/types';
import { SignallingError } from './signalling.ts';
import type { Tile } from './watching.ts';
import type {
  Answers,
  ClientType,
  ConsumerInfo,
  DataOf,
  Joined,
  MediaKind,
  RtpCapabilities,
  Source,
} from '#sfu/signalling/protocol.ts';

/** What one sends; of a screen the picture and the sound are two things. */
export type Sent = Source | 'screen-sound';

export type Ask = <T extends ClientType>(type: T, data: DataOf<T>) => Promise<Answers[T]>;

export interface MediaListener {
  /** A track of someone else arrived, or ended (null). */
  onTrack(consumer: ConsumerInfo, track: MediaStreamTrack | null): void;
  /** `connected` is false while either transport that is in use has lost its way. */
  onConnected(connected: boolean): void;
  /** These are about to begin: how large they are wanted. */
  tilesOf(consumers: readonly ConsumerInfo[]): readonly Tile[];
}

type Direction = 'send' | 'receive';
const BROKEN: ReadonlySet<string> = new Set(['disconnected', 'failed']);

export class MediaSession {
  readonly #ask: Ask;
  readonly #listener: MediaListener;
  #device: Device | null = null;
  readonly #transports = new Map<Direction, Transport>();
  /** The server may not have heard how to reach us: they never come up by themselves. */
  readonly #unheard = new WeakSet<Transport>();
  readonly #producers = new Map<Sent, Producer>();
  readonly #consumers = new Map<string, { consumer: Consumer; info: ConsumerInfo }>();

  constructor(ask: Ask, listener: MediaListener) {
    this.#ask = ask;
    this.#listener = listener;
  }

  /**
   * The media library, which the lobby does without. Again when it did not come.
   *
   * @throws SignallingError while it does not: that is a matter of the connection.
   */
  async library(): Promise<typeof import('mediasoup-client')> {
    try {
      return await import('mediasoup-client');
    } catch (error) {
      console.warn('Classroom:', error);
      throw new SignallingError('code-missing');
    }
  }

  /** What this browser can receive; empty where it cannot do live media at all. */
  async capabilities(router: RtpCapabilities): Promise<RtpCapabilities> {
    if (this.#device === null) {
      const { Device } = await this.library();
      try {
        const device = await Device.factory();
        await device.load({ routerRtpCapabilities: router });
        this.#device = device;
      } catch (error) {
        if (error instanceof Error && error.name === 'UnsupportedError') return { codecs: [], headerExtensions: [] };
        throw error;
      }
    }
    return this.#device.recvRtpCapabilities;
  }

  get supported(): boolean {
    return this.#device !== null;
  }

  get hasTransports(): boolean {
    return this.#transports.size > 0;
  }

  /**
   * Takes the answer of a join: builds new transports when it brings them, and makes the consumers agree with it.
   * Resolves when the receiving connection is begun; `said`, when the server knows that it may send.
   */
  async adopt(joined: Joined): Promise<{ readonly said: Promise<void> }> {
    if (this.#device === null) return { said: Promise.resolve() };
    if (joined.transports !== null) {
      this.close();
      const { send, receive } = joined.transports;
      const iceServers = [...joined.iceServers];
      this.#watch('receive', this.#device.createRecvTransport({ ...receive, iceServers }));
      if (send !== null) this.#watch('send', this.#device.createSendTransport({ ...send, iceServers }));
    } else {
      const alive = new Set(joined.producers.map(({ producerId }) => producerId));
      for (const [source, producer] of this.#producers) if (!alive.has(producer.id)) this.#forget(source, producer);
      for (const [consumerId] of this.#consumers)
        if (!joined.consumers.some((info) => info.consumerId === consumerId)) this.drop(consumerId);
    }
    const { consumers } = joined;
    const made = await this.#build(consumers);
    return { said: this.#sayReady(consumers, made) };
  }

  /** Builds the receiving ends of all of them, then gives the word for all at once. */
  async consume(infos: readonly ConsumerInfo[]): Promise<void> {
    await this.#sayReady(infos, await this.#build(infos));
  }

  async #build(infos: readonly ConsumerInfo[]): Promise<readonly string[]> {
    const receive = this.#transports.get('receive');
    if (receive === undefined) return [];
    return Promise.all(
      infos.map(async (info) => {
        if (this.#consumers.has(info.consumerId)) return info.consumerId;
        const { consumerId, producerId, kind, rtpParameters } = info;
        // Tracks of one person share a stream id, so that the browser keeps lips and voice together.
        const streamId = `${info.personId}-${info.source === 'screen' ? 'screen' : 'camera'}`;
        const consumer = await receive.consume({ id: consumerId, producerId, kind, rtpParameters, streamId });
        this.#consumers.set(consumerId, { consumer, info });
        this.#listener.onTrack(info, consumer.track);
        return consumerId;
      }),
    );
  }

  async #sayReady(infos: readonly ConsumerInfo[], made: readonly string[]): Promise<void> {
    if (made.length === 0) return;
    const tiles = this.#listener.tilesOf(infos);
    // Both at once and in this order: the size is known before the picture begins.
    await Promise.all([
      tiles.length === 0 ? null : this.#ask('watch', { tiles }),
      this.#ask('consumer-ready', { consumerIds: made }),
    ]);
  }

  drop(consumerId: string): void {
    const known = this.#consumers.get(consumerId);
    if (known === undefined) return;
    this.#consumers.delete(consumerId);
    known.consumer.close();
    this.#listener.onTrack(known.info, null);
  }

  /** Sends a track, or swaps the one that is sent; paused means that nothing leaves this machine. */
  async send(
    source: Sent,
    track: MediaStreamTrack,
    options: { paused?: boolean; encodings?: RtpEncodingParameters[] } = {},
  ): Promise<void> {
    const known = this.#producers.get(source);
    if (known !== undefined && !known.closed) return known.replaceTrack({ track });
    const send = this.#transports.get('send');
    if (send === undefined || !this.#device?.canProduce(track.kind === 'audio' ? 'audio' : 'video')) return;
    const appData: AppData = { source, paused: options.paused ?? false };
    const producer = await send.produce({
      track,
      appData,
      // The track belongs to the page, which also shows it; and a paused one sends no silence either.
      stopTracks: false,
      zeroRtpOnPause: true,
      disableTrackOnPause: false,
      ...(options.encodings === undefined ? {} : { encodings: options.encodings }),
      ...(source === 'microphone' ? { codecOptions: { opusDtx: true, opusFec: true, opusNack: true } } : {}),
      // Music and films, not a voice: both ears, and no gaps where it is quiet.
      ...(source === 'screen-sound' ? { codecOptions: { opusStereo: true, opusFec: true, opusNack: true } } : {}),
      ...(source === 'camera' ? { codecOptions: { videoGoogleStartBitrate: 1_000 } } : {}),
    });
    if (options.paused === true) producer.pause();
    this.#producers.set(source, producer);
    producer.observer.once('close', () => {
      if (this.#producers.get(source) === producer) this.#producers.delete(source);
    });
  }

  /** @param layer the largest one that is sent, from 0. */
  async limit(source: Sent, layer: number): Promise<void> {
    const producer = this.#producers.get(source);
    if (producer === undefined || producer.closed || producer.maxSpatialLayer === layer) return;
    await producer.setMaxSpatialLayer(layer);
  }

  async pause(source: Sent, paused: boolean): Promise<void> {
    const producer = this.#producers.get(source);
    if (producer === undefined || producer.paused === paused) return;
    if (paused) producer.pause();
    else producer.resume();
    await this.#ask(paused ? 'pause-producer' : 'resume-producer', { producerId: producer.id });
  }

  async stop(source: Sent): Promise<void> {
    const producer = this.#producers.get(source);
    if (producer === undefined) return;
    this.#forget(source, producer);
    await this.#ask('close-producer', { producerId: producer.id });
  }

  /** The server has closed it already. */
  closed(source: Source): void {
    for (const sent of source === 'screen' ? (['screen', 'screen-sound'] as const) : [source]) {
      const producer = this.#producers.get(sent);
      if (producer !== undefined) this.#forget(sent, producer);
    }
  }

  sends(source: Sent): boolean {
    return this.#producers.has(source);
  }

  /** How large each of these is wanted from now on. */
  async watch(tiles: readonly Tile[]): Promise<void> {
    const alive = tiles.filter(({ consumerId }) => this.#consumers.has(consumerId));
    if (alive.length > 0) await this.#ask('watch', { tiles: alive });
  }

  /** After a change of network: the same transports find a new way. */
  async restartIce(): Promise<void> {
    await Promise.all(
      [...this.#transports.values()]
        .filter((transport) => transport.connectionState !== 'new')
        .map(async (transport) => {
          const { iceParameters, iceServers } = await this.#ask('restart-ice', { transportId: transport.id });
          // Before the restart, which opens relays anew: with credentials that have run out it would find none.
          await transport.updateIceServers({ iceServers: [...iceServers] });
          await transport.restartIce({ iceParameters });
        }),
    );
  }

  /** True while no transport that is in use is broken. */
  get connected(): boolean {
    return ![...this.#transports.values()].some(
      (transport) => BROKEN.has(transport.connectionState) || this.#unheard.has(transport),
    );
  }

  async stats(): Promise<readonly RTCStats[]> {
    const reports = await Promise.all([...this.#transports.values()].map((transport) => transport.getStats()));
    return reports.flatMap((report) => [...report.values()]);
  }

  /** The browser's own connections, for a picture of them. The library keeps them to itself, so they may be missing. */
  connections(): readonly { readonly direction: Direction; readonly connection: RTCPeerConnection }[] {
    return [...this.#transports].flatMap(([direction, transport]) => {
      const connection: unknown = Reflect.get(transport.handler, '_pc');
      return connection instanceof RTCPeerConnection ? [{ direction, connection }] : [];
    });
  }

  close(): void {
    for (const { info } of this.#consumers.values()) this.#listener.onTrack(info, null);
    this.#consumers.clear();
    this.#producers.clear();
    const transports = [...this.#transports.values()];
    this.#transports.clear();
    for (const transport of transports) transport.close();
  }

  #forget(source: Sent, producer: Producer): void {
    this.#producers.delete(source);
    producer.close();
  }

  #watch(direction: Direction, transport: Transport): void {
    this.#transports.set(direction, transport);
    transport.on('connect', ({ dtlsParameters }, done) => {
      // The answer is not waited for: the first packet takes as long on its way as this message, and is sent again.
      done();
      this.#ask('connect-transport', { transportId: transport.id, dtlsParameters }).catch(() => {
        this.#unheard.add(transport);
        if (this.#transports.get(direction) === transport) this.#listener.onConnected(false);
      });
    });
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const { source, paused } = sourceOf(appData, kind);
      this.#ask('produce', { transportId: transport.id, kind, source, rtpParameters, paused }).then(
        ({ producerId }) => done({ id: producerId }),
        failed,
      );
    });
    transport.on('connectionstatechange', () => {
      if (this.#transports.get(direction) === transport) this.#listener.onConnected(this.connected);
    });
  }
}

function sourceOf(appData: AppData, kind: MediaKind): { source: Source; paused: boolean } {
  const source = appData['source'];
  const paused = appData['paused'] === true;
  if (source === 'screen-sound') return { source: 'screen', paused };
  if (source === 'camera' || source === 'microphone' || source === 'screen') return { source, paused };
  return { source: kind === 'audio' ? 'microphone' : 'camera', paused };
}

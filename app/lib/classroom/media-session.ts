/** The browser's end of live media: one device, two transports, what we send and what arrives. Knows no page. */
import { Device } from 'mediasoup-client';
import type { AppData, Consumer, Producer, RtpEncodingParameters, Transport } from 'mediasoup-client/types';
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

export type Ask = <T extends ClientType>(type: T, data: DataOf<T>) => Promise<Answers[T]>;

export interface MediaListener {
  /** A track of someone else arrived, or ended (null). */
  onTrack(consumer: ConsumerInfo, track: MediaStreamTrack | null): void;
  /** `connected` is false while either transport that is in use has lost its way. */
  onConnected(connected: boolean): void;
}

type Direction = 'send' | 'receive';
const BROKEN: ReadonlySet<string> = new Set(['disconnected', 'failed']);

export class MediaSession {
  readonly #ask: Ask;
  readonly #listener: MediaListener;
  #device: Device | null = null;
  readonly #transports = new Map<Direction, Transport>();
  readonly #producers = new Map<Source, Producer>();
  readonly #consumers = new Map<string, { consumer: Consumer; info: ConsumerInfo }>();

  constructor(ask: Ask, listener: MediaListener) {
    this.#ask = ask;
    this.#listener = listener;
  }

  /** What this browser can receive; empty where it cannot do live media at all. */
  async capabilities(router: RtpCapabilities): Promise<RtpCapabilities> {
    if (this.#device === null) {
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

  /** Takes the answer of a join: builds new transports when it brings them, and makes the consumers agree with it. */
  async adopt(joined: Joined): Promise<void> {
    if (this.#device === null) return;
    if (joined.transports !== null) {
      this.close();
      const { send, receive } = joined.transports;
      this.#watch('receive', this.#device.createRecvTransport(receive));
      if (send !== null) this.#watch('send', this.#device.createSendTransport(send));
    } else {
      const alive = new Set(joined.producers.map(({ producerId }) => producerId));
      for (const [source, producer] of this.#producers) if (!alive.has(producer.id)) this.#forget(source, producer);
      for (const [consumerId] of this.#consumers)
        if (!joined.consumers.some((info) => info.consumerId === consumerId)) this.drop(consumerId);
    }
    await this.consume(joined.consumers);
  }

  /** Builds the receiving ends of all of them, then gives the word for all at once. */
  async consume(infos: readonly ConsumerInfo[]): Promise<void> {
    const receive = this.#transports.get('receive');
    if (receive === undefined) return;
    const made = await Promise.all(
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
    if (made.length > 0) await this.#ask('consumer-ready', { consumerIds: made });
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
    source: Source,
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
      ...(source === 'microphone' ? { codecOptions: { opusDtx: true, opusFec: true } } : {}),
      ...(source === 'camera' ? { codecOptions: { videoGoogleStartBitrate: 1_000 } } : {}),
    });
    if (options.paused === true) producer.pause();
    this.#producers.set(source, producer);
    producer.observer.once('close', () => {
      if (this.#producers.get(source) === producer) this.#producers.delete(source);
    });
  }

  async pause(source: Source, paused: boolean): Promise<void> {
    const producer = this.#producers.get(source);
    if (producer === undefined || producer.paused === paused) return;
    if (paused) producer.pause();
    else producer.resume();
    await this.#ask(paused ? 'pause-producer' : 'resume-producer', { producerId: producer.id });
  }

  async stop(source: Source): Promise<void> {
    const producer = this.#producers.get(source);
    if (producer === undefined) return;
    this.#forget(source, producer);
    await this.#ask('close-producer', { producerId: producer.id });
  }

  sends(source: Source): boolean {
    return this.#producers.has(source);
  }

  async setLayers(consumerId: string, spatialLayer: number | null): Promise<void> {
    if (this.#consumers.has(consumerId)) await this.#ask('set-layers', { consumerId, spatialLayer });
  }

  /** After a change of network: the same transports find a new way. */
  async restartIce(): Promise<void> {
    await Promise.all(
      [...this.#transports.values()]
        .filter((transport) => transport.connectionState !== 'new')
        .map(async (transport) => {
          const { iceParameters } = await this.#ask('restart-ice', { transportId: transport.id });
          await transport.restartIce({ iceParameters });
        }),
    );
  }

  /** True while no transport that is in use is broken. */
  get connected(): boolean {
    return ![...this.#transports.values()].some(({ connectionState }) => BROKEN.has(connectionState));
  }

  async stats(): Promise<readonly RTCStats[]> {
    const reports = await Promise.all([...this.#transports.values()].map((transport) => transport.getStats()));
    return reports.flatMap((report) => [...report.values()]);
  }

  close(): void {
    for (const { info } of this.#consumers.values()) this.#listener.onTrack(info, null);
    this.#consumers.clear();
    this.#producers.clear();
    const transports = [...this.#transports.values()];
    this.#transports.clear();
    for (const transport of transports) transport.close();
  }

  #forget(source: Source, producer: Producer): void {
    this.#producers.delete(source);
    producer.close();
  }

  #watch(direction: Direction, transport: Transport): void {
    this.#transports.set(direction, transport);
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.#ask('connect-transport', { transportId: transport.id, dtlsParameters }).then(done, failed);
    });
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const { source, paused } = sourceOf(appData, kind);
      this.#ask('produce', { kind, source, rtpParameters, paused }).then(
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
  if (source === 'camera' || source === 'microphone' || source === 'screen') return { source, paused };
  return { source: kind === 'audio' ? 'microphone' : 'camera', paused };
}

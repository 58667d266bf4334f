import type { Log } from '../log.ts';
import type { MediaConsumer, MediaProducer, RtpCapabilities } from '../media/types.ts';
import { wireParameters } from '../media/wire.ts';
import type { RoomRouter } from '../media/workers.server.ts';
import type {
  CloseReason,
  ConsumerInfo,
  PeerInfo,
  RoomInfo,
  ServerDataOf,
  ServerType,
  Source,
  TransportParameters,
} from '../signalling/protocol.ts';
import { mayIn } from '../signalling/permissions.ts';
import type { Waiter } from './door.ts';
import type { Consumed, Peer, PeerMedia } from './peer.ts';
import { FRESH, type RoomState } from './state.ts';

/** What of the state is in `RoomInfo`, or decides who sees all of it. */
const SEEN = ['locked', 'admission', 'mayUnmute', 'mayVideo', 'mayShare', 'out', 'coHosts'] as const;

/** One lesson's media: a router, its peers, and who hears whom. LIFETIMES.md says who closes what. */
export class Room {
  readonly lessonId: string;
  readonly media: RoomRouter;
  readonly peers = new Map<string, Peer>();
  /** Who stands at the door. */
  readonly waiting = new Map<string, Waiter>();
  /** Joins under way; an empty room with one pending is kept. */
  pending = 0;
  closed: CloseReason | null = null;
  speaking: readonly string[] = [];
  readonly #log: Log;
  readonly #keep: (state: RoomState) => void;
  #state: RoomState;
  readonly #speakers = new Map<string, string>();

  /**
   * @param state what was known of this room before.
   * @param keep is given each new state.
   */
  constructor(
    lessonId: string,
    media: RoomRouter,
    log: Log,
    state: RoomState = FRESH,
    keep: (state: RoomState) => void = () => undefined,
  ) {
    this.lessonId = lessonId;
    this.media = media;
    this.#log = log;
    this.#state = state;
    this.#keep = keep;
    media.levels.on('volumes', (volumes) =>
      this.#setSpeaking(volumes.map(({ producer }) => this.#speakers.get(producer.id) ?? '')),
    );
    media.levels.on('silence', () => this.#setSpeaking([]));
  }

  get empty(): boolean {
    return this.peers.size === 0 && this.waiting.size === 0 && this.pending === 0;
  }

  get state(): RoomState {
    return this.#state;
  }

  /** The one way to a new state: peers take over what is about them, and everyone is told what they see of it. */
  change(next: RoomState): void {
    const before = this.#state;
    if (next === before) return;
    this.#state = next;
    this.#keep(next);
    for (const peer of this.peers.values()) {
      if (!peer.follow(next)) continue;
      this.tell('peer-changed', peer.info(), peer);
      peer.send('you-changed', peer.info());
    }
    if (SEEN.some((field) => before[field] !== next[field]))
      for (const peer of this.peers.values()) peer.send('room-changed', this.infoFor(peer));
  }

  /** The room's state as this peer may see it. */
  infoFor(peer: Peer): RoomInfo {
    const { locked, admission, mayUnmute, mayVideo, mayShare, out } = this.#state;
    const switches = { locked, admission, mayUnmute, mayVideo, mayShare };
    if (!mayIn(peer.role, 'admit')) return { ...switches, waiting: [], out: [] };
    const waiting = [...this.waiting.values()].map(({ personId, name, role, since }) => {
      return { personId, name, role, since };
    });
    return { ...switches, waiting, out };
  }

  /** Who may let in hears who waits. */
  tellHosts(): void {
    for (const peer of this.peers.values())
      if (mayIn(peer.role, 'admit')) peer.send('room-changed', this.infoFor(peer));
  }

  /** To everyone here who is connected, but `except`. */
  tell<T extends ServerType>(type: T, data: ServerDataOf<T>, except: Peer | null = null): void {
    for (const peer of this.peers.values()) if (peer !== except) peer.send(type, data);
  }

  others(peer: Peer): readonly PeerInfo[] {
    return [...this.peers.values()].filter((other) => other !== peer).map((other) => other.info());
  }

  /** Both transports at once; `sends` is false for who may only watch. */
  async createMedia(rtpCapabilities: RtpCapabilities, sends: boolean): Promise<PeerMedia> {
    const [receive, send] = await Promise.all([
      this.media.createTransport(),
      sends ? this.media.createTransport() : null,
    ]);
    return {
      send,
      receive,
      rtpCapabilities,
      published: new Map(),
      consumed: new Map(),
      consuming: new Set(),
      slots: new Set(),
    };
  }

  /** Makes a new producer known: everyone else gets a consumer for it, paused until they are ready. */
  async publish(peer: Peer, producer: MediaProducer, source: Source): Promise<void> {
    // The peer may have left while the worker was asked; nobody should hear of it any more.
    if (producer.closed) return;
    const { published } = peer.media;
    published.set(producer.id, { producer, source });
    producer.observer.once('close', () => {
      published.delete(producer.id);
      this.#speakers.delete(producer.id);
    });
    this.tell('peer-changed', peer.info(), peer);
    const consumers = [...this.peers.values()].filter((other) => other !== peer);
    await Promise.all(
      consumers.map(async (other) => {
        const info = await this.#consume(other, peer, producer, source);
        if (info !== null) other.send('consumer-added', info);
      }),
    );
    if (source === 'microphone') await this.#listen(peer, producer);
  }

  /** Consumers for everything that the others publish. What is already consumed is not consumed twice. */
  async consumeAll(peer: Peer): Promise<void> {
    const published = [...this.peers.values()]
      .filter((other) => other !== peer)
      .flatMap((other) => [...other.media.published.values()].map((item) => ({ other, ...item })));
    await Promise.all(published.map(({ other, producer, source }) => this.#consume(peer, other, producer, source)));
  }

  consumersOf(peer: Peer): readonly ConsumerInfo[] {
    return [...peer.media.consumed.values()].map((consumed) => consumerInfo(consumed));
  }

  /** The peer is gone from here; its transports, producers and consumers with it. */
  remove(peer: Peer): void {
    if (this.peers.get(peer.personId) !== peer) return;
    this.peers.delete(peer.personId);
    if (peer.presence.kind === 'away') clearTimeout(peer.presence.timer);
    peer.closeMedia();
    if (this.speaking.includes(peer.personId))
      this.#setSpeaking(this.speaking.filter((personId) => personId !== peer.personId));
    this.tell('peer-left', { personId: peer.personId });
  }

  /** Ends the room for everyone; afterwards nobody can be added. */
  close(reason: CloseReason): void {
    if (this.closed !== null) return;
    this.closed = reason;
    for (const peer of this.peers.values()) {
      if (peer.presence.kind === 'away') clearTimeout(peer.presence.timer);
      else peer.presence.connection.close(reason);
      peer.closeMedia();
    }
    this.peers.clear();
    for (const { presence } of this.waiting.values()) {
      if (presence.kind === 'away') clearTimeout(presence.timer);
      else presence.connection.close(reason);
    }
    this.waiting.clear();
    this.media.close();
  }

  async #consume(to: Peer, from: Peer, producer: MediaProducer, source: Source): Promise<ConsumerInfo | null> {
    const { media } = to;
    if (media.consuming.has(producer.id) || producer.closed || media.receive.closed) return null;
    if (!this.media.router.canConsume({ producerId: producer.id, rtpCapabilities: media.rtpCapabilities })) {
      this.#log.warn({ lesson: this.lessonId, person: to.personId, source }, 'A client cannot play this media');
      return null;
    }
    media.consuming.add(producer.id);
    let consumer: MediaConsumer;
    try {
      consumer = await media.receive.consume({
        producerId: producer.id,
        rtpCapabilities: media.rtpCapabilities,
        paused: true,
      });
    } catch (error) {
      media.consuming.delete(producer.id);
      // Either end may have closed while the worker was asked; only a failure with both ends open is one.
      if (!producer.closed && !media.receive.closed)
        this.#log.error({ err: error, lesson: this.lessonId, person: to.personId }, 'A consumer could not be made');
      return null;
    }
    const consumed: Consumed = { consumer, personId: from.personId, source, ready: false, watched: true };
    media.consumed.set(consumer.id, consumed);
    consumer.observer.once('close', () => {
      media.consumed.delete(consumer.id);
      media.consuming.delete(producer.id);
      to.send('consumer-closed', { consumerId: consumer.id });
    });
    return consumerInfo(consumed);
  }

  async #listen(peer: Peer, producer: MediaProducer): Promise<void> {
    this.#speakers.set(producer.id, peer.personId);
    try {
      await this.media.levels.addProducer({ producerId: producer.id });
    } catch (error) {
      if (!producer.closed) this.#log.error({ err: error, lesson: this.lessonId }, 'A microphone is not measured');
    }
  }

  #setSpeaking(personIds: readonly string[]): void {
    const known = [...new Set(personIds)].filter((personId) => this.peers.has(personId));
    if (known.length === this.speaking.length && known.every((id, index) => id === this.speaking[index])) return;
    this.speaking = known;
    this.tell('speaking', { personIds: known });
  }
}

export function consumerInfo({ consumer, personId, source }: Consumed): ConsumerInfo {
  return {
    consumerId: consumer.id,
    producerId: consumer.producerId,
    personId,
    source,
    kind: consumer.kind,
    rtpParameters: wireParameters(consumer.rtpParameters),
  };
}

/** What a client needs to build its end. 3.11 gives a candidate's `ip` only, newer clients read `address`. */
export function transportParameters(transport: PeerMedia['receive']): TransportParameters {
  return {
    id: transport.id,
    iceParameters: transport.iceParameters,
    iceCandidates: transport.iceCandidates.map((candidate) => ({
      ...candidate,
      address: candidate.address ?? candidate.ip,
    })),
    dtlsParameters: transport.dtlsParameters,
  };
}

import type { LessonRole } from '#events/access/roles.ts';
import type { Log } from '../log.ts';
import type { MediaProducer, RtpCapabilities } from '../media/types.ts';
import { Spread } from '../media/spread.server.ts';
import type { Workers } from '../media/workers.server.ts';
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
import { Consuming, consumerInfo } from './consuming.ts';
import type { Waiter } from './door.ts';
import { Hearing } from './hearing.ts';
import type { Peer, PeerMedia, Published } from './peer.ts';
import { FRESH, type RoomState } from './state.ts';
import { MOST_VOICES } from './voices.ts';

/** What of the state is in `RoomInfo`, or decides who sees all of it. */
const SEEN = ['locked', 'admission', 'mayUnmute', 'mayVideo', 'mayShare', 'out', 'coHosts'] as const;

/** So many are shown as speaking. */
const MOST_SPEAKING = 4;

/** One lesson's media: its place on the workers, its peers, and who hears whom. LIFETIMES.md says who closes what. */
export class Room {
  readonly lessonId: string;
  readonly media: Spread;
  readonly peers = new Map<string, Peer>();
  /** Who stands at the door. */
  readonly waiting = new Map<string, Waiter>();
  /** Who is on the way in, and as what; an empty room with one of them is kept. */
  readonly coming = new Map<string, LessonRole>();
  /** How often the lesson was told that a person's page is hidden, over all of their connections. */
  readonly hidings = new Map<string, number>();
  closed: CloseReason | null = null;
  speaking: readonly string[] = [];
  #network: RoomInfo['network'] = 'theirs';
  readonly #log: Log;
  readonly #keep: (state: RoomState) => void;
  #state: RoomState = FRESH;
  readonly #hearing: Hearing;
  readonly #consuming: Consuming;

  /**
   * @param keep is given each new state.
   * @param mostVoices so many voices reach everybody, beside those of hosts.
   */
  constructor(
    lessonId: string,
    workers: Pick<Workers, 'place'>,
    log: Log,
    keep: (state: RoomState) => void = () => undefined,
    mostVoices = MOST_VOICES,
  ) {
    this.lessonId = lessonId;
    this.media = new Spread(workers, (ids) => {
      this.#hearing.hear(ids);
      this.#setSpeaking(ids.slice(0, MOST_SPEAKING).map((id) => this.#hearing.personOf(id) ?? ''));
    });
    this.#log = log;
    this.#keep = keep;
    this.#hearing = new Hearing(this.peers, mostVoices, (err, peer) =>
      log.error({ err, lesson: lessonId, person: peer.personId }, 'A voice was not switched'),
    );
    const isAudible = (producerId: string): boolean => this.#hearing.isAudible(producerId);
    this.#consuming = new Consuming({ lessonId, media: this.media, isAudible, log });
  }

  get empty(): boolean {
    return this.peers.size === 0 && this.waiting.size === 0 && this.coming.size === 0;
  }

  get state(): RoomState {
    return this.#state;
  }

  /** The one way to a new state: peers take over what is about them, and everyone is told what they see of it. */
  change(next: RoomState): void {
    const before = this.#state;
    // What comes after its end is the next room's, here or on another node.
    if (next === before || this.closed !== null) return;
    this.#state = next;
    this.#keep(next);
    for (const peer of this.peers.values()) {
      if (!peer.follow(next)) continue;
      this.tellOf(peer);
      peer.send('you-changed', peer.info());
    }
    if (before.coHosts !== next.coHosts) this.#hearing.tune();
    if (SEEN.some((field) => before[field] !== next[field]))
      for (const peer of this.peers.values()) peer.send('room-changed', this.infoFor(peer));
  }

  /** The room's state as this peer may see it. */
  infoFor(peer: Peer): RoomInfo {
    const { locked, admission, mayUnmute, mayVideo, mayShare, out } = this.#state;
    const switches = { locked, admission, mayUnmute, mayVideo, mayShare };
    const network = this.#network;
    if (!mayIn(peer.role, 'admit')) return { ...switches, network, waiting: [], out: [] };
    const waiting = [...this.waiting.values()].map(({ personId, name, role, since }) => {
      return { personId, name, role, since };
    });
    return { ...switches, network, waiting, out };
  }

  /** Whose network is weak, when one is. */
  setNetwork(network: RoomInfo['network']): void {
    if (network === this.#network) return;
    this.#network = network;
    for (const peer of this.peers.values()) peer.send('room-changed', this.infoFor(peer));
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

  /** To the others, how this peer is now; nothing of who left meanwhile, or they would be shown again. */
  tellOf(peer: Peer): void {
    if (this.peers.get(peer.personId) === peer) this.tell('peer-changed', peer.info(), peer);
  }

  others(peer: Peer): readonly PeerInfo[] {
    return [...this.peers.values()].filter((other) => other !== peer).map((other) => other.info());
  }

  /** Both transports at once; `sends` is false for who may only watch. A worker that dies meanwhile costs another try. */
  async createMedia(rtpCapabilities: RtpCapabilities, sends: boolean): Promise<PeerMedia> {
    for (;;) {
      const part = await this.media.seat();
      try {
        const [receive, send] = await Promise.all([part.createTransport(), sends ? part.createTransport() : null]);
        if (receive.closed) throw new Error('The transport was closed while it was made');
        receive.observer.once('close', () => this.media.leave(part));
        return {
          part,
          known: 'no',
          send,
          receive,
          rtpCapabilities,
          published: new Map(),
          consumed: new Map(),
          consuming: new Set(),
          slots: new Set(),
        };
      } catch (error) {
        const died = part.router.closed;
        this.media.leave(part);
        if (!died || this.closed !== null) throw error;
      }
    }
  }

  /** Makes a new producer known: everyone else gets a consumer for it, paused until they are ready. */
  async publish(peer: Peer, producer: MediaProducer, source: Source): Promise<void> {
    // The peer may have left while the worker was asked; nobody should hear of it any more.
    if (producer.closed || this.peers.get(peer.personId) !== peer) return;
    const { published, part } = peer.media;
    const item: Published = { producer, source, part };
    published.set(producer.id, item);
    producer.observer.once('close', () => published.delete(producer.id));
    if (source === 'microphone') this.#hearing.add(peer, producer);
    this.tellOf(peer);
    const consumers = [...this.peers.values()].filter((other) => other !== peer);
    await Promise.all(
      consumers.map(async (other) => {
        const info = await this.#consuming.consume(other, peer, item);
        // Who has no word yet of the transport that it comes over gets it with that word.
        if (info !== null && other.media.known !== 'no') other.send('consumer-added', info);
      }),
    );
    if (source === 'microphone') await this.#measure(item);
  }

  /** Consumers for everything that the others publish. What is already consumed is not consumed twice. */
  async consumeAll(peer: Peer): Promise<void> {
    const published = [...this.peers.values()]
      .filter((other) => other !== peer)
      .flatMap((other) => [...other.media.published.values()].map((item) => ({ other, item })));
    await Promise.all(published.map(({ other, item }) => this.#consuming.consume(peer, other, item)));
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
    this.#consuming.close();
    this.media.close();
  }

  async #measure({ producer, part }: Published): Promise<void> {
    try {
      await part.levels.addProducer({ producerId: producer.id });
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

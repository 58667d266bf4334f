import type { LessonRole } from '#events/access/roles.ts';
import type { RoomRouter } from '../media/workers.server.ts';
import type { MediaConsumer, MediaProducer, MediaTransport, RtpCapabilities } from '../media/types.ts';
import type {
  CloseReason,
  Link,
  PeerInfo,
  ProducerInfo,
  ServerDataOf,
  ServerType,
  Source,
} from '../signalling/protocol.ts';
import { Bucket, REACTIONS_RATE } from '../signalling/rate.ts';
import type { TraceLine } from '../trace/traces.ts';
import { QUIET, type Flow } from './flow.ts';
import { SHOWN, type PageState } from './pages.ts';
import { UNMEASURED, type Quality } from './quality.ts';
import { handOf, roleIn, type RoomState } from './state.ts';

/** The one way to a client. Owned by the rooms; signalling implements it on socket.io. */
export interface Connection {
  send<T extends ServerType>(type: T, data: ServerDataOf<T>): void;
  /** Tells the reason, then ends the connection. A second call does nothing. */
  close(reason: CloseReason): void;
}

export interface Published {
  readonly producer: MediaProducer;
  readonly source: Source;
  /** The part of the room that it comes to. */
  readonly part: RoomRouter;
}

export interface Consumed {
  readonly consumer: MediaConsumer;
  readonly personId: string;
  readonly source: Source;
  /** The client has its end ready; before that it would miss the first key frame. */
  ready: boolean;
  /** Somebody looks at the tile. */
  watched: boolean;
  /** False for a voice that is not among those who reach everybody. */
  audible: boolean;
  /** A change of pausing is under way. */
  settling: Promise<void> | null;
}

/** The media end of a peer: replaced as a whole when its transports are made anew. */
export interface PeerMedia {
  /** The part of the room that serves them. */
  readonly part: RoomRouter;
  /**
   * Whether their client has these transports: not yet; it was told of them without asking, or it is known to have them.
   */
  known: 'no' | 'told' | 'yes';
  readonly send: MediaTransport | null;
  readonly receive: MediaTransport;
  readonly rtpCapabilities: RtpCapabilities;
  readonly published: Map<string, Published>;
  readonly consumed: Map<string, Consumed>;
  /** Producers whose consumer exists or is being made, so that a join and a publish at once make one. */
  readonly consuming: Set<string>;
  /** `source/kind` that is taken, from the moment it is asked for. */
  readonly slots: Set<string>;
}

export type Presence =
  | { readonly kind: 'connected'; readonly connection: Connection }
  | { readonly kind: 'away'; readonly timer: NodeJS.Timeout };

export interface PeerSeed {
  readonly personId: string;
  readonly name: string;
  readonly role: LessonRole;
  readonly connectionId: string;
  readonly resumeToken: string;
  /** Wall time, ms. */
  readonly ticketExpiresAt: number;
}

/** One person in one room. The same person has one peer; a second connection replaces the first. */
export class Peer {
  readonly personId: string;
  readonly name: string;
  /** What the ticket says; `role` is what counts. */
  readonly ticketRole: LessonRole;
  role: LessonRole;
  readonly connectionId: string;
  readonly resumeToken: string;
  ticketExpiresAt: number;
  /** Business time of the last sign of life, ms. */
  lastHeardAt: number;
  link: Link = 'good';
  quality: Quality = UNMEASURED;
  /** Facts about their connection that the lesson was told. */
  measureWords = 0;
  page: PageState = SHOWN;
  hand: number | null = null;
  recorded = true;
  readonly reactions = new Bucket(REACTIONS_RATE, Date.now());
  presence: Presence;
  /** Of the connection that they have, or had last. */
  trace: TraceLine;
  media: PeerMedia;
  flows: { sent: Flow; received: Flow } = { sent: QUIET, received: QUIET };
  #receiverBytes = 0;

  constructor(seed: PeerSeed, media: PeerMedia, connection: Connection, trace: TraceLine, now: number) {
    this.personId = seed.personId;
    this.name = seed.name;
    this.ticketRole = seed.role;
    this.role = seed.role;
    this.connectionId = seed.connectionId;
    this.resumeToken = seed.resumeToken;
    this.ticketExpiresAt = seed.ticketExpiresAt;
    this.media = media;
    this.trace = trace;
    this.presence = { kind: 'connected', connection };
    this.lastHeardAt = now;
  }

  send<T extends ServerType>(type: T, data: ServerDataOf<T>): void {
    if (this.presence.kind === 'connected') this.presence.connection.send(type, data);
  }

  producers(): readonly ProducerInfo[] {
    return [...this.media.published.values()].map(({ producer, source }) => ({
      producerId: producer.id,
      source,
      kind: producer.kind,
      paused: producer.paused,
    }));
  }

  info(): PeerInfo {
    return {
      personId: this.personId,
      name: this.name,
      role: this.role,
      connected: this.presence.kind === 'connected',
      link: this.presence.kind === 'connected' ? this.link : 'lost',
      producers: this.producers(),
      hand: this.hand,
      recorded: this.recorded,
      faults: this.quality.faults,
    };
  }

  /** Takes over what the room knows of this person. Gives whether the others see something new. */
  follow(state: RoomState): boolean {
    const role = roleIn(state, this.personId, this.ticketRole);
    const hand = handOf(state, this.personId);
    const recorded = !state.unrecorded.includes(this.personId);
    if (role === this.role && hand === this.hand && recorded === this.recorded) return false;
    this.role = role;
    this.hand = hand;
    this.recorded = recorded;
    // The object stays the same one: mediasoup lets nobody replace it.
    for (const { producer } of this.media.published.values()) Object.assign(producer.appData, { recorded });
    return true;
  }

  /**
   * Reads the byte counters. `sent` counts what they sent us while something is not paused; `received` grows only while
   * we send to them and their side answers, because UDP to a client that is gone is not media received.
   */
  async readCounters(): Promise<{ sent: number; received: number } | null> {
    const { send, receive, published, consumed } = this.media;
    if (receive.closed) return null;
    const [sending, receiving] = await Promise.all([send?.getStats(), receive.getStats()]);
    const inbound = sending?.[0];
    const outbound = receiving[0];
    if (outbound === undefined) return null;
    const answered = outbound.bytesReceived !== this.#receiverBytes;
    this.#receiverBytes = outbound.bytesReceived;
    const active = [...published.values()].some(({ producer }) => !producer.paused);
    const hearing = [...consumed.values()].some(({ consumer }) => !consumer.paused && !consumer.producerPaused);
    return {
      sent: active && inbound !== undefined ? inbound.rtpBytesReceived : this.flows.sent.bytes,
      received: answered && hearing ? outbound.rtpBytesSent : this.flows.received.bytes,
    };
  }

  /** Closes both transports, and with them every producer and consumer. */
  closeMedia(): void {
    this.media.send?.close();
    this.media.receive.close();
    this.media.published.clear();
    this.media.consumed.clear();
  }
}

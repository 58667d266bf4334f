/**
 * One person's place in one lesson, as the page sees it. Joins, comes back by itself after every kind of break, and
 * keeps what is sent in step with what the person switched on.
 */
import { SvelteMap } from 'svelte/reactivity';
import { isFinalClose, type CloseReason, type ConsumerInfo, type Joined, type Link } from '#sfu/signalling/protocol.ts';
import type { Join } from '../../server/services.ts';
import { backoff } from './backoff.ts';
import { Door } from './door.svelte.ts';
import { linkOf, readLink, type LinkReading } from './link-quality.ts';
import type { LocalMedia } from './local-media.svelte.ts';
import { MediaSession } from './media-session.ts';
import { peersOf, withConsumer, withoutConsumer, withoutPeer, withPeer, type RemotePeer } from './peers.ts';
import { Publisher } from './publisher.ts';
import { RefusedError, Signalling, SignallingError } from './signalling.ts';

export type Phase = 'preview' | 'joining' | 'live' | 'reconnecting' | 'ended' | 'refused' | 'replaced';

export interface RoomOptions {
  readonly code: string;
  readonly local: LocalMedia;
  /** The business clock was moved. */
  readonly onClock: () => void;
}

const STATS_MS = 5_000;
/** A broken way gets this long to mend before the transports are made anew. */
const MEND_MS = 6_000;
/** The server knows the person, so these are not worth another try. */
const WORTH_RETRY: ReadonlySet<string> = new Set([
  'media-unavailable',
  'draining',
  'internal',
  'ticket-invalid',
  'too-fast',
]);

/** What mediasoup-client says of work that was under way when its transport was closed. */
const CUT_OFF: ReadonlySet<string> = new Set([
  'AwaitQueueStoppedError',
  'AwaitQueueRemovedTaskError',
  'InvalidStateError',
]);

export class Room {
  phase: Phase = $state('preview');
  /** Why one was not let in, or was sent away; null otherwise. */
  refusal: { readonly code: string; readonly message: string } | null = $state.raw(null);
  peers: readonly RemotePeer[] = $state.raw([]);
  /** By consumer id. */
  readonly tracks = new SvelteMap<string, MediaStreamTrack>();
  speaking: readonly string[] = $state.raw([]);
  link: Link = $state('good');
  /** Board and chat work, sound and picture do not: no worker here, or a browser that cannot. */
  mediaOff: 'server' | 'browser' | null = $state(null);
  readonly local: LocalMedia;
  readonly #options: RoomOptions;
  readonly #door: Door;
  readonly #media: MediaSession;
  readonly #publisher: Publisher;
  #signalling: Signalling | null = null;
  #resumeToken: string | null = null;
  /** Rises with each attempt to connect, so that a late answer of an old one is dropped. */
  #attempt = 0;
  #reading: LinkReading | null = null;
  #timers: ReturnType<typeof setInterval>[] = [];
  #mending: ReturnType<typeof setTimeout> | null = null;
  #wake: (() => void) | null = null;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#door = new Door(options.code);
    this.local = options.local;
    this.#media = new MediaSession(
      (type, data) => this.#signalling?.ask(type, data) ?? Promise.reject(new SignallingError('not connected')),
      {
        onTrack: (info, track) => this.#onTrack(info, track),
        onConnected: (connected) => this.#onConnected(connected),
      },
    );
    this.#publisher = new Publisher(options.local, this.#media, (work) => this.#background(work));
    options.local.onChange(() => this.#publisher.update());
  }

  /** The door's last answer: documents, ticket, role. Reactive. */
  get door(): Join | null {
    return this.#door.current;
  }

  /** From the preview into the lesson. */
  async enter(): Promise<void> {
    if (this.phase === 'joining' || this.phase === 'live') return;
    this.phase = 'joining';
    this.refusal = null;
    this.#timers = [setInterval(() => void this.#measure(), STATS_MS), setInterval(() => void this.#renew(), 20_000)];
    globalThis.addEventListener('online', this.#onOnline);
    await this.#connect(false);
  }

  /** Leaves on purpose; the preview is one step away. */
  async leave(): Promise<void> {
    const signalling = this.#signalling;
    this.#stop('preview');
    this.local.stopScreen();
    if (signalling === null) return;
    try {
      await signalling.ask('leave', {});
    } catch (error) {
      // Without an answer the server finds out by itself when the socket closes.
      if (!(error instanceof SignallingError) && !(error instanceof RefusedError)) throw error;
    } finally {
      signalling.close();
    }
  }

  /** The latest ticket, for the documents; empty once the person is out. */
  readonly ticket = (): string => this.door?.ticket ?? '';

  /** A fresh one. Rejects while there is none to be had. */
  readonly freshTicket = async (): Promise<string> => {
    const answer = await this.#door.fresh();
    if (answer.kind !== 'join') throw new SignallingError(answer.kind);
    this.#tellTicket();
    return answer.join.ticket;
  };

  /** The page goes away. */
  destroy(): void {
    this.#signalling?.close();
    this.#stop('preview');
    this.local.stop();
  }

  /** The page learnt elsewhere that the lesson is over; without media nobody else says it. */
  over(): void {
    if (this.phase !== 'live' && this.phase !== 'reconnecting') return;
    this.#signalling?.close();
    this.#stop('ended');
  }

  /** The size of a tile decides which layer it gets. */
  setLayers(consumerId: string, layer: number | null): void {
    this.#background(this.#media.setLayers(consumerId, layer));
  }

  trackOf(peer: RemotePeer, source: ConsumerInfo['source'], kind: ConsumerInfo['kind']): MediaStreamTrack | null {
    const consumer = peer.consumers.find((info) => info.source === source && info.kind === kind);
    return consumer === undefined ? null : (this.tracks.get(consumer.consumerId) ?? null);
  }

  /** One connection after another until one holds, the lesson says no, or the person leaves. */
  async #connect(keepTransports: boolean): Promise<void> {
    const mine = (this.#attempt += 1);
    for (let tries = 0; this.#attempt === mine; tries += 1) {
      await this.#pause(backoff(tries, Math.random()));
      if (this.#attempt !== mine) return;
      const outcome = await this.#tryOnce(mine, keepTransports && tries < 3);
      if (outcome === 'done') return;
      // A ticket that was refused, or a node that is going: the door may point elsewhere now.
      if (outcome === 'new-ticket') this.#door.forget();
    }
  }

  async #tryOnce(mine: number, keepTransports: boolean): Promise<'done' | 'again' | 'new-ticket'> {
    const answer = await this.#door.open();
    if (this.#attempt !== mine) return 'done';
    if (answer.kind === 'unreachable') return 'again';
    if (answer.kind === 'refused') {
      this.#refuse(answer.code, answer.message);
      return 'done';
    }
    const { ticket, signalling: where } = answer.join;
    let signalling: Signalling | null = null;
    try {
      const opened = await Signalling.open(where.url, where.path, ticket);
      signalling = opened.signalling;
      const rtpCapabilities = await this.#media.capabilities(opened.welcome.routerRtpCapabilities);
      const token = this.#resumeToken;
      const keep = keepTransports && this.#media.hasTransports && this.#media.connected;
      const resume = token === null ? null : { token, keepTransports: keep };
      const joined = await signalling.ask('join', { version: opened.welcome.version, rtpCapabilities, resume });
      if (this.#attempt !== mine) {
        signalling.close();
        return 'done';
      }
      this.#settle(signalling, joined);
      return 'done';
    } catch (error) {
      signalling?.close();
      if (this.#attempt !== mine) return 'done';
      return this.#onFailure(error);
    }
  }

  #onFailure(error: unknown): 'done' | 'again' | 'new-ticket' {
    if (error instanceof SignallingError) {
      if (error.message !== 'media-unavailable') return error.message === 'ticket-invalid' ? 'new-ticket' : 'again';
      // No media on this machine: the lesson is held on board and chat.
      this.mediaOff = 'server';
      this.phase = 'live';
      return 'done';
    }
    if (!(error instanceof RefusedError)) {
      console.error('Classroom:', error);
      this.#refuse('internal', '');
      return 'done';
    }
    if (WORTH_RETRY.has(error.code)) return error.code === 'ticket-invalid' ? 'new-ticket' : 'again';
    this.#refuse(error.code, error.message);
    return 'done';
  }

  #settle(signalling: Signalling, joined: Joined): void {
    this.#signalling = signalling;
    this.#resumeToken = joined.resumeToken;
    this.#listen(signalling);
    this.peers = peersOf(joined, Date.now());
    this.speaking = joined.speaking;
    this.mediaOff = this.#media.supported ? null : 'browser';
    this.link = 'good';
    this.#reading = null;
    this.phase = 'live';
    // The person is in; what goes wrong with single tracks from here on must not put them out.
    this.#background(this.#media.adopt(joined).then(() => this.#publisher.update()));
  }

  #listen(signalling: Signalling): void {
    const current = (): boolean => this.#signalling === signalling;
    const update = (): number => Date.now();
    signalling.on('peer-joined', (info) => (this.peers = withPeer(this.peers, info, update())));
    signalling.on('peer-changed', (info) => (this.peers = withPeer(this.peers, info, update())));
    signalling.on('peer-left', ({ personId }) => (this.peers = withoutPeer(this.peers, personId)));
    signalling.on('consumer-added', (info) => {
      this.peers = withConsumer(this.peers, info);
      this.#background(this.#media.consume([info]));
    });
    signalling.on('consumer-closed', ({ consumerId }) => {
      this.peers = withoutConsumer(this.peers, consumerId);
      this.#media.drop(consumerId);
    });
    signalling.on('speaking', ({ personIds }) => (this.speaking = personIds));
    signalling.on('clock', () => this.#options.onClock());
    signalling.onLost((reason) => {
      if (current()) this.#onLost(reason);
    });
  }

  #onLost(reason: CloseReason | null): void {
    this.#signalling = null;
    if (reason !== null && isFinalClose(reason)) {
      if (reason === 'lesson-ended' || reason === 'lesson-cancelled') this.#stop('ended');
      else if (reason === 'replaced') this.#stop('replaced');
      else this.#refuse(reason, '');
      return;
    }
    this.phase = 'reconnecting';
    this.link = 'lost';
    // With a reason the server has closed the transports already; without one media may still flow.
    this.#background(this.#connect(reason === null));
  }

  async #renew(): Promise<void> {
    if (this.#door.wantsRenewal && (await this.#door.fresh()).kind === 'join') this.#tellTicket();
  }

  #tellTicket(): void {
    const ticket = this.ticket();
    if (this.#signalling !== null) this.#background(this.#signalling.ask('renew-ticket', { ticket }));
  }

  #onTrack(info: ConsumerInfo, track: MediaStreamTrack | null): void {
    if (track === null) this.tracks.delete(info.consumerId);
    else this.tracks.set(info.consumerId, track);
  }

  #onConnected(connected: boolean): void {
    if (this.#mending !== null) clearTimeout(this.#mending);
    this.#mending = null;
    if (connected || this.#signalling === null) return;
    this.link = 'lost';
    this.#background(this.#media.restartIce());
    this.#mending = setTimeout(() => {
      if (this.#media.connected || this.#signalling === null) return;
      // The way did not mend: the same person and connection, with transports made anew.
      this.#signalling.close();
      this.#signalling = null;
      this.phase = 'reconnecting';
      this.#background(this.#connect(false));
    }, MEND_MS);
  }

  async #measure(): Promise<void> {
    const signalling = this.#signalling;
    if (signalling === null || !this.#media.hasTransports) return;
    const reading = readLink(await this.#media.stats());
    const link = linkOf(this.#reading, reading, this.#media.connected);
    this.#reading = reading;
    if (link === this.link) return;
    this.link = link;
    this.#background(signalling.ask('report-link', { link }));
  }

  #refuse(code: string, message: string): void {
    if (code === 'lesson-ended' || code === 'lesson-cancelled') return this.#stop('ended');
    this.refusal = { code, message };
    this.#stop('refused');
  }

  #stop(phase: Phase): void {
    this.#attempt += 1;
    this.phase = phase;
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    if (this.#mending !== null) clearTimeout(this.#mending);
    globalThis.removeEventListener('online', this.#onOnline);
    this.#wake?.();
    this.#signalling = null;
    this.#media.close();
    this.peers = [];
    this.speaking = [];
    this.#resumeToken = null;
    this.#door.forget();
    if (phase !== 'preview') this.local.stop();
  }

  readonly #onOnline = (): void => this.#wake?.();

  /** Waits, but not a moment longer than until the network is back. */
  #pause(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Work beside the page. A connection that breaks under it is noticed and mended elsewhere. */
  #background(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (error instanceof SignallingError || error instanceof RefusedError) return;
      if (error instanceof Error && CUT_OFF.has(error.name)) return;
      console.error('Classroom:', error);
    });
  }
}
